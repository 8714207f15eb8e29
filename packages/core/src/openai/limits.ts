import * as z from 'zod/mini';

/** Largest event read from a client, in UTF-16 units: room for 15 MiB of base64 audio in one append. */
export const MAX_CLIENT_EVENT_LENGTH = 16 * 1024 * 1024;
/** Largest event read from a server, in UTF-16 units: room for a retrieved item with its audio. */
export const MAX_SERVER_EVENT_LENGTH = 32 * 1024 * 1024;
/** Most base64 characters of audio in one `input_audio_buffer.append` (15 MiB). */
export const MAX_APPEND_LENGTH = 15 * 1024 * 1024;

const MAX_TEXT = 256 * 1024;
const MAX_ID = 256;
const MAX_NAME = 64;

/** An id of an event, item, call or response as a client may send it. */
export const idText = z.string().check(z.minLength(1), z.maxLength(MAX_ID));
/** A name of a tool, model or voice as a client may send it. */
export const nameText = z.string().check(z.minLength(1), z.maxLength(MAX_NAME));
/** Instructions, messages, arguments and results as a client may send them. */
export const longText = z.string().check(z.maxLength(MAX_TEXT));
/** Base64 audio or image as a client may send it. */
export const base64Text = z.string().check(z.maxLength(MAX_APPEND_LENGTH));
