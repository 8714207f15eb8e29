import { once } from 'node:events';
import { get } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { ScriptedTurn } from './engines/assistant/scripted-assistant.ts';
import type { FaultPlan } from './faults/fault-plan.ts';
import type { LocalRealtime } from './start-local-realtime.ts';
import { Callers } from './testing/call-fixture.ts';
import type { RealtimeTestClient } from './testing/realtime-test-client.ts';
import { startScriptedRealtime } from './testing/start-scripted-realtime.ts';

const SENTENCE = { type: 'sentence', text: 'This sentence takes two seconds to say.' } as const;
const CALL = { type: 'function_call', name: 'set_lamp', arguments: '{}' } as const;

const callers = new Callers();
let server: LocalRealtime;

afterEach(async () => {
  await callers.close();
  await server.close();
});

async function start(faults?: FaultPlan, turns: ScriptedTurn[] = [[SENTENCE], [SENTENCE]]): Promise<void> {
  server = await startScriptedRealtime({ turns, ...(faults === undefined ? {} : { faults }) });
}

const url = () => server.url.replace('/v1', '/__faults');
const post = (plan: unknown, headers: Record<string, string> = {}) =>
  fetch(url(), { method: 'POST', body: JSON.stringify(plan), headers });

function respond(client: RealtimeTestClient): void {
  client.send({ type: 'response.create' });
}

describe('at connect', () => {
  it('refuses with the wanted status, then serves', async () => {
    await start({ connect: { status: 503, times: 1 } });
    await expect(callers.connect(server)).rejects.toMatchObject({ message: expect.stringContaining('503') });
    await callers.connect(server);
  });

  it('refuses and delays WebSockets as well', async () => {
    await start({ connect: { status: 429, delayMs: 100 } });
    const began = performance.now();
    const asked = get(`${server.url}/realtime?model=gpt-realtime`, {
      headers: { connection: 'upgrade', upgrade: 'websocket', authorization: 'Bearer k' },
    });
    const [answer] = await once(asked, 'response');
    expect(answer).toMatchObject({ statusCode: 429 });
    asked.destroy();
    expect(performance.now() - began).toBeGreaterThanOrEqual(99);
  });
});

describe('in a call', () => {
  it('drops the connection in the middle of a sentence, once', async () => {
    await start({ drop: { afterMs: 300 } });
    const client = await callers.connect(server);
    respond(client);
    await client.until(() => client.state === 'closed', 'the end');
    expect(client.packets).toHaveLength(15);
    const next = await callers.connect(server);
    respond(next);
    await next.waitFor('output_audio_buffer.stopped');
  });

  it('stalls in the middle of a sentence: nothing comes, and the connection stays', async () => {
    await start({ stall: { afterMs: 300 } });
    const client = await callers.connect(server);
    respond(client);
    await expect(client.until(() => client.packets.length > 15, 'a packet behind it', 900)).rejects.toThrow();
    const { length } = client.events;
    client.send({ type: 'input_audio_buffer.clear' });
    await expect(client.waitFor('input_audio_buffer.cleared', () => true, 300)).rejects.toMatchObject({
      code: 'connect_timeout',
    });
    expect([client.packets.length, client.events.length, client.state]).toEqual([15, length, 'connected']);
  });

  it('expires', async () => {
    await start({ expireAfterMs: 300 });
    const client = await callers.connect(server);
    const { error } = await client.waitFor('error');
    expect(error.code).toBe('session_expired');
    await client.until(() => client.state === 'closed', 'the end');
  });

  it('is slow with tools', async () => {
    await start({ toolTurnDelayMs: 400 }, [[CALL]]);
    const client = await callers.connect(server);
    respond(client);
    const at = (type: string) => client.events.find(({ event }) => event.type === type)?.at ?? 0;
    await client.waitFor('response.function_call_arguments.done');
    expect(at('response.function_call_arguments.done') - at('response.created')).toBeGreaterThanOrEqual(399);
  });

  it.each(['malformed', 'unknown', 'incomplete'])('sends %s events between the right ones', async (event) => {
    await start({ insert: { before: 'response.created', event } });
    const client = await callers.connect(server);
    respond(client);
    await client.waitFor('response.created');
    expect(client.misfits).toHaveLength(1);
  });

  it('loses and repeats events', async () => {
    await start({ loseEvents: ['response.content_part.done'], repeatEvents: ['response.done'] });
    const client = await callers.connect(server);
    respond(client);
    await client.waitFor('output_audio_buffer.stopped');
    expect(client.all('response.content_part.done')).toHaveLength(0);
    const done = client.all('response.done');
    expect(done).toHaveLength(2);
    expect(done[0]).toEqual(done[1]);
  });

  it('leaves gaps in the audio, which the numbers of the packets show', async () => {
    await start({ audioGaps: { everyMs: 200, lengthMs: 60 } });
    const client = await callers.connect(server);
    respond(client);
    await client.waitFor('output_audio_buffer.stopped');
    const steps = client.packets.map(({ sequenceNumber }, n) => {
      const before = client.packets[n - 1];
      return before === undefined ? 1 : (sequenceNumber - before.sequenceNumber) & 0xffff;
    });
    expect(steps.filter((step) => step === 4).length).toBeGreaterThanOrEqual(8);
    expect(new Set(steps)).toEqual(new Set([1, 4]));
  });
});

describe('the calendar', () => {
  it('is wrong by the offset: dates, keys and sessions', async () => {
    const offset = -10 * 60 * 60 * 1_000;
    await start({ clockOffsetMs: offset });
    const answer = await fetch(`${server.url}/realtime/client_secrets`, {
      method: 'POST',
      headers: { authorization: 'Bearer k' },
    });
    const expected = Date.now() + offset;
    expect(Math.abs(Date.parse(answer.headers.get('date') ?? '') - expected)).toBeLessThan(5_000);
    const secret: unknown = await answer.json();
    const expiresAt = Math.floor(expected / 1_000) + 600;
    expect(secret).toMatchObject({ expires_at: expect.toSatisfy((at: number) => Math.abs(at - expiresAt) < 5) });
  });
});

describe('/__faults', () => {
  it('sets what goes wrong in a call that is open, tells it, and takes it back', async () => {
    await start();
    const client = await callers.connect(server);
    const plan = { loseEvents: ['response.created'] };
    expect(await (await post(plan)).json()).toEqual(plan);
    expect(await (await fetch(url())).json()).toEqual(plan);
    respond(client);
    await client.waitFor('response.done');
    expect(client.all('response.created')).toHaveLength(0);
    await fetch(url(), { method: 'DELETE' });
    expect(await (await fetch(url())).json()).toEqual({});
    respond(client);
    await client.waitFor('response.created');
  });

  it('refuses what is no plan, and pages of the web', async () => {
    await start();
    expect((await post({ dropp: {} })).status).toBe(400);
    expect((await post({}, { origin: 'https://example.com' })).status).toBe(403);
    expect((await post({}, { origin: 'http://localhost:5173' })).status).toBe(200);
  });

  it('is not there for other machines, unless faults were wished for', async () => {
    server = await startScriptedRealtime({ turns: [], host: '0.0.0.0' });
    expect((await fetch(`http://127.0.0.1:${server.port}/__faults`)).status).toBe(404);
    await server.close();
    server = await startScriptedRealtime({ turns: [], host: '0.0.0.0', faults: {} });
    expect((await fetch(`http://127.0.0.1:${server.port}/__faults`)).status).toBe(200);
  });
});
