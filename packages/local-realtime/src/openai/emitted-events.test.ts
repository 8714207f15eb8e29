import type { ServerEvent } from '@voice-bridge/core/openai';
import { describe, expect, it } from 'vitest';
import { scriptedEngines } from '../engines/scripted-engines.ts';
import { cutAnswers } from '../faults/cut-answers.ts';
import { Faults } from '../faults/faults.ts';
import { sentence } from '../testing/documented-order.ts';
import { VirtualCall } from '../testing/virtual-call.ts';
import { VirtualSession } from '../testing/virtual-session.ts';
import { emittedEvents } from './emitted-events.contract.ts';

const HEAD = `// Written by emitted-events.test.ts (vitest -u); do not edit. That it compiles proves that every event we send is one of OpenAI's.
import type { EmittedEvent } from './emitted-event.contract.ts';

/** One event of each shape that a server sends. */
export const emittedEvents: readonly EmittedEvent[] = [
`;

/** What is longer is audio. */
const LONGEST_SOUND = 1_000;

const tools = [{ type: 'function' as const, name: 'f', description: 'Does.', parameters: { type: 'object' } }];
const item = (content: readonly object[], role = 'user') => ({
  type: 'conversation.item.create',
  item: { type: 'message', role, content },
});
const quick = { type: 'server_vad', silence_duration_ms: 300 } as const;
const script = {
  turns: [
    [sentence('It is noon.')],
    [{ type: 'function_call', name: 'f', arguments: '{}' } as const],
    [sentence('A written word.'), sentence('And one too many.')],
    [sentence('A long speech that is cut off.'), sentence('Nobody hears its end.')],
  ],
  heard: ['one', 'two', 'three'],
};

/** A WebRTC call with everything in it that only a track has. */
async function overTrack(): Promise<readonly ServerEvent[]> {
  const call = await VirtualCall.open(scriptedEngines(script), {
    audio: { input: { turn_detection: { ...quick, idle_timeout_ms: 30_000 } } },
  });
  await call.speak(600);
  await call.silence(2_000);
  for (const _ of [1, 2]) await call.send({ type: 'response.create' });
  await call.send({ type: 'response.create' });
  await call.silence(300);
  await call.send({ type: 'response.cancel' });
  await call.send({ type: 'output_audio_buffer.clear' });
  await call.wait(6 * 60_000);
  return call.events;
}

/** A session with everything in it that events alone bring about. */
async function overEvents(heard: string[] | 'nothing_installed'): Promise<readonly ServerEvent[]> {
  const engines = scriptedEngines({ ...script, heard });
  const session = await VirtualSession.open(engines, {
    tools,
    audio: { input: { turn_detection: quick, transcription: { model: 'whisper-1' } } },
  });
  await session.append([
    { ms: 600, loud: true },
    { ms: 600, loud: false },
  ]);
  const spoken = session.all('conversation.item.done').at(-1)?.item.id ?? '';
  for (const event of [
    { type: 'response.create', response: { metadata: { topic: 'tools' } } },
    { type: 'response.create', response: { output_modalities: ['text'], conversation: 'none', max_output_tokens: 4 } },
    item([{ type: 'input_text', text: 'Hello.' }]),
    item([{ type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'low' }]),
    item([{ type: 'output_text', text: 'Hello, you.' }], 'assistant'),
    { type: 'conversation.item.retrieve', item_id: spoken },
    { type: 'conversation.item.truncate', item_id: spoken, content_index: 0, audio_end_ms: 100 },
    { type: 'conversation.item.retrieve', item_id: spoken },
    { type: 'conversation.item.delete', item_id: spoken },
    { type: 'conversation.item.retrieve', item_id: spoken, event_id: 'mine' },
    { type: 'input_audio_buffer.clear' },
    {
      type: 'session.update',
      session: { type: 'realtime', tracing: 'auto', audio: { input: { turn_detection: null } } },
    },
  ]) {
    await session.send(event);
  }
  return session.client.events;
}

/** What is told of an answer that the user or a filter cuts off, and of those that fail. */
async function spoiled(): Promise<readonly ServerEvent[]> {
  const call = await VirtualCall.open(scriptedEngines({ turns: script.turns.slice(3), heard: ['Stop.'] }), {
    audio: { input: { turn_detection: quick } },
  });
  await call.send({ type: 'response.create' });
  await call.silence(100);
  await call.speak(600);
  const mute = { name: 'mute', speak: () => Promise.reject(new TypeError('No voice')), close: async () => {} };
  const session = await VirtualSession.open({ ...scriptedEngines(script), tts: mute });
  await session.send({ type: 'response.create' });
  const engines = scriptedEngines(script);
  const faults = new Faults({ endAnswer: { as: 'content_filter' } });
  const filtered = await VirtualSession.open({ ...engines, assistant: cutAnswers(engines.assistant, faults) });
  await filtered.send({ type: 'response.create' });
  faults.set({ endAnswer: { as: 'insufficient_quota' } });
  await filtered.send({ type: 'response.create' });
  return [...call.events, ...session.client.events, ...filtered.client.events];
}

/** What a session sends that only transcribes. */
async function transcribed(): Promise<readonly ServerEvent[]> {
  const session = await VirtualSession.openTranscription(scriptedEngines(script));
  await session.send({ type: 'session.update', session: { type: 'transcription', audio: { input: {} } } });
  return session.client.events;
}

/**
 * Words not known yet are a null transcript: `@openai/agents-realtime` insists on the field, and the types of `openai` know no null.
 */
function writable(key: string, value: unknown): unknown {
  if (key === 'transcript' && value === null) return undefined;
  return (key === 'delta' || key === 'audio') && String(value).length > LONGEST_SOUND ? 'AAAA' : value;
}

/** What of an event its types can tell apart: its fields and the kinds of their values. */
function shapeOf(value: unknown, key = ''): string {
  if (Array.isArray(value)) return `[${value.map((each) => shapeOf(each)).join()}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value).map(([name, each]) => `${name}:${shapeOf(each, name)}`)}}`;
  }
  return key === 'type' || key === 'status' || key === 'reason'
    ? String(value)
    : value === null
      ? 'null'
      : typeof value;
}

describe('every event we send', () => {
  it('is one of the types of the openai package: the typecheck of this package reads them from a file', async () => {
    const all = [
      await overTrack(),
      await overEvents(['one', 'two']),
      await overEvents('nothing_installed'),
      await transcribed(),
      await spoiled(),
    ].flat();
    const shapes = new Map(all.map((event) => [shapeOf(event), event]));
    const events = [...shapes.values()].sort((a, b) => (a.type < b.type ? -1 : a.type > b.type ? 1 : 0));
    const lines = events.map((event) => `  ${JSON.stringify(event, writable)},\n`);
    await expect(`${HEAD}${lines.join('')}];\n`).toMatchFileSnapshot('./emitted-events.contract.ts');
    expect(emittedEvents.length).toBe(events.length);
    for (const ending of [
      'turn_detected',
      'client_cancelled',
      'max_output_tokens',
      'content_filter',
      'insufficient_quota',
      'failed',
    ]) {
      expect(lines.filter((line) => line.includes(`"status_details"`)).join('')).toContain(`"${ending}"`);
    }
    // The rest of the union is of MCP, telephones, diarisation, or retired.
    expect(new Set(emittedEvents.map(({ type }) => type)).size).toBe(34);
  });
});
