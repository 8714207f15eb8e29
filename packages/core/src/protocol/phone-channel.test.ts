import { describe, expect, it } from 'vitest';
import { MAX_PHONE_MESSAGE_LENGTH, parseDesktopMessage, parsePhoneMessage } from './phone-channel.ts';

const entry = { id: 'a', role: 'user', text: 'Hello', state: 'final' };

describe('messages between a desktop and its phone', () => {
  it.each([
    { type: 'hello', protocol_version: 1, conversation_id: 'kitchen' },
    { type: 'session', state: 'connected' },
    { type: 'session', state: 'connected', push_to_talk: true },
    { type: 'assistant', state: 'speaking' },
    { type: 'transcript', entry },
    { type: 'transcript_delta', id: 'a', delta: ' there' },
    { type: 'mute', muted: true },
    { type: 'volume', volume: 0.5, muted: false },
    { type: 'ping', id: 1 },
    { type: 'bye', reason: 'removed' },
  ])('[S-0.46] a desktop says %o', (message) => {
    expect(parseDesktopMessage(JSON.stringify(message))).toEqual({ ok: true, value: message });
  });

  it.each([
    { type: 'hello', protocol_version: 1, name: 'Pixel' },
    { type: 'hello', protocol_version: 1 },
    { type: 'levels', microphone: 0.1, speaker: 0 },
    { type: 'talk', talking: true },
    { type: 'battery', level: 0.5, charging: null },
    { type: 'battery', level: null, charging: null },
    { type: 'mute', muted: false },
    { type: 'pong', id: 1 },
    { type: 'bye', reason: 'left' },
    { type: 'bye', reason: 'protocol_mismatch' },
  ])('[S-0.46] a phone says %o', (message) => {
    expect(parsePhoneMessage(JSON.stringify(message))).toEqual({ ok: true, value: message });
  });

  it.each([
    ['', 'Not JSON'],
    ['[]', 'type: not one of the allowed values'],
    ['{"type":"of tomorrow"}', 'type: not one of the allowed values'],
    ['{"type":"toString"}', 'type: not one of the allowed values'],
    ['{"type":"volume","volume":2,"muted":false}', 'volume: larger than 1'],
    ['{"type":"mute"}', 'muted: expected boolean'],
    [`{"type":"mute","muted":true,"x":"${'x'.repeat(MAX_PHONE_MESSAGE_LENGTH)}"}`, 'Longer than 16384 characters'],
  ])('%s is none: %s', (text, problem) => {
    expect(parsePhoneMessage(text)).toEqual({ ok: false, problem });
    expect(parseDesktopMessage(text)).toEqual({ ok: false, problem });
  });

  it('neither end says what belongs to the other', () => {
    expect(parsePhoneMessage('{"type":"assistant","state":"idle"}').ok).toBe(false);
    expect(parseDesktopMessage('{"type":"battery","level":1,"charging":true}').ok).toBe(false);
  });

  it('a name has an end', () => {
    const hello = { type: 'hello', protocol_version: 1, name: 'x'.repeat(65) };
    expect(parsePhoneMessage(JSON.stringify(hello)).ok).toBe(false);
  });
});
