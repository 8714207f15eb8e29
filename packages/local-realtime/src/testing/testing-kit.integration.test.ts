import { ManualClock } from '@voice-bridge/core/testing';
import { afterEach, expect, it } from 'vitest';
import { Callers, quickSession } from './call-fixture.ts';
import { type ScriptedRealtime, startScriptedRealtime } from './start-scripted-realtime.ts';

const sentence = (text: string) => ({ type: 'sentence', text }) as const;
const HOUR_MS = 60 * 60 * 1_000;

const callers = new Callers();
let model: ScriptedRealtime;

afterEach(async () => {
  expect(await callers.close()).toEqual([]);
  await model.close();
});

it('tells what was heard, said, called and given back, over spoken and typed turns', async () => {
  const call = { type: 'function_call', name: 'set_lamp', arguments: '{"colour":"blue"}' } as const;
  model = await startScriptedRealtime({ turns: [[call]] });
  const client = await callers.connect(model, { session: quickSession({ instructions: 'Be kind.' }) });
  await client.sayText('lamp blue');
  const { item } = await client.waitFor('response.output_item.done', ({ item: each }) => each.type === 'function_call');
  model.script([sentence('the lamp is blue.')], ({ items }) => [sentence(`${items.length} items.`)]);
  client.send({
    type: 'conversation.item.create',
    item: { type: 'function_call_output', call_id: item.type === 'function_call' ? item.call_id : '', output: 'done' },
  });
  await client.waitFor('response.done');
  client.send({ type: 'response.create' });
  await client.waitFor('output_audio_buffer.stopped');
  expect(client.heardText()).toBe('the lamp is blue.');
  client.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'And now?' }] },
  });
  client.send({ type: 'response.create' });
  await model.until(() => model.said.length === 2, 'second sentence');
  expect(model).toMatchObject({
    heard: ['lamp blue', 'And now?'],
    said: ['the lamp is blue.', '5 items.'],
    toolCalls: [{ name: 'set_lamp', arguments: '{"colour":"blue"}' }],
    toolResults: ['done'],
  });
  expect(model.requests[0]).toMatchObject({ instructions: 'Be kind.' });
});

it('says what came instead when it waits in vain', async () => {
  model = await startScriptedRealtime({ turns: [[sentence('Hi.')]] });
  const client = await callers.connect(model);
  client.send({ type: 'response.create' });
  await client.waitFor('response.done');
  await expect(model.until(() => model.callCount === 7, 'seventh call', 30)).rejects.toMatchObject({
    code: 'connect_timeout',
    message: 'No seventh call within 30 ms; heard: [], said: ["Hi."]',
  });
});

it('lets an hour pass at once: the session expires', async () => {
  const clock = new ManualClock();
  model = await startScriptedRealtime({ clock });
  const client = await callers.connect(model);
  clock.advance(HOUR_MS - 1);
  expect(client.all('error')).toEqual([]);
  clock.advance(1);
  expect((await client.waitFor('error')).error.code).toBe('session_expired');
  clock.advance(1_000);
  await client.until(() => client.state === 'closed', 'the end');
});
