import { once } from 'node:events';
import { connect } from 'node:net';
import { bridgePath, ENDPOINTS } from '@voice-bridge/core';
import { afterEach, describe, expect, it } from 'vitest';
import { OFFER, outcome } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost, type FakeSessionHostOptions } from '../../testing/fake-session-host.ts';
import { type ListeningServer, type ListenOptions, listen } from './listen.ts';

const servers: ListeningServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(options: ListenOptions = {}, hostOptions: FakeSessionHostOptions = {}) {
  const host = new FakeSessionHost(hostOptions);
  const bridge = createTestBridge({}, { host });
  const server = await listen(bridge, { port: 0, ...options });
  servers.push(server);
  return { host, bridge, server };
}

function openOver(server: ListeningServer, init: RequestInit = {}): Promise<Response> {
  return fetch(`${server.url}${ENDPOINTS.bridge}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conversation_id: 'c', offer: OFFER }),
    ...init,
  });
}

/** Sends bytes as they are and gives everything that comes back until the other side ends. */
async function raw(server: ListeningServer, text: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  socket.write(text);
  let answer = '';
  socket.setEncoding('latin1').on('data', (piece: string) => {
    answer += piece;
  });
  await once(socket, 'close');
  return answer;
}

describe('listen', () => {
  it('serves the bridge on a free port of 127.0.0.1', async () => {
    const { server, host } = await start();
    expect(server.url).toBe(`http://localhost:${server.port}`);
    expect(await outcome(openOver(server))).toEqual([200]);
    expect(host.last.options.additionalHostAddresses).toEqual(['127.0.0.1']);
    const response = await fetch(`${server.url}${bridgePath('c')}`, { method: 'DELETE' });
    expect(await response.json()).toEqual({ status: 'closed' });
  });

  it('refuses to listen to the world when nobody said who may connect', async () => {
    const bridge = createTestBridge();
    await expect(listen(bridge, { host: '0.0.0.0', port: 0 })).rejects.toMatchObject({ code: 'authorize_required' });
    const open = createTestBridge({ authorize: 'open' });
    servers.push(await listen(open, { host: '0.0.0.0', port: 0 }));
  });

  it('says so when the port is taken', async () => {
    const { server } = await start();
    await expect(listen(createTestBridge(), { port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('hands everything that is not the bridge to the fallback', async () => {
    const { server } = await start({ fallback: (request) => new Response(`page ${new URL(request.url).pathname}`) });
    expect(await (await fetch(`${server.url}/index.html`)).text()).toBe('page /index.html');
    expect(await (await fetch(`${server.url}/healthy`)).text()).toBe('page /healthy');
    expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ status: 'ok' });
    expect((await fetch(`${server.url}/api/nothing`)).status).toBe(404);
  });

  it('answers 500 without a word of it when the fallback throws', async () => {
    const { server } = await start({
      fallback: () => {
        throw new TypeError('inner secret');
      },
    });
    const response = await fetch(`${server.url}/`);
    const text = await response.text();
    expect([response.status, text.includes('inner secret')]).toEqual([500, false]);
  });

  it('without a fallback answers 404', async () => {
    const { server } = await start();
    expect(await outcome(fetch(server.url))).toEqual([404, 'not_found']);
  });

  it('[S-2.6] closes a session whose client hangs up while the model is dialled', async () => {
    const { server, host, bridge } = await start({}, { model: 'hangs' });
    const abort = new AbortController();
    const answer = openOver(server, { signal: abort.signal });
    await expect.poll(() => host.live.length).toBe(1);
    abort.abort();
    await expect(answer).rejects.toThrow();
    await expect.poll(() => host.live).toEqual([]);
    expect(bridge.sessions.list()).toEqual([]);
  });

  it('refuses a body of 1 MB, sent with and without a length', async () => {
    const { server, host } = await start();
    const big = new Uint8Array(1_000_000).fill(0x20);
    expect(await outcome(openOver(server, { body: big }))).toEqual([413, 'body_too_large']);
    const stream = new Blob([big]).stream();
    expect(await outcome(openOver(server, { body: stream, duplex: 'half' }))).toEqual([413, 'body_too_large']);
    expect(host.sessions).toEqual([]);
    expect(await outcome(openOver(server))).toEqual([200]);
  });

  it.each([
    [
      'a rebound Host',
      'POST /api/realtime/webrtc/bridge HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
      '403',
    ],
    ['no Host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', '400'],
    ['a Host that is none', 'GET /api/realtime/config HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', '400'],
    [
      'another target',
      'GET http://evil.example/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      '200',
    ],
    ['no HTTP at all', 'hello\r\n\r\n', '400'],
    ['20 kB of headers', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
  ])('answers %s', async (_name, request, status) => {
    const { server } = await start();
    expect(await raw(server, request)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });
});

describe('an upgrade', () => {
  const upgrade = (headers: string) =>
    `GET /ws/nothing HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${headers}\r\n\r\n`;

  it('to a path that is none is answered with 404, and the connection ends', async () => {
    const { server } = await start();
    const answer = await raw(server, upgrade('Host: localhost'));
    expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(answer).toContain('"code":"not_found"');
  });

  it.each([
    ['Host: localhost\r\nOrigin: https://evil.example', 'origin_not_allowed'],
    ['Host: evil.example', 'host_not_allowed'],
  ])('with %s is refused', async (headers, code) => {
    const { server } = await start();
    const answer = await raw(server, upgrade(headers));
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(answer).toContain(code);
  });
});

describe('closing', () => {
  it('lets a running request end, and is idempotent', async () => {
    const { server, host } = await start({}, { model: 'hangs' });
    const answer = outcome(openOver(server));
    await expect.poll(() => host.live.length).toBe(1);
    const closing = Promise.all([server.close(), server.close()]);
    host.last.emit({ type: 'opened' });
    expect(await answer).toEqual([200]);
    await closing;
    await expect(fetch(server.url)).rejects.toThrow();
  });
});
