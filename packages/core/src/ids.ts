/** The application's lasting thread; comes from the application and outlives sessions. */
export type ConversationId = string;
/** One live run for one conversation; minted by the bridge. */
export type SessionId = string;
/** One client joined to a session. */
export type ParticipantId = string;

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_BYTES = 16;
const ID_LENGTH = 22;

/**
 * Writes 16 random bytes (128 bits) as 22 base62 characters behind `prefix` and an underscore: `ses_0f3…`.
 * The bytes come from the caller, as this package has no randomness. Throws `TypeError` for another length.
 */
export function formatId(prefix: string, bytes: Uint8Array): string {
  if (bytes.length !== ID_BYTES) throw new TypeError(`An id needs ${ID_BYTES} random bytes, got ${bytes.length}`);
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  let text = '';
  for (let i = 0; i < ID_LENGTH; i++) {
    text = ALPHABET.charAt(Number(value % 62n)) + text;
    value /= 62n;
  }
  return `${prefix}_${text}`;
}

/** What a conversation id may look like: 1 to 128 letters, digits, `.`, `_`, `:`, `@` or `-`. */
export const CONVERSATION_ID_PATTERN = /^[A-Za-z0-9._:@-]{1,128}$/;

/** True when `value` may be used as a conversation id. */
export function isConversationId(value: string): value is ConversationId {
  return CONVERSATION_ID_PATTERN.test(value);
}
