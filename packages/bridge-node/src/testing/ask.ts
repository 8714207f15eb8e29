import {
  bridgePath,
  bridgeTextPath,
  ENDPOINTS,
  errorResponseSchema,
  parseValue,
  participantsPath,
} from '@voice-bridge/core';
import type { BridgeDoors } from '../control-plane/voice-bridge-interface.ts';
import { requireDescribed } from './require-described.ts';

/** Where tests pretend to be. */
export const LOCAL = 'http://localhost:3000';
/** The smallest offer a test bridge takes. */
export const OFFER = 'v=0\r\n';

/** One request to a bridge, as a page of its own origin would send it. */
export interface Ask {
  readonly method?: string;
  readonly origin?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: NonNullable<RequestInit['body']>;
  readonly signal?: AbortSignal;
}

/** Sends one request. Rejects when the answer is not one that the description of the interface tells of. */
export async function ask(doors: BridgeDoors, path: string, options: Ask = {}): Promise<Response> {
  const { method = 'GET', origin, host = 'localhost:3000', headers = {}, body, signal } = options;
  const answer = await doors.fetch(
    new Request(`${LOCAL}${path}`, {
      method,
      headers: { host, ...(origin === undefined ? {} : { origin }), ...headers },
      ...(body === undefined ? {} : { body, duplex: 'half' }),
      ...(signal === undefined ? {} : { signal }),
    }),
  );
  await requireDescribed(method, path, answer);
  return answer;
}

/** Sends a JSON body. */
export function post(doors: BridgeDoors, path: string, value: unknown, options: Ask = {}): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...options.headers };
  return ask(doors, path, { method: 'POST', ...options, headers, body: JSON.stringify(value) });
}

/** Asks for a session of the conversation. */
export function openBridge(doors: BridgeDoors, conversationId: string, options: Ask = {}): Promise<Response> {
  return post(doors, ENDPOINTS.bridge, { conversation_id: conversationId, offer: OFFER }, options);
}

/** Joins the conversation's session as one more participant. */
export function addParticipant(doors: BridgeDoors, conversationId: string, options: Ask = {}): Promise<Response> {
  return post(doors, participantsPath(conversationId), { offer: OFFER }, options);
}

/** Types a text into the conversation. */
export function sendText(doors: BridgeDoors, conversationId: string, options: Ask = {}): Promise<Response> {
  return post(doors, bridgeTextPath(conversationId), { text: 'hello' }, options);
}

/** Ends the conversation's session. */
export function closeBridge(doors: BridgeDoors, conversationId: string, options: Ask = {}): Promise<Response> {
  return ask(doors, bridgePath(conversationId), { method: 'DELETE', ...options });
}

/** Status and code of an answer; the code is undefined for one that is no error. */
export async function outcome(response: Response | Promise<Response>): Promise<[status: number, code?: string]> {
  const settled = await response;
  const parsed = parseValue(errorResponseSchema, await settled.json());
  return parsed.ok ? [settled.status, parsed.value.error.code] : [settled.status];
}
