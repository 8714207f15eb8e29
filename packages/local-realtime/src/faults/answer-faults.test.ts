import type { ServerEvent } from '@voice-bridge/core/openai';
import { afterEach, describe, expect, it } from 'vitest';
import type { ScriptedTurn } from '../engines/assistant/scripted-assistant.ts';
import { scriptedEngines } from '../engines/scripted-engines.ts';
import { type RunningServer, startServer } from '../server.ts';
import { RealtimeSocketClient } from '../testing/realtime-socket-client.ts';
import type { FaultPlan } from './fault-plan.ts';

const NOON = [
  { type: 'sentence', text: 'It is noon.' },
  { type: 'sentence', text: 'Time for lunch.' },
] as const;
const CALL = { type: 'function_call', name: 'set_lamp', arguments: '{"colour":"blue"}' } as const;

let server: RunningServer | undefined;
let client: RealtimeSocketClient | undefined;

afterEach(async () => {
  await client?.close();
  expect(client?.misfits).toEqual([]);
  await server?.close();
});

async function ask(faults: FaultPlan, ...turns: ScriptedTurn[]): Promise<RealtimeSocketClient> {
  server = await startServer(scriptedEngines({ turns }), { faults });
  client = await RealtimeSocketClient.connect({ url: server.url });
  client.send({ type: 'response.create' });
  return client;
}

async function done(asked: RealtimeSocketClient) {
  return (await asked.waitFor('response.done')).response;
}

const transcripts = (events: readonly ServerEvent[]) =>
  events.flatMap((event) => (event.type === 'response.output_audio_transcript.done' ? [event.transcript] : []));

describe('an answer that ends before its time', () => {
  it('is incomplete behind its first sentence when a filter stops it, and the next one is whole', async () => {
    const asked = await ask({ endAnswer: { as: 'content_filter' } }, NOON, NOON);
    const cut = await done(asked);
    expect(cut).toMatchObject({
      status: 'incomplete',
      status_details: { type: 'incomplete', reason: 'content_filter' },
      output: [{ status: 'incomplete', content: [{ transcript: 'It is noon.' }] }],
    });
    asked.send({ type: 'response.create' });
    expect(await done(asked)).toMatchObject({ status: 'completed' });
    expect(transcripts(asked.events)).toEqual(['It is noon.', 'It is noon. Time for lunch.']);
  });

  it('fails before a word when there is no money left, as often as wanted', async () => {
    const asked = await ask({ endAnswer: { as: 'insufficient_quota', times: 2 } }, NOON);
    const failed = {
      status: 'failed',
      status_details: { type: 'failed', error: { type: 'insufficient_quota', code: 'insufficient_quota' } },
      output: [],
    };
    expect(await done(asked)).toMatchObject(failed);
    asked.send({ type: 'response.create' });
    expect(await done(asked)).toMatchObject(failed);
    asked.send({ type: 'response.create' });
    expect(await done(asked)).toMatchObject({ status: 'completed' });
  });
});

describe('an answer that is given twice', () => {
  it('comes as two responses with ids of their own, once', async () => {
    const asked = await ask({ repeatAnswer: {} }, [...NOON, CALL], NOON);
    const [first, second] = [await done(asked), await done(asked)];
    expect([first.status, second.status]).toEqual(['completed', 'completed']);
    expect(second.id).not.toBe(first.id);
    const said = ({ output }: typeof first) =>
      output.map((item) => (item.type === 'function_call' ? item.arguments : item.type));
    expect(said(first)).toEqual(['message', CALL.arguments]);
    expect(said(second)).toEqual(said(first));
    const ids = [first, second].flatMap(({ output }) =>
      output.flatMap((item) => (item.type === 'function_call' ? [item.id, item.call_id] : [item.id])),
    );
    expect(new Set(ids).size).toBe(6);
    expect(transcripts(asked.events)).toEqual(Array(2).fill('It is noon. Time for lunch.'));
    asked.send({ type: 'response.create' });
    await done(asked);
    asked.send({ type: 'input_audio_buffer.clear' });
    await asked.waitFor('input_audio_buffer.cleared');
    expect(asked.events.filter(({ type }) => type === 'response.created')).toHaveLength(3);
  });

  it('keeps what was asked for this answer alone, and leaves those outside the conversation', async () => {
    const asked = await ask({ repeatAnswer: { times: 3 } }, NOON, NOON, NOON);
    await done(asked);
    await done(asked);
    asked.send({ type: 'response.create', response: { conversation: 'none' } });
    await done(asked);
    asked.send({ type: 'response.create', response: { output_modalities: ['text'], metadata: { topic: 'time' } } });
    const [first, second] = [await done(asked), await done(asked)];
    for (const each of [first, second]) {
      expect(each).toMatchObject({ output_modalities: ['text'], metadata: { topic: 'time' } });
    }
    expect(second.id).not.toBe(first.id);
    expect(asked.events.filter(({ type }) => type === 'response.created')).toHaveLength(5);
  });
});
