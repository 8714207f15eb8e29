import * as z from 'zod/mini';
import { type Parsed, parsedOk, parsedProblem } from '../parsed.ts';
import { decodeJson, parseJson } from '../protocol/wire.ts';
import { type ClientFault, clientFault } from './client-fault.ts';
import { errorBodySchema } from './responses.ts';
import { type SessionConfig, sessionConfigSchema } from './session-config.ts';

/** Path of `POST` that opens a WebRTC call, relative to a base URL that ends in `/v1`. */
export const CALLS_PATH = '/realtime/calls';
/** Path of `POST` that mints an ephemeral key. */
export const CLIENT_SECRETS_PATH = '/realtime/client_secrets';
/** Label of the data channel that carries events, one JSON text each, created by the client before its offer. */
export const EVENTS_CHANNEL_LABEL = 'oai-events';
/** Names of the two parts of a multipart call: SDP as `application/sdp`, settings as `application/json`. */
export const CALL_PARTS = { sdp: 'sdp', session: 'session' } as const;
/** Largest offer or answer, in UTF-16 units. */
export const MAX_SDP_LENGTH = 65_536;
/** Largest session settings in a call, in UTF-16 units. */
export const MAX_SESSION_LENGTH = 1024 * 1024;

/** Path of `POST` that ends a call. */
export function hangupPath(callId: string): string {
  return `${CALLS_PATH}/${encodeURIComponent(callId)}/hangup`;
}

/** The call id in a `Location` header: its last path segment (`/v1/realtime/calls/rtc_…`), or undefined when it has none. */
export function callIdOf(location: string): string | undefined {
  const path = location.split(/[?#]/, 1)[0] ?? '';
  const id = path.slice(path.lastIndexOf('/') + 1);
  return /^[\w.-]{1,256}$/.test(id) ? id : undefined;
}

/** What reading a client's request gives. */
export type ParsedRequest<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: ClientFault };

/** Reads the `session` part of a call; never throws. */
export function parseCallSession(text: string): ParsedRequest<SessionConfig> {
  return parseRequest(sessionConfigSchema, text, MAX_SESSION_LENGTH, ['session']);
}

/** Reads the body of `POST /realtime/client_secrets`; nothing at all asks for the defaults. Never throws. */
export function parseClientSecretRequest(text: string): ParsedRequest<ClientSecretRequest> {
  return parseRequest(clientSecretRequestSchema, text === '' ? '{}' : text, MAX_SESSION_LENGTH, []);
}

/** Body of `POST /realtime/client_secrets`. */
export const clientSecretRequestSchema = z.strictObject({
  expires_after: z.optional(
    z.strictObject({
      anchor: z.optional(z.literal('created_at')),
      /** Default 600. */
      seconds: z.optional(z.int().check(z.minimum(10), z.maximum(7_200))),
    }),
  ),
  session: z.optional(sessionConfigSchema),
});
/** The shape of {@link clientSecretRequestSchema}. */
export type ClientSecretRequest = z.infer<typeof clientSecretRequestSchema>;

/** Answer to {@link clientSecretRequestSchema}; `value` begins with `ek_`, `expires_at` is in seconds since 1970. */
export const clientSecretResponseSchema = z.object({
  value: z.string(),
  expires_at: z.number(),
  session: z.looseObject({ type: z.optional(z.string()) }),
});
/** The shape of {@link clientSecretResponseSchema}. */
export type ClientSecretResponse = z.infer<typeof clientSecretResponseSchema>;

function parseRequest<T>(
  schema: z.ZodMiniType<T>,
  text: string,
  maxLength: number,
  within: readonly string[],
): ParsedRequest<T> {
  const decoded = decodeJson(text, maxLength);
  if (!decoded.ok) {
    return { ok: false, fault: { code: 'invalid_json', message: decoded.problem, param: within[0] ?? null } };
  }
  const parsed = z.safeParse(schema, decoded.value);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, fault: clientFault(parsed.error.issues, decoded.value, within) };
}

/** Body of every HTTP error of OpenAI. */
export const httpErrorSchema = z.object({ error: errorBodySchema });
/** The shape of {@link httpErrorSchema}. */
export type HttpError = z.infer<typeof httpErrorSchema>;

/** Reads the body of a failed call; a problem when it is not OpenAI's error shape. Never throws. */
export function parseHttpError(text: string): Parsed<HttpError['error']> {
  const parsed = parseJson(httpErrorSchema, text, MAX_SDP_LENGTH);
  return parsed.ok ? parsedOk(parsed.value.error) : parsedProblem(parsed.problem);
}
