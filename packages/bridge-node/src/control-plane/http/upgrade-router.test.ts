import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { CLOSE_CODES, silentLogger, VoiceBridgeError } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { SubjectCounts } from '../limits/subject-counts.ts';
import { Access } from './access.ts';
import type { Authorize, Identity } from './identity.ts';
import type { MessageConnection } from './message-connection.ts';
import { REAUTHORIZE_MS } from './reauthorize.ts';
import { type UpgradeRoute, UpgradeRouter } from './upgrade-router.ts';
import { PING_MS } from './web-socket-server.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Bench {
  readonly url: string;
  readonly clock: ManualClock;
  readonly router: UpgradeRouter;
  /** Connections of the echo route, oldest first. */
  readonly connections: MessageConnection[];
}

async function start(
  options: {
    route?: Partial<UpgradeRoute>;
    tokens?: Map<string, Identity>;
    authorize?: Authorize;
    max?: number;
    perSubject?: number;
  } = {},
) {
  const { tokens, max = 10 } = options;
  const clock = new ManualClock();
  const connections: MessageConnection[] = [];
  const echo: UpgradeRoute = {
    path: '/api/echo/:name',
    maxMessageBytes: 1_000,
    maxQueuedBytes: 100_000,
    messagesPerSecond: 1,
    admit({ params }) {
      if (params.name === 'secret') throw new VoiceBridgeError('not_found', 'There is nothing here');
    },
    connect(connection, { identity, params, query }) {
      connections.push(connection);
      connection.send(JSON.stringify({ subject: identity.subject, ...params, after: query.get('after') }));
      connection.receive((message) => connection.send(message));
    },
    ...options.route,
  };
  const access = new Access({
    authorize:
      tokens === undefined
        ? (options.authorize ?? 'open')
        : (request) => tokens.get((request.headers.get('authorization') ?? '').replace('Bearer ', '')),
    production: false,
    allowedOrigins: [],
    allowedHosts: undefined,
    logger: silentLogger,
  });
  const router = new UpgradeRouter({
    counts: new SubjectCounts(options.perSubject ?? 100),
    basePath: '/voice',
    access,
    clock,
    redact: (text) => text,
    logger: silentLogger,
    maxConnections: max,
    routes: [echo],
  });
  const server = createServer();
  servers.push(server);
  server.on('upgrade', (request, stream, head) => router.handle(request, stream, head, 'loopback'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `ws://127.0.0.1:${port}/voice/api/echo`, clock, router, connections } satisfies Bench;
}

/** A client, and everything it was told. */
function dial(url: string, protocols: string[] = [], headers: Record<string, string> = {}) {
  const client = new WebSocket(url, protocols, { headers });
  const messages: string[] = [];
  client.on('message', (data) => messages.push(String(data)));
  const closed = new Promise<number>((resolve) => {
    client.on('close', (code) => resolve(code));
    client.on('error', () => {});
  });
  const refused = new Promise<number | undefined>((resolve) => {
    client.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode);
      client.terminate();
    });
  });
  return { client, messages, closed, refused };
}

/** Lets time pass while the clients answer every ping. */
async function pass(clock: ManualClock, milliseconds: number, clients: WebSocket[]): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += PING_MS) {
    const pinged = Promise.all(clients.map((client) => once(client, 'ping')));
    await clock.advanceAsync(PING_MS);
    await pinged;
    for (const client of clients) client.send('still here');
    await Promise.all(clients.map((client) => once(client, 'message')));
  }
}

describe('a WebSocket of the bridge', () => {
  it('is opened at its path, with what path and query say, and carries text and bytes', async () => {
    const { url } = await start();
    const { client, messages } = dial(`${url}/a%20b?after=7`);
    await once(client, 'message');
    client.send('hello');
    await once(client, 'message');
    client.send(new Uint8Array([104, 105]));
    const [data, isBinary] = await once(client, 'message');
    expect([Buffer.from(data), isBinary]).toEqual([Buffer.from('hi'), true]);
    expect(messages.slice(0, 2)).toEqual(['{"subject":"anonymous","name":"a b","after":"7"}', 'hello']);
    client.close();
  });

  it.each([
    ['another path', '/else', {}, 404],
    ['a foreign origin', '/a', { origin: 'https://evil.example' }, 403],
    ['a rebound host', '/a', { host: 'evil.example' }, 403],
  ])('is refused before the handshake for %s', async (_name, path, headers, status) => {
    const { url } = await start();
    const address = path === '/else' ? url.replace('/echo', '/else') : `${url}${path}`;
    expect(await dial(address, [], headers).refused).toBe(status);
  });

  it('takes its token from the subprotocols, answers with the other one, and never from the URL', async () => {
    const { url } = await start({ tokens: new Map([['t-1', { subject: 'ann', conversations: 'any' }]]) });
    const known = dial(`${url}/a`, ['voice-bridge.v1', 'voice-bridge.token.t-1']);
    await once(known.client, 'message');
    expect([known.client.protocol, known.messages[0]]).toEqual(['voice-bridge.v1', expect.stringContaining('ann')]);
    const bearer = dial(`${url}/a`, [], { authorization: 'Bearer t-1' });
    await once(bearer.client, 'message');
    for (const { client } of [known, bearer]) client.close();
    const unknown = dial(`${url}/a?token=t-1`, ['voice-bridge.v1']);
    expect(await unknown.closed).toBe(CLOSE_CODES.unauthorized);
    expect(unknown.messages.map((text) => JSON.parse(text).code)).toEqual(['unauthorized']);
    expect(await dial(`${url}/a`, ['other.v2']).refused).toBe(400);
  });

  it('tells after the handshake why it may not be', async () => {
    const { url } = await start();
    const { closed, messages } = dial(`${url}/secret`);
    expect(await closed).toBe(CLOSE_CODES.not_found);
    expect(messages).toEqual(['{"type":"error","code":"not_found","message":"There is nothing here"}']);
  });

  it('ends when a message is too long, when there are too many, and when there are too many clients', async () => {
    const { url } = await start({ max: 2 });
    const long = dial(`${url}/a`);
    await once(long.client, 'open');
    const many = dial(`${url}/a`);
    await once(many.client, 'open');
    expect(await dial(`${url}/a`).closed).toBe(CLOSE_CODES.rate_limited);
    long.client.send('x'.repeat(1_001));
    expect(await long.closed).toBe(1_009);
    for (let i = 0; i < 11; i++) many.client.send('x');
    expect(await many.closed).toBe(CLOSE_CODES.rate_limited);
    expect(many.messages).toHaveLength(11);
  });

  it('is refused to a subject who has as many as it may, until one is closed', async () => {
    const ann: Identity = { subject: 'ann', conversations: 'any' };
    const { url } = await start({ authorize: () => ann, perSubject: 1 });
    const first = dial(`${url}/a`);
    await once(first.client, 'open');
    expect(await dial(`${url}/a`).closed).toBe(CLOSE_CODES.rate_limited);
    first.client.close();
    await first.closed;
    const next = dial(`${url}/a`);
    await once(next.client, 'message');
    expect(next.messages).toHaveLength(1);
  });

  it('ends with 1013 when its client does not read', async () => {
    const { url, connections } = await start();
    const { client, closed } = dial(`${url}/a`);
    await once(client, 'message');
    client.pause();
    const piece = 'x'.repeat(50_000);
    let sent = 0;
    while (connections[0]?.send(piece)) if (++sent % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(connections[0]?.queuedBytes).toBeLessThanOrEqual(100_100);
    client.resume();
    expect(await closed).toBe(CLOSE_CODES.slow_consumer);
  });

  it('ends when its client answers no ping', async () => {
    const { url, clock, connections } = await start();
    const { client, closed } = dial(`${url}/a`);
    await once(client, 'message');
    await pass(clock, 3 * PING_MS, [client]);
    client.pause();
    await clock.advanceAsync(2 * PING_MS);
    client.resume();
    expect(await closed).toBe(1_006);
    await expect.poll(() => clock.pending).toBe(0);
    expect(connections[0]?.send('late')).toBe(false);
  });

  it('ends within a minute when its token is revoked, or is somebody else by then', async () => {
    const ann: Identity = { subject: 'ann', conversations: 'any' };
    const tokens = new Map([
      ['a', ann],
      ['b', ann],
    ]);
    const { url, clock } = await start({ tokens });
    const [first, second] = [
      dial(`${url}/a`, [], { authorization: 'Bearer a' }),
      dial(`${url}/a`, [], { authorization: 'Bearer b' }),
    ];
    await Promise.all([once(first.client, 'message'), once(second.client, 'message')]);
    tokens.delete('a');
    tokens.set('b', { subject: 'bob', conversations: 'any' });
    await pass(clock, REAUTHORIZE_MS - PING_MS, [first.client, second.client]);
    await clock.advanceAsync(PING_MS);
    expect(await Promise.all([first.closed, second.closed])).toEqual([4401, 4401]);
  });

  it('ends with 1001 when the bridge closes, and no other begins', async () => {
    const { url, router } = await start();
    const { client, closed } = dial(`${url}/a`);
    await once(client, 'message');
    router.close();
    expect(await closed).toBe(CLOSE_CODES.going_away);
    expect(await dial(`${url}/a`).closed).toBe(CLOSE_CODES.going_away);
  });

  it('of a client that goes while its token is looked up leaves nothing behind', async () => {
    const lookups: ((identity: Identity) => void)[] = [];
    const bench = await start({ authorize: () => new Promise<Identity>((resolve) => lookups.push(resolve)) });
    const { client } = dial(`${bench.url}/a`);
    await expect.poll(() => lookups.length).toBe(1);
    client.terminate();
    for (const answer of lookups) answer({ subject: 'ann', conversations: 'any' });
    await bench.clock.advanceAsync(0);
    await expect.poll(() => bench.clock.pending).toBe(0);
    expect(bench.connections.map((connection) => connection.send('late'))).toEqual([false]);
  });
});
