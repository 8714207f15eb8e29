import type { SessionConfig } from '@voice-bridge/core/openai';
import type { ClientSecrets } from './client-secrets.ts';
import { httpProblem } from './http-problem.ts';

const SUBPROTOCOL = 'openai-insecure-api-key.';

/** The key of a request's `Authorization` header. Throws a 401 `HttpProblem` when there is none. */
export function bearerKey(authorization: string | null | undefined): string {
  const key = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  if (key !== undefined) return key;
  const message = 'You did not provide an API key. Any non-empty key will do: Authorization: Bearer KEY.';
  throw httpProblem(401, 'invalid_api_key', message);
}

/** The key that a browser puts among a WebSocket's subprotocols, as it cannot set headers; undefined when there is none. */
export function subprotocolKey(subprotocols: readonly string[]): string | undefined {
  const key = subprotocols.find((each) => each.startsWith(SUBPROTOCOL))?.slice(SUBPROTOCOL.length);
  return key === '' ? undefined : key;
}

/** True for a key that was minted for a client, not the application's own. */
export function isEphemeral(key: string): boolean {
  return key.startsWith('ek_');
}

/** Checks a key that is to steer what is there. Throws a 401 `HttpProblem` for a minted key that is unknown or expired; any other key will do. */
export function checkKey(key: string, secrets: ClientSecrets, nowMs: number): void {
  sessionsOf(key, secrets, nowMs);
}

/** Checks a key that is to mint others: the application's own. Throws a 401 `HttpProblem` for every minted one. */
export function checkMintingKey(key: string, secrets: ClientSecrets, nowMs: number): void {
  checkKey(key, secrets, nowMs);
  if (isEphemeral(key))
    throw httpProblem(401, 'invalid_api_key', 'A client secret cannot be made with a client secret.');
}

/** The session a minted key opens, if it was minted with one. Throws a 401 `HttpProblem` for a minted key that is unknown or expired; any other key will do. */
export function sessionsOf(key: string, secrets: ClientSecrets, nowMs: number): readonly SessionConfig[] {
  if (!isEphemeral(key)) return [];
  const secret = secrets.find(key, nowMs);
  if (secret === undefined) throw httpProblem(401, 'invalid_api_key', 'Unknown or expired client secret.');
  return secret.session === undefined ? [] : [secret.session];
}
