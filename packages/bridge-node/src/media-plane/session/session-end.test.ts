import { describe, expect, it } from 'vitest';
import { profileOf } from '../testing/fake-client.ts';
import { CANARY_KEY, SessionBench } from '../testing/session-bench.ts';

const HANG_UP = '/v1/realtime/calls/rtc_fake/hangup';

describe('the end of a session', () => {
  it('tells the client, hangs up at the model and frees everything [S-1.16] [S-2.16]', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join();
    bench.handle.send({ type: 'close', reason: 'stopped' });
    await bench.settle();
    expect(client.messages.at(-1)).toEqual({ type: 'closed', reason: 'stopped' });
    expect(bench.events.at(-1)).toEqual({ type: 'closed', reason: 'stopped' });
    expect(paths(bench)).toEqual(['/v1/realtime/calls', HANG_UP]);
    await expectNothingLeft(bench);
  });

  it.each(['replaced', 'idle', 'expired', 'shutting_down'] as const)('says why when %s [S-1.47]', async (reason) => {
    const bench = await new SessionBench().open();
    const client = await bench.join();
    bench.handle.send({ type: 'close', reason });
    await bench.settle();
    const code = {
      replaced: 'session_replaced',
      idle: 'session_idle',
      expired: 'session_expired',
      shutting_down: 'shutting_down',
    };
    expect(bench.got('closed')).toEqual([{ type: 'closed', reason, code: code[reason] }]);
    expect(client.messages.at(-1)).toEqual({ type: 'closed', reason, code: code[reason] });
  });

  it('comes when the last participant leaves', async () => {
    const bench = await new SessionBench().open();
    const first = await bench.join('p1');
    const second = await bench.join('p2');
    first.send({ type: 'leave' });
    await bench.settle();
    expect(bench.got('closed')).toEqual([]);
    second.closeChannel();
    await bench.settle();
    expect(bench.events.slice(-3)).toEqual([
      { type: 'participantLeft', participantId: 'p2', reason: 'left' },
      { type: 'closing', reason: 'left' },
      { type: 'closed', reason: 'left' },
    ]);
    await expectNothingLeft(bench);
  });

  it('comes when the model hangs up, with its code', async () => {
    const bench = await new SessionBench().open();
    const client = await bench.join();
    await bench.model.connection?.close();
    await bench.settle();
    expect(bench.got('closed')).toMatchObject([{ reason: 'model_closed', code: 'model_closed' }]);
    expect(client.messages.at(-1)).toEqual({ type: 'closed', reason: 'model_closed', code: 'model_closed' });
    await expectNothingLeft(bench);
  });

  it('says that the model session expired when the model said so before', async () => {
    const bench = await new SessionBench().open();
    await bench.join();
    const message = 'Your session hit the maximum duration of 60 minutes.';
    bench.model.say({ type: 'error', error: { type: 'invalid_request_error', code: 'session_expired', message } });
    await bench.settle();
    await bench.model.connection?.close();
    await bench.settle();
    expect(bench.got('closed')).toMatchObject([{ reason: 'model_closed', code: 'session_expired', message }]);
  });

  it('comes when its only participant does not connect in time, and the model is hung up', async () => {
    const bench = await new SessionBench().open();
    bench.handle.send({ type: 'join', participantId: 'p1', offer: await offerOfNobody(bench), ...profileOf() });
    await bench.pass(14_900);
    expect(bench.got('closed')).toEqual([]);
    await bench.pass(200);
    expect(bench.got('closed')).toMatchObject([{ reason: 'connection_lost', code: 'connect_timeout' }]);
    expect(paths(bench)).toContain(HANG_UP);
  });

  it('comes when nobody joins at all', async () => {
    const bench = await new SessionBench().open();
    await bench.pass(15_100);
    expect(bench.got('closed')).toMatchObject([{ code: 'connect_timeout' }]);
    await expectNothingLeft(bench);
  });

  it('refuses who cannot be given a connection', async () => {
    const bench = await new SessionBench().open();
    bench.network.create = () => {
      throw new TypeError('No port is left');
    };
    bench.handle.send({ type: 'join', participantId: 'p1', offer: 'sdp', ...profileOf() });
    await bench.settle();
    expect(bench.got('joinRefused')).toMatchObject([{ participantId: 'p1', code: 'internal' }]);
    await expectNothingLeft(bench);
  });

  it('refuses an offer that cannot be answered, and ends', async () => {
    const bench = await new SessionBench().open();
    bench.handle.send({ type: 'join', participantId: 'p1', offer: 'junk', ...profileOf() });
    await bench.settle();
    expect(bench.got('joinRefused')).toMatchObject([{ participantId: 'p1', code: 'invalid_offer' }]);
    expect(bench.got('closed')).toMatchObject([{ reason: 'failed', code: 'invalid_offer' }]);
    await expectNothingLeft(bench);
  });

  it.each([
    ['waits for connections that close slowly', 400, 400],
    ['waits at most 5 s for a connection that never closes', 60_000, 5_000],
  ])('%s', async (_title, closesAfterMs, closedAfterMs) => {
    const bench = await new SessionBench().open();
    await bench.join();
    const ours = bench.network.connections.at(-1);
    if (ours === undefined) throw new Error('No connection');
    ours.close = () => new Promise((resolve) => bench.clock.after(closesAfterMs, resolve));
    bench.handle.send({ type: 'close', reason: 'stopped' });
    await bench.pass(closedAfterMs - 1);
    expect(bench.got('closed')).toEqual([]);
    await bench.pass(1);
    expect(bench.got('closed')).toHaveLength(1);
  });

  it('does not wait longer than 2 s for a model that does not take the hang-up', async () => {
    const bench = await new SessionBench().open();
    await bench.join();
    bench.model.hangUp = () => new Promise(() => {});
    bench.handle.send({ type: 'close', reason: 'stopped' });
    await bench.pass(1_900);
    expect(bench.got('closed')).toEqual([]);
    await bench.pass(200);
    expect(bench.got('closed')).toHaveLength(1);
    await expectNothingLeft(bench);
  });
});

describe('a session whose model cannot be had', () => {
  it.each([
    [401, 'model_rejected'],
    [429, 'model_rate_limited'],
    [503, 'model_unreachable'],
  ])('ends for HTTP %i with %s, and the key is nowhere [S-1.4]', async (status, code) => {
    const bench = new SessionBench();
    const body = JSON.stringify({ error: { message: `Incorrect key ${CANARY_KEY}`, type: 'x', code: CANARY_KEY } });
    bench.model.answer = async () => new Response(body, { status });
    await bench.open();
    expect(bench.events).toMatchObject([{ type: 'closed', reason: 'failed', code }]);
    expect(JSON.stringify(bench.events) + bench.logs.join()).not.toContain(CANARY_KEY);
    await expectNothingLeft(bench);
  });

  it('ends at the deadline of a model that never acknowledges its settings', async () => {
    const bench = new SessionBench();
    bench.model.acknowledges = false;
    await bench.open();
    await bench.pass(10_000);
    expect(bench.got('closed')).toMatchObject([{ reason: 'failed', code: 'connect_timeout' }]);
    expect(paths(bench)).toContain(HANG_UP);
    await expectNothingLeft(bench);
  });

  it('ends when the model refuses its settings', async () => {
    const bench = new SessionBench();
    bench.model.acknowledges = false;
    await bench.open();
    bench.model.say({
      type: 'error',
      error: { type: 'invalid_request_error', code: 'unknown_parameter', message: 'tools' },
    });
    await bench.settle();
    expect(bench.got('closed')).toMatchObject([{ code: 'model_rejected', message: 'tools' }]);
    await expectNothingLeft(bench);
  });

  it('ends when the model answers with something that is no SDP', async () => {
    const bench = new SessionBench();
    bench.model.answer = async () => new Response('hello', { status: 201 });
    await bench.open();
    expect(bench.got('closed')).toMatchObject([{ code: 'model_error' }]);
    await expectNothingLeft(bench);
  });

  it('ends when instructions and tools do not fit into one message', async () => {
    const bench = new SessionBench();
    const { upstream } = bench.options;
    await bench.open({ upstream: { ...upstream, instructions: 'x'.repeat(70_000) } });
    expect(bench.got('closed')).toMatchObject([{ code: 'model_rejected' }]);
    await expectNothingLeft(bench);
  });

  it('ends for turn detection of no known shape, without a call', async () => {
    const bench = new SessionBench();
    const { upstream } = bench.options;
    await bench.open({ upstream: { ...upstream, turnDetection: { type: 'telepathy' } } });
    expect(bench.got('closed')).toMatchObject([{ code: 'model_rejected' }]);
    expect(bench.model.requests).toEqual([]);
  });
});

describe('a session closed while its model is dialled', () => {
  it('leaves nothing behind, at whatever moment it is closed', async () => {
    for (let turns = 0; turns < 60; turns++) {
      const bench = new SessionBench();
      const opening = bench.open();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      bench.handle.send({ type: 'close', reason: 'stopped' });
      await opening;
      await bench.settle();
      expect(bench.got('closed')).toEqual([{ type: 'closed', reason: 'stopped' }]);
      await expectNothingLeft(bench);
    }
  });

  it('is over as well when the model goes at whatever moment', async () => {
    for (let turns = 0; turns < 60; turns++) {
      const bench = new SessionBench();
      const opening = bench.open();
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      bench.model.connection?.lose();
      await opening;
      if (bench.model.connection?.state.name === 'connected') continue;
      await bench.pass(15_100);
      expect(bench.got('closed')).toHaveLength(1);
      await expectNothingLeft(bench);
    }
  });

  it('hangs up the call that comes to life after all', async () => {
    const bench = new SessionBench();
    const answers: ((response: Response) => void)[] = [];
    bench.model.answer = () => new Promise((resolve) => answers.push(resolve));
    await bench.open();
    bench.handle.send({ type: 'close', reason: 'stopped' });
    await bench.pass(500);
    expect(bench.got('closed')).toEqual([]);
    answers[0]?.(new Response('late', { status: 201, headers: { location: '/v1/realtime/calls/rtc_late' } }));
    await bench.settle();
    expect(paths(bench)).toEqual(['/v1/realtime/calls', '/v1/realtime/calls/rtc_late/hangup']);
    expect(bench.got('closed')).toEqual([{ type: 'closed', reason: 'stopped' }]);
    await expectNothingLeft(bench);
  });

  it('hangs up a call whose answer never ends', async () => {
    const bench = new SessionBench();
    const headers = { location: '/v1/realtime/calls/rtc_endless' };
    bench.model.answer = async () => new Response(new ReadableStream({}), { status: 201, headers });
    await bench.open();
    await bench.pass(10_000);
    expect(paths(bench)).toEqual(['/v1/realtime/calls', '/v1/realtime/calls/rtc_endless/hangup']);
    expect(bench.got('closed')).toMatchObject([{ reason: 'failed', code: 'connect_timeout' }]);
    await expectNothingLeft(bench);
  });

  it('waits at most 2 s for it, then gives the request up', async () => {
    const bench = new SessionBench();
    bench.model.answer = (signal) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));
    await bench.open();
    bench.handle.send({ type: 'close', reason: 'stopped' });
    await bench.pass(2_100);
    expect(bench.got('closed')).toEqual([{ type: 'closed', reason: 'stopped' }]);
    await expectNothingLeft(bench);
  });
});

describe('a host', () => {
  it('ends all its sessions and waits for them', async () => {
    const bench = await new SessionBench().open();
    await bench.join();
    const closing = bench.host.close();
    await bench.settle();
    await closing;
    expect(bench.got('closed')).toEqual([{ type: 'closed', reason: 'shutting_down', code: 'shutting_down' }]);
    await bench.host.close();
  });
});

async function offerOfNobody(bench: SessionBench): Promise<string> {
  return bench.network.create({ clock: bench.clock, connectTimeoutMs: 60_000 }).createOffer();
}

function paths(bench: SessionBench): string[] {
  return bench.model.requests.map(({ path }) => path);
}

async function expectNothingLeft(bench: SessionBench): Promise<void> {
  await bench.settle();
  expect(bench.events.at(-1)?.type).toBe('closed');
  expect(bench.network.connections.filter(({ state }) => state.name !== 'closed')).toEqual([]);
  expect(bench.clock.pending).toBe(0);
}
