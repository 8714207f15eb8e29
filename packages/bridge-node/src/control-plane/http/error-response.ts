import { type ErrorCode, type ErrorResponse, isVoiceBridgeError, VoiceBridgeError } from '@voice-bridge/core';
import { plain } from '../directory/session-errors.ts';
import type { Redact } from '../redact.ts';

/** HTTP status of every code a request can end with; everything else is 500. */
const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  invalid_request: 400,
  invalid_offer: 400,
  protocol_mismatch: 400,
  unauthorized: 401,
  forbidden: 403,
  origin_not_allowed: 403,
  host_not_allowed: 403,
  authorize_required: 403,
  not_found: 404,
  pairing_unknown: 404,
  method_not_allowed: 405,
  conversation_taken: 409,
  session_replaced: 409,
  session_closed: 409,
  session_idle: 409,
  session_expired: 409,
  too_many_participants: 409,
  gone: 410,
  pairing_used: 410,
  pairing_expired: 410,
  body_too_large: 413,
  text_too_long: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  pairing_locked: 429,
  aborted: 499,
  model_unreachable: 502,
  model_rejected: 502,
  model_closed: 502,
  model_error: 502,
  ice_failed: 502,
  dtls_failed: 502,
  connection_lost: 502,
  model_rate_limited: 503,
  too_many_sessions: 503,
  shutting_down: 503,
  connect_timeout: 504,
};

/** Seconds after which trying again may help, for codes that say "later". */
const RETRY_AFTER: Readonly<Partial<Record<ErrorCode, number>>> = {
  rate_limited: 10,
  pairing_locked: 120,
  model_rate_limited: 10,
  too_many_sessions: 10,
  shutting_down: 5,
};

/** What the reader can do, for codes whose errors come without a hint of their own. */
const HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  authorize_required: "start the bridge with listen() on a loopback address, or give createVoiceBridge an 'authorize'",
  host_not_allowed: "add the host to 'allowedHosts'",
  origin_not_allowed: "add the page's origin to 'allowedOrigins'",
  model_rejected: 'check the API key, the model and the voice in the server’s settings',
  model_unreachable: 'check OPENAI_BASE_URL and the server’s network',
};

/** The HTTP status a code ends with. */
export function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? 500;
}

/** The answer to a request that failed: a code and a sentence; what is not a {@link VoiceBridgeError} says nothing of itself. */
export function errorResponse(
  error: unknown,
  redact: Redact,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const { code, message, hint } = isVoiceBridgeError(error)
    ? error
    : new VoiceBridgeError('internal', 'Something went wrong in the bridge');
  const advice = hint ?? HINTS[code];
  const body: ErrorResponse = {
    error: { code, message: plain(message, redact), ...(advice === undefined ? {} : { hint: plain(advice, redact) }) },
  };
  const retryAfter = RETRY_AFTER[code];
  return Response.json(body, {
    status: statusOf(code),
    headers: {
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...headers,
      ...(code === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {}),
    },
  });
}
