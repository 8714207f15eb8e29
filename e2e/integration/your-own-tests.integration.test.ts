// The example of docs/testing.md, as it stands there.
// #region example
import { RealtimeTestClient, type ScriptedRealtime, startScriptedRealtime } from '@voice-bridge/local-realtime/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';

let model: ScriptedRealtime;
let caller: RealtimeTestClient;

beforeEach(async () => {
  model = await startScriptedRealtime({});
  // Your program goes here, with `model.url` as its OPENAI_BASE_URL.
  caller = await RealtimeTestClient.connect({ url: model.url });
});

afterEach(async () => {
  await caller.close();
  await model.close();
});

it('hears what is said, and answers aloud', async () => {
  model.script([{ type: 'sentence', text: 'It is noon.' }]);
  await caller.sayText('what time is it');
  await caller.waitFor('output_audio_buffer.stopped');
  expect(model.heard).toEqual(['what time is it']);
  expect(caller.heardText()).toBe('it is noon.');
});

it('runs a tool and tells its result', async () => {
  model.script([{ type: 'function_call', name: 'set_lamp', arguments: '{"colour":"blue"}' }], ({ items }) => [
    { type: 'sentence', text: `The lamp says ${JSON.stringify(items.at(-1))}` },
  ]);
  caller.send({ type: 'response.create' });
  const { call_id } = await caller.waitFor('response.function_call_arguments.done');
  await caller.waitFor('response.done');
  caller.send({
    type: 'conversation.item.create',
    item: { type: 'function_call_output', call_id, output: 'blue' },
  });
  caller.send({ type: 'response.create' });
  await model.until(() => model.said.length === 1, 'sentence');
  expect(model.toolResults).toEqual(['blue']);
});

it('survives a connection that breaks in the middle of a sentence', async () => {
  await fetch(new URL('/__faults', model.url), { method: 'POST', body: '{"drop":{"afterMs":200}}' });
  model.script([{ type: 'sentence', text: 'Nobody hears all of this sentence.' }]);
  caller.send({ type: 'response.create' });
  await caller.until(() => caller.state === 'closed', 'the end');
  expect(caller.packets.length).toBe(10);
});
// #endregion example
