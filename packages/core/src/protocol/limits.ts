/** Largest HTTP body the bridge reads, in bytes. */
export const MAX_BODY_BYTES = 65_536;
/** Longest text a user may type in one message, in UTF-16 units. */
export const MAX_TEXT_LENGTH = 4_000;
/** Longest `data:` URL of a picture, in UTF-16 units; a body that holds it must fit into the limit for bodies, too. */
export const MAX_IMAGE_URL_LENGTH = 1_000_000;
/** Longest system prompt a client may ask for, in UTF-16 units. */
export const MAX_SYSTEM_PROMPT_LENGTH = 8_000;
