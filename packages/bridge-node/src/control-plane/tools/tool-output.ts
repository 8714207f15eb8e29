import type { ErrorCode } from '@voice-bridge/core';

/** Largest tool result the model is given, in UTF-8 bytes. */
export const MAX_TOOL_OUTPUT_BYTES = 32_768;
/** Largest progress value shown, in UTF-16 units of JSON. */
export const MAX_PROGRESS_LENGTH = 8_000;
const MAX_MESSAGE_LENGTH = 500;
const encoder = new TextEncoder();

/** A tool's value as JSON text, or undefined for what JSON cannot say (functions, symbols, bigints, circles). `undefined` becomes `null`. */
export function toJson(value: unknown): string | undefined {
  if (value === undefined) return 'null';
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/**
 * Cuts a result to `maxBytes` of UTF-8. What is too long becomes
 * `{"truncated":true,"bytes":…,"text":"…"}` with the beginning of it in `text`: valid JSON again, no character cut in half.
 */
export function capOutput(json: string, maxBytes: number = MAX_TOOL_OUTPUT_BYTES): string {
  const bytes = byteLength(json);
  if (bytes <= maxBytes) return json;
  let low = 0;
  let high = Math.min(json.length, maxBytes);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (byteLength(truncated(json, middle, bytes)) <= maxBytes) low = middle;
    else high = middle - 1;
  }
  return truncated(json, low, bytes);
}

/** The result a failed call gives the model. */
export function errorOutput(code: ErrorCode, message: string): string {
  return JSON.stringify({ error: { code, message: message.slice(0, MAX_MESSAGE_LENGTH) } });
}

function truncated(json: string, length: number, bytes: number): string {
  const endsInHalf = /[\uD800-\uDBFF]/.test(json.charAt(length - 1));
  return JSON.stringify({ truncated: true, bytes, text: json.slice(0, endsInHalf ? length - 1 : length) });
}

function byteLength(text: string): number {
  return encoder.encode(text).length;
}
