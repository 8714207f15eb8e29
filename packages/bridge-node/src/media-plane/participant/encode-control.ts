import type { ServerControlMessage } from '@voice-bridge/core';
import { MAX_CHANNEL_MESSAGE_BYTES } from '@voice-bridge/media-node';

const MAX_ARGUMENTS_LENGTH = 8_000;

/**
 * Writes a message as JSON text that a data channel takes: a `joined` loses the lines of earlier sessions, then its oldest ones, a tool call its progress.
 * Undefined when it cannot be made to fit.
 */
export function encodeControl(message: ServerControlMessage): string | undefined {
  let candidate: ServerControlMessage | undefined = message;
  while (candidate !== undefined) {
    const text = JSON.stringify(candidate);
    if (Buffer.byteLength(text) <= MAX_CHANNEL_MESSAGE_BYTES) return text;
    candidate = shrink(candidate);
  }
  return undefined;
}

function shrink(message: ServerControlMessage): ServerControlMessage | undefined {
  if (message.type === 'joined' && message.history !== undefined && message.history.length > 0) {
    return { ...message, history: message.history.slice(Math.ceil(message.history.length / 2)) };
  }
  if (message.type === 'joined' && message.transcript.length > 0) {
    const half = Math.ceil(message.transcript.length / 2);
    return { ...message, transcript: message.transcript.slice(half) };
  }
  if (message.type !== 'tool_call') return undefined;
  const { progress, ...call } = message.tool_call;
  if (progress !== undefined) return { ...message, tool_call: call };
  if (call.arguments.length <= MAX_ARGUMENTS_LENGTH) return undefined;
  return { ...message, tool_call: { ...call, arguments: call.arguments.slice(0, MAX_ARGUMENTS_LENGTH) } };
}
