import { ManualClock } from '@voice-bridge/core/testing';
import { expect, it } from 'vitest';
import { RealtimeSocketClient } from './testing/realtime-socket-client.ts';
import { type ScriptedRealtime, startScriptedRealtime } from './testing/start-scripted-realtime.ts';

const STARTS_AT = Date.UTC(2026, 0, 1);
const CALL = { type: 'function_call', name: 'set_lamp', arguments: '{"colour":"blue"}' } as const;
const TURNS = [[CALL], [{ type: 'sentence', text: 'The lamp is blue now.' } as const]];

function start(settings: { readonly seed?: string; readonly startsAt?: number }): Promise<ScriptedRealtime> {
  return startScriptedRealtime({ turns: TURNS, clock: new ManualClock(), startsAt: STARTS_AT, ...settings });
}

/** Everything that one client is told of one conversation, and a key. */
async function told(model: ScriptedRealtime) {
  const client = await RealtimeSocketClient.connect({ url: model.url });
  const say = (text: string) =>
    client.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
    });
  for (const text of ['Make the lamp blue.', 'And now?']) {
    say(text);
    client.send({ type: 'response.create' });
    await client.waitFor('response.done');
  }
  await client.close();
  const headers = { authorization: 'Bearer sk-test' };
  const minted = await fetch(`${model.url}/realtime/client_secrets`, { method: 'POST', headers });
  const secret: unknown = await minted.json();
  await model.close();
  return { events: client.events, secret };
}

it('the same script gives the same events and keys: ids, times and all', async () => {
  const first = await told(await start({}));
  expect(first.events.length).toBeGreaterThan(30);
  expect(first.events[0]).toMatchObject({
    type: 'session.created',
    session: { id: expect.stringMatching(/^sess_[0-9A-Za-z]{22}$/), expires_at: STARTS_AT / 1_000 + 3_600 },
  });
  expect(first.secret).toMatchObject({ value: expect.stringMatching(/^ek_[0-9A-Za-z]{22}$/) });
  expect(await told(await start({}))).toEqual(first);
});

it('without a clock the same script gives the same events and ids, at other times', async () => {
  const names = async () =>
    (await told(await startScriptedRealtime({ turns: TURNS }))).events.map(
      ({ type, event_id }) => `${type} ${event_id}`,
    );
  const first = await names();
  expect(first.length).toBeGreaterThan(30);
  expect(await names()).toEqual(first);
});

it('another seed gives other ids, and one server never the same twice', async () => {
  const model = await start({});
  const ids: string[] = [];
  for (const _ of [1, 2, 3]) {
    const client = await RealtimeSocketClient.connect({ url: model.url });
    const { event_id, session } = await client.waitFor('session.created');
    ids.push(event_id, session.id ?? '');
    await client.close();
  }
  await model.close();
  expect(new Set(ids).size).toBe(6);
  const [one, other] = [await told(await start({})), await told(await start({ seed: 'other' }))];
  expect(other.events.map(({ type }) => type)).toEqual(one.events.map(({ type }) => type));
  expect(other.events[0]).not.toEqual(one.events[0]);
  expect(other.secret).not.toEqual(one.secret);
});
