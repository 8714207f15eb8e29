import { once } from 'node:events';
import { get } from 'node:http';
import type { Clock } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { ScriptedTurn } from './engines/assistant/scripted-assistant.ts';
import type { FaultPlan } from './faults/fault-plan.ts';
import { FaultyServer } from './testing/faulty-server.ts';

const CALL = { type: 'function_call', name: 'set_lamp', arguments: '{}' } as const;

let faulty: FaultyServer | undefined;

afterEach(async () => {
  await faulty?.close();
  faulty = undefined;
});

async function start(faults: FaultPlan, turns?: readonly ScriptedTurn[], clock?: Clock): Promise<FaultyServer> {
  faulty = await FaultyServer.start(faults, turns, clock);
  return faulty;
}

it('WebSockets are refused and delayed as well', async () => {
  const { server } = await start({ connect: { status: 429, delayMs: 100 } });
  const began = performance.now();
  const asked = get(`${server.url}/realtime?model=gpt-realtime`, {
    headers: { connection: 'upgrade', upgrade: 'websocket', authorization: 'Bearer k' },
  });
  const [answer] = await once(asked, 'response');
  expect(answer).toMatchObject({ statusCode: 429 });
  asked.destroy();
  expect(performance.now() - began).toBeGreaterThanOrEqual(99);
});

describe('a call', () => {
  it('stalls in the middle of a sentence: nothing comes, and the connection stays', async () => {
    const client = await (await start({ stall: { afterMs: 300 } })).ask();
    await client.until(() => client.packets.length === 15, 'the beginning');
    await expect(client.until(() => client.packets.length > 15, 'a packet behind it', 900)).rejects.toThrow();
    const { length } = client.events;
    client.send({ type: 'input_audio_buffer.clear' });
    await expect(client.waitFor('input_audio_buffer.cleared', () => true, 300)).rejects.toMatchObject({
      code: 'connect_timeout',
    });
    expect([client.packets.length, client.events.length, client.state]).toEqual([15, length, 'connected']);
  });

  it('expires', async () => {
    const clock = new ManualClock();
    const client = await (await start({ expireAfterMs: 300 }, [], clock)).connect();
    clock.advance(299);
    expect(client.all('error')).toEqual([]);
    clock.advance(1);
    expect((await client.waitFor('error')).error.code).toBe('session_expired');
    clock.advance(1_000);
    await client.until(() => client.state === 'closed', 'the end');
  });

  it('is slow with tools', async () => {
    const client = await (await start({ toolTurnDelayMs: 400 }, [[CALL]])).ask();
    const at = (type: string) => client.events.find(({ event }) => event.type === type)?.at ?? 0;
    await client.waitFor('response.function_call_arguments.done');
    expect(at('response.function_call_arguments.done') - at('response.created')).toBeGreaterThanOrEqual(399);
  });

  it.each(['malformed', 'unknown', 'incomplete'])('gets %s events between the right ones', async (event) => {
    const client = await (await start({ insert: { before: 'response.created', event } })).ask();
    await client.waitFor('response.created');
    expect(client.misfits).toHaveLength(1);
  });

  it('loses events and gets others twice', async () => {
    const faults = { loseEvents: ['response.content_part.done'], repeatEvents: ['response.done'] };
    const client = await (await start(faults)).ask();
    await client.waitFor('output_audio_buffer.stopped');
    expect(client.all('response.content_part.done')).toHaveLength(0);
    const done = client.all('response.done');
    expect(done).toHaveLength(2);
    expect(done[0]).toEqual(done[1]);
  });

  it('has gaps in its audio, which the numbers of the packets show', async () => {
    const client = await (await start({ audioGaps: { everyMs: 200, lengthMs: 60 } })).ask();
    await client.waitFor('output_audio_buffer.stopped');
    const steps = client.packets.map(({ sequenceNumber }, n) => {
      const before = client.packets[n - 1];
      return before === undefined ? 1 : (sequenceNumber - before.sequenceNumber) & 0xffff;
    });
    expect(steps.filter((step) => step === 4).length).toBeGreaterThanOrEqual(8);
    expect(new Set(steps)).toEqual(new Set([1, 4]));
  });
});
