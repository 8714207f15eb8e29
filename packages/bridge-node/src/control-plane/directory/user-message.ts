import { imageUrlSchema, parseValue, VoiceBridgeError } from '@voice-bridge/core';
import type { UpstreamOptions } from '../../seam/session-commands.ts';

/** What a user says without speaking: text, a picture, or both. */
export interface UserMessage {
  readonly text?: string | undefined;
  /** PNG, JPEG, WebP or GIF as a `data:` URL. */
  readonly imageUrl?: string | undefined;
}

/** Longest `data:` URL that fits into one message of the model's data channel. */
const MAX_CHANNEL_IMAGE_LENGTH = 60_000;

/** Throws `body_too_large` for a picture that the way to the model cannot carry. */
export function requireRoom(imageUrl: string, { transport }: UpstreamOptions): void {
  if (transport === 'websocket' || imageUrl.length <= MAX_CHANNEL_IMAGE_LENGTH) return;
  throw new VoiceBridgeError('body_too_large', `The picture is longer than ${MAX_CHANNEL_IMAGE_LENGTH} characters`, {
    hint: "Send a smaller one, or reach the model with transport: 'websocket'.",
  });
}

/** The application's own message. Throws `TypeError` for one that is none. */
export function messageOf(message: string | UserMessage): UserMessage {
  const { text = '', imageUrl } = typeof message === 'string' ? { text: message } : message;
  if (text === '' && imageUrl === undefined) throw new TypeError('sendText: expected text, imageUrl or both');
  if (imageUrl !== undefined && !parseValue(imageUrlSchema, imageUrl).ok) {
    throw new TypeError(
      'sendText: imageUrl is no data: URL of a PNG, JPEG, WebP or GIF of at most 1,000,000 characters',
    );
  }
  return { text, imageUrl };
}
