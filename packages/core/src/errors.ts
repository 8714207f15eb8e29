/** Every code an error of Voice Bridge can carry, with whether trying again can help. Each has a row in `docs/errors.md`. */
export const ERROR_CODES = {
  // asked wrongly
  invalid_request: { retryable: false },
  invalid_offer: { retryable: false },
  invalid_message: { retryable: false },
  body_too_large: { retryable: false },
  text_too_long: { retryable: false },
  unsupported_media_type: { retryable: false },
  method_not_allowed: { retryable: false },
  not_found: { retryable: false },
  gone: { retryable: false },
  // not allowed
  unauthorized: { retryable: false },
  forbidden: { retryable: false },
  origin_not_allowed: { retryable: false },
  host_not_allowed: { retryable: false },
  authorize_required: { retryable: false },
  missing_api_key: { retryable: false },
  // pairing a phone
  pairing_unknown: { retryable: false },
  pairing_expired: { retryable: false },
  pairing_used: { retryable: false },
  pairing_locked: { retryable: false },
  // limits
  too_many_sessions: { retryable: true },
  too_many_participants: { retryable: true },
  rate_limited: { retryable: true },
  session_expired: { retryable: true },
  session_idle: { retryable: true },
  session_replaced: { retryable: false },
  conversation_taken: { retryable: false },
  session_closed: { retryable: true },
  participant_removed: { retryable: false },
  // the network and the media
  connect_timeout: { retryable: true },
  ice_failed: { retryable: true },
  dtls_failed: { retryable: true },
  connection_lost: { retryable: true },
  bridge_unreachable: { retryable: true },
  not_connected: { retryable: true },
  protocol_mismatch: { retryable: false },
  aborted: { retryable: true },
  // the speech model
  model_unreachable: { retryable: true },
  model_rejected: { retryable: false },
  model_rate_limited: { retryable: true },
  model_closed: { retryable: true },
  model_error: { retryable: true },
  // tools
  tool_unknown: { retryable: false },
  tool_invalid_arguments: { retryable: false },
  tool_failed: { retryable: false },
  tool_timeout: { retryable: true },
  tool_aborted: { retryable: false },
  // the browser
  microphone_denied: { retryable: false },
  microphone_not_found: { retryable: false },
  microphone_in_use: { retryable: true },
  microphone_failed: { retryable: true },
  output_unavailable: { retryable: false },
  audio_blocked: { retryable: true },
  insecure_context: { retryable: false },
  webrtc_unsupported: { retryable: false },
  // speech engines of local-realtime
  recogniser_missing: { retryable: false },
  grammar_word_unknown: { retryable: false },
  // the house
  shutting_down: { retryable: true },
  internal: { retryable: true },
} as const satisfies Record<string, { readonly retryable: boolean }>;

/** One of the codes in {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

const MARKER = Symbol.for('voice-bridge.error');

/** What a {@link VoiceBridgeError} may be given besides its code and message. */
export interface VoiceBridgeErrorOptions {
  /** What the reader can do about it, one sentence. */
  readonly hint?: string;
  /** The failure underneath; never sent over the wire. */
  readonly cause?: unknown;
  /** Overrides the table's answer to "can trying again help?". */
  readonly retryable?: boolean;
}

/** The only error class of Voice Bridge: a stable `code`, whether it is `retryable`, and a `hint` for the reader. */
export class VoiceBridgeError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: VoiceBridgeErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'VoiceBridgeError';
    this.code = code;
    this.retryable = options.retryable ?? ERROR_CODES[code].retryable;
    this.hint = options.hint;
    Object.defineProperty(this, MARKER, { value: true });
  }
}

/** True for a {@link VoiceBridgeError}, also one made by another copy of this package. */
export function isVoiceBridgeError(value: unknown): value is VoiceBridgeError {
  return typeof value === 'object' && value !== null && MARKER in value;
}

/** True when `code` is a key of {@link ERROR_CODES}. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}

/** Gives a {@link VoiceBridgeError} back as it is and wraps anything else under `code`. */
export function toVoiceBridgeError(value: unknown, code: ErrorCode, message: string): VoiceBridgeError {
  return isVoiceBridgeError(value) ? value : new VoiceBridgeError(code, message, { cause: value });
}
