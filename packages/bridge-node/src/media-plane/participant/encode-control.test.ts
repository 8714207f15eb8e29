import type { ServerControlMessage, TranscriptEntry } from '@voice-bridge/core';
import { MAX_CHANNEL_MESSAGE_BYTES } from '@voice-bridge/media-node';
import { describe, expect, it } from 'vitest';
import { encodeControl } from './encode-control.ts';

describe('a control message that is too large for a data channel', () => {
  it('loses the oldest lines of a transcript, never the newest', () => {
    const transcript = Array.from({ length: 400 }, (_, index) => line(index));
    const encoded = textOf({ ...joined, transcript });
    expect(Buffer.byteLength(encoded)).toBeLessThanOrEqual(MAX_CHANNEL_MESSAGE_BYTES);
    expect(encoded).toContain('"line 399"');
    expect(encoded).not.toContain('"line 0"');
  });

  it('loses what was said in earlier sessions before that', () => {
    const lines = Array.from({ length: 100 }, (_, index) => line(index));
    const encoded = JSON.parse(textOf({ ...joined, transcript: lines, history: [...lines, ...lines] }));
    expect(encoded.transcript).toEqual(lines);
    expect(encoded.history.length).toBeLessThan(200);
    expect(encoded.history).toEqual([...lines, ...lines].slice(200 - encoded.history.length));
  });

  it('loses progress first, then the end of the arguments', () => {
    const call = {
      call_id: 'c',
      name: 'n',
      state: 'running' as const,
      arguments: 'a'.repeat(70_000),
      progress: 'p'.repeat(70_000),
    };
    const encoded = JSON.parse(textOf({ type: 'tool_call', tool_call: call }));
    expect(encoded.tool_call).toEqual({ ...call, arguments: 'a'.repeat(8_000), progress: undefined });
  });

  it('is nothing when it cannot be made to fit', () => {
    expect(encodeControl({ type: 'error', code: 'x', message: 'y'.repeat(70_000) })).toBeUndefined();
  });

  it('is left as it is when it fits', () => {
    expect(JSON.parse(textOf(joined))).toEqual(joined);
  });
});

const joined: Extract<ServerControlMessage, { type: 'joined' }> = {
  type: 'joined',
  protocol_version: 1,
  session_id: 's',
  participant_id: 'p',
  conversation_id: 'c',
  assistant: 'idle',
  transcript: [],
};

function line(index: number): TranscriptEntry {
  return { id: `line ${index}`, role: 'user', text: 'ü'.repeat(200), state: 'final' };
}

function textOf(message: ServerControlMessage): string {
  const text = encodeControl(message);
  if (text === undefined) throw new Error('It did not fit');
  return text;
}
