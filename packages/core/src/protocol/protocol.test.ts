import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientEventSchema } from '../openai/client-events.ts';
import { bridgeRequestSchema, textRequestSchema } from './bridge-http.ts';
import { CLOSE_CODES } from './close-codes.ts';
import {
  MAX_CONTROL_LENGTH,
  parseClientControl,
  parseServerControl,
  type ServerControlMessage,
  serverControlSchema,
} from './control.ts';
import { bridgePath, bridgeTextPath } from './endpoints.ts';
import { MAX_BODY_BYTES, MAX_TEXT_LENGTH } from './limits.ts';
import { MAX_GAIN } from './participants.ts';
import { decodeJson, parseValue } from './wire.ts';

const SECRET = 'canary-7f3a';

function problemOf(text: string): string {
  const parsed = parseClientControl(text);
  if (parsed.ok) throw new Error('It was taken');
  return parsed.problem;
}

describe('what a client may say on the control channel', () => {
  it.each([
    { type: 'pong', id: 7 },
    { type: 'interrupt' },
    { type: 'text', text: 'Hello' },
    { type: 'mute', muted: true },
    { type: 'leave' },
    { type: 'set_participant', participant_id: 'par_1', muted: true },
    { type: 'set_participant', participant_id: 'par_1', gain: 4, role: 'listener' },
    { type: 'remove_participant', participant_id: 'par_1' },
  ])('is $type', (message) => {
    expect(parseClientControl(JSON.stringify(message))).toEqual({ ok: true, value: message });
  });

  it('is no event of the model, whichever one', () => {
    for (const option of clientEventSchema._zod.def.options) {
      for (const type of option._zod.def.shape.type._zod.def.values) {
        expect(parseClientControl(JSON.stringify({ type })).ok).toBe(false);
      }
    }
    const disguised = { type: 'text', text: 'Hello', session: { instructions: SECRET } };
    expect(problemOf(JSON.stringify(disguised))).toBe('unknown field session');
  });

  it('has no field that is not written down', () => {
    expect(problemOf(`{"type":"interrupt","why":"${SECRET}"}`)).toBe('unknown field why');
    expect(problemOf(`{"type":"leave","__proto__":{"a":1}}`)).toContain('unknown field');
  });

  it('changes participants within bounds', () => {
    const change = { type: 'set_participant', participant_id: 'par_1' };
    expect(problemOf(JSON.stringify({ ...change, gain: 4.01 }))).toBe(`gain: larger than ${MAX_GAIN}`);
    expect(problemOf(JSON.stringify({ ...change, gain: -0.1 }))).toBe('gain: smaller than 0');
    expect(problemOf(`{"type":"set_participant","participant_id":"par_1","gain":1e999}`)).toContain('gain: ');
    expect(problemOf(JSON.stringify({ ...change, role: 'moderator' }))).toContain('role: ');
    expect(problemOf(JSON.stringify({ ...change, moderator: true }))).toBe('unknown field moderator');
    expect(problemOf(JSON.stringify({ ...change, participant_id: '' }))).toBe('participant_id: smaller than 1');
    expect(problemOf('{"type":"remove_participant"}')).toBe('participant_id: expected string');
  });

  it('is text of 1 to 4,000 characters', () => {
    expect(problemOf('{"type":"text","text":""}')).toBe('text: smaller than 1');
    expect(problemOf(JSON.stringify({ type: 'text', text: 'x'.repeat(MAX_TEXT_LENGTH + 1) }))).toContain('larger than');
    expect(problemOf(' '.repeat(MAX_CONTROL_LENGTH + 1))).toContain('Longer than');
  });

  it('never comes back in the problem', () => {
    const wrong = fc.oneof(fc.constant({ a: SECRET }), fc.constant([SECRET]), fc.constant(5), fc.constant(null));
    const message = fc.record({
      type: fc.constantFrom('pong', 'interrupt', 'text', 'mute', 'leave', SECRET),
      id: wrong,
      text: wrong,
      muted: fc.constant(SECRET),
    });
    fc.assert(
      fc.property(message, (value) => {
        expect(problemOf(JSON.stringify(value))).not.toContain(SECRET);
      }),
      { seed: 1 },
    );
  });

  it('cannot forge a line of a log by the name of a field', () => {
    const name = `x\nERROR: ${'y'.repeat(1_000)}`;
    const problem = problemOf(JSON.stringify({ type: 'leave', [name]: 1 }));
    expect(problem).toMatch(/^unknown field [\w?:.-]+$/);
    expect(problem.length).toBeLessThan(100);
  });
});

describe('what the bridge says on the control channel', () => {
  it('[S-3.9] reads back as it was written, and newer fields do no harm', () => {
    const message: ServerControlMessage = {
      type: 'transcript',
      entry: { id: 'i1', role: 'user', text: 'Hello', state: 'final' },
      after: null,
    };
    expect(parseServerControl(JSON.stringify(message))).toEqual({ ok: true, value: message });
    const newer = { ...message, shade: 'blue' };
    expect(parseServerControl(JSON.stringify(newer))).toEqual({ ok: true, value: message });
  });

  it('names everybody, how loud they are and who speaks', () => {
    const ada = {
      participant_id: 'a',
      name: 'Ada',
      role: 'speaker',
      transport: 'webrtc',
      muted: false,
      gain: 1,
    } as const;
    const messages: ServerControlMessage[] = [
      {
        type: 'participants',
        participants: [ada, { ...ada, participant_id: 'b', name: null, transport: 'websocket' }],
      },
      { type: 'levels', levels: [{ participant_id: 'a', level: 0.25 }], active: 'a' },
      { type: 'levels', levels: [], active: null },
    ];
    for (const message of messages) {
      expect(parseServerControl(JSON.stringify(message))).toEqual({ ok: true, value: message });
    }
  });

  it('is a problem when its type is unknown', () => {
    for (const text of ['{"type":"party"}', '{"type":["ping"]}', '{}', 'null', '[]', '"ping"']) {
      expect(parseServerControl(text)).toEqual({ ok: false, problem: 'type: not one of the allowed values' });
    }
    expect(parseServerControl('{"type":"ping","id":"1"}')).toEqual({ ok: false, problem: 'id: expected number' });
  });

  it('is read the same whether as one schema or by its type', () => {
    for (const option of serverControlSchema._zod.def.options) {
      for (const type of option._zod.def.shape.type._zod.def.values) {
        expect(parseServerControl(JSON.stringify({ type, id: 1 }))).toEqual(
          parseValue(serverControlSchema, { type, id: 1 }),
        );
      }
    }
  });
});

describe('requests to the bridge', () => {
  const offer = 'v=0\r\n';

  it('[S-3.9] name a conversation, an offer and what may be chosen', () => {
    const body = { conversation_id: 'c1', offer, voice: 'marin', agent_name: 'House', system_prompt: 'Be brief.' };
    expect(parseValue(bridgeRequestSchema, body)).toEqual({ ok: true, value: body });
    expect(parseValue(bridgeRequestSchema, { conversation_id: 'c1', offer }).ok).toBe(true);
  });

  it.each([
    [{ conversation_id: 'c1' }, 'offer: expected string'],
    [{ conversation_id: '../c1', offer }, 'conversation_id: wrong format'],
    [{ conversation_id: 'c1', offer: 'x'.repeat(MAX_BODY_BYTES + 1) }, `offer: larger than ${MAX_BODY_BYTES}`],
    [{ conversation_id: 'c1', offer, tools: [] }, 'unknown field tools'],
    [[], 'expected object'],
    [null, 'expected object'],
  ])('are refused with the reason: %#', (body, problem) => {
    expect(parseValue(bridgeRequestSchema, body)).toEqual({ ok: false, problem });
  });

  it('carry typed text', () => {
    expect(parseValue(textRequestSchema, { text: 'Hello' }).ok).toBe(true);
    expect(parseValue(textRequestSchema, { text: 'Hello', role: 'system' }).ok).toBe(false);
  });

  it('have paths that hold any conversation id', () => {
    expect(bridgePath('user@example.com')).toBe('/api/realtime/webrtc/bridge/user%40example.com');
    expect(bridgeTextPath('a/b')).toBe('/api/realtime/webrtc/bridge/a%2Fb/text');
  });
});

describe('JSON from the wire', () => {
  it('is refused when it nests deeper than any message', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    expect(decodeJson(nested(64), 1_000_000).ok).toBe(true);
    expect(decodeJson(nested(65), 1_000_000)).toEqual({ ok: false, problem: 'Nested deeper than 64 levels' });
    expect(decodeJson(nested(100_000), 1_000_000).ok).toBe(false);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(typeof decodeJson(text, 100).ok).toBe('boolean');
      }),
      { seed: 2 },
    );
  });
});

it('keeps close codes apart and in the ranges that RFC 6455 gives', () => {
  const codes = Object.values(CLOSE_CODES);
  expect(new Set(codes).size).toBe(codes.length);
  expect(CLOSE_CODES.invalid_peer_id).toBe(4400);
  expect(codes.every((code) => (code >= 1000 && code < 1016) || (code >= 4000 && code < 5000))).toBe(true);
});
