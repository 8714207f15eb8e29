import { afterEach, describe, expect, it } from 'vitest';
import type { FaultPlan } from './faults/fault-plan.ts';
import { FaultyServer } from './testing/faulty-server.ts';
import { startScriptedRealtime } from './testing/start-scripted-realtime.ts';

let faulty: FaultyServer | undefined;

afterEach(async () => {
  await faulty?.close();
  faulty = undefined;
});

async function start(faults?: FaultPlan): Promise<FaultyServer> {
  faulty = await FaultyServer.start(faults);
  return faulty;
}

const post = ({ url }: FaultyServer, plan: unknown, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', body: JSON.stringify(plan), headers });

it('at connect, the server refuses with the wanted status, then serves', async () => {
  const server = await start({ connect: { status: 503, times: 1 } });
  await expect(server.connect()).rejects.toMatchObject({ message: expect.stringContaining('503') });
  await server.connect();
});

it('a connection drops in the middle of a sentence, once', async () => {
  const server = await start({ drop: { afterMs: 300 } });
  const client = await server.ask();
  await client.until(() => client.state === 'closed', 'the end');
  expect(client.packets).toHaveLength(15);
  const next = await server.ask();
  await next.until(() => next.packets.length > 20, 'more than 15 packets');
});

it('an answer that is given twice is heard twice, one response behind the other', async () => {
  faulty = await FaultyServer.start({ repeatAnswer: {} }, [[{ type: 'sentence', text: 'it is noon.' }]]);
  const client = await faulty.ask();
  for (const _ of [1, 2]) await client.waitFor('output_audio_buffer.stopped');
  expect(client.heardText()).toBe('it is noon.it is noon.');
  const created = client.all('response.created').map(({ response }) => response.id);
  expect(new Set(created).size).toBe(2);
  expect(client.all('output_audio_buffer.started').map((event) => event.response_id)).toEqual(created);
});

describe('/__faults', () => {
  it('sets what goes wrong in a call that is open, tells it, and takes it back', async () => {
    const server = await start();
    const client = await server.connect();
    const plan = { loseEvents: ['response.created'] };
    expect(await (await post(server, plan)).json()).toEqual(plan);
    expect(await (await fetch(server.url)).json()).toEqual(plan);
    client.send({ type: 'response.create' });
    await client.waitFor('response.done');
    expect(client.all('response.created')).toHaveLength(0);
    await fetch(server.url, { method: 'DELETE' });
    expect(await (await fetch(server.url)).json()).toEqual({});
    client.send({ type: 'response.create' });
    await client.waitFor('response.created');
  });

  it('refuses what is no plan, and pages of the web', async () => {
    const server = await start();
    expect((await post(server, { dropp: {} })).status).toBe(400);
    expect((await post(server, {}, { origin: 'https://example.com' })).status).toBe(403);
    expect((await post(server, {}, { origin: 'http://localhost:5173' })).status).toBe(200);
  });

  it.each([
    [404, undefined],
    [200, {}],
  ])('is %i for other machines when the faults given are %o', async (status, faults) => {
    const server = await startScriptedRealtime({ turns: [], host: '0.0.0.0', ...(faults && { faults }) });
    expect((await fetch(`http://127.0.0.1:${server.port}/__faults`)).status).toBe(status);
    await server.close();
  });
});

it('the calendar is wrong by the offset: dates, keys and sessions', async () => {
  const offset = -10 * 60 * 60 * 1_000;
  const { server } = await start({ clockOffsetMs: offset });
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
