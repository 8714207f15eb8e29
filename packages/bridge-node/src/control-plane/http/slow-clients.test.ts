import { once } from 'node:events';
import { connect } from 'node:net';
import { bridgeTextPath, ENDPOINTS, eventsPath } from '@voice-bridge/core';
import { afterEach, describe, expect, it } from 'vitest';
import { OFFER, outcome } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../../testing/fake-session-host.ts';
import type { HttpTimeouts } from './bridge-server.ts';
import { type ListeningServer, listen } from './listen.ts';

const SHORT: Partial<HttpTimeouts> = { headersMs: 100, requestMs: 200, checkMs: 20 };

const servers: ListeningServer[] = [];
const trickles: NodeJS.Timeout[] = [];

afterEach(async () => {
  for (const timer of trickles.splice(0)) clearInterval(timer);
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(timeouts: Partial<HttpTimeouts> = SHORT) {
  const host = new FakeSessionHost();
  const server = await listen(createTestBridge({}, { host }), { port: 0, timeouts });
  servers.push(server);
  return { host, server };
}

interface Ended {
  readonly answer: string;
  readonly tookMs: number;
}

/** A client that says the beginning and then nothing, or one more piece now and then without end; resolves when it is cut. */
function say(server: ListeningServer, beginning: string, piece?: string, everyMs = 10): Promise<Ended> {
  const socket = connect(server.port, '127.0.0.1');
  const startedAt = performance.now();
  socket.write(beginning);
  if (piece !== undefined) trickles.push(setInterval(() => socket.writable && socket.write(piece), everyMs));
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text;
  });
  // Writing to a connection that has been cut is what the test is about.
  socket.on('error', () => {});
  return new Promise((resolve) => {
    socket.once('close', () => resolve({ answer, tookMs: performance.now() - startedAt }));
  });
}

const HEADERS = `GET ${ENDPOINTS.config} HTTP/1.1\r\nHost: localhost\r\nX: `;
const CHUNKED = `POST ${ENDPOINTS.bridge} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
const post = (length: number) =>
  `POST ${ENDPOINTS.bridge} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n{`;

function openOver(server: ListeningServer): Promise<Response> {
  const body = JSON.stringify({ conversation_id: 'c', offer: OFFER });
  const headers = { 'content-type': 'application/json' };
  return fetch(`${server.url}${ENDPOINTS.bridge}`, { method: 'POST', headers, body });
}

describe('a client that stops in the middle', () => {
  it.each([
    ['of its headers', HEADERS, 100],
    ['of its body', post(60_000), 200],
    ['of a body without a length', `${CHUNKED}1\r\n{\r\n`, 200],
    ['of nothing', '', 100],
  ])('%s is answered with 408 when its time is over, and cut', async (_name, beginning, limitMs) => {
    const { server, host } = await start();
    const { answer, tookMs } = await say(server, beginning);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(tookMs).toBeGreaterThanOrEqual(limitMs - 5);
    expect(host.sessions).toEqual([]);
  });
});

describe('a client that sends a byte now and then', () => {
  it.each([
    ['of its headers', HEADERS, 'x'],
    ['of its body', post(60_000), 'x'],
    ['of a body without a length', CHUNKED, '1\r\nx\r\n'],
  ])('%s wins no time by it', async (_name, beginning, piece) => {
    const { server, host } = await start();
    const { answer, tookMs } = await say(server, beginning, piece);
    // The cut may overtake the answer when the client is just writing.
    expect(answer).toMatch(/^(HTTP\/1\.1 408 |$)/);
    expect(tookMs).toBeLessThan(3_000);
    expect(host.sessions).toEqual([]);
  });

  it('in a hundred connections holds up nobody else', async () => {
    // Long enough, and little enough to do, for whole requests beside it on a busy machine.
    const { server, host } = await start({ ...SHORT, headersMs: 3_000, requestMs: 3_000 });
    const beginning = (index: number) => (index % 2 === 0 ? post(60_000) : HEADERS);
    const slow = Array.from({ length: 100 }, (_, index) => say(server, beginning(index), 'x', 100));
    expect(await outcome(openOver(server))).toEqual([200]);
    const text = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"text":"hello"}' };
    expect(await outcome(fetch(`${server.url}${bridgeTextPath('c')}`, text))).toEqual([200]);
    expect(host.last.told('sendText')).toHaveLength(1);
    await Promise.all(slow);
    expect(host.live).toHaveLength(1);
  });
});

describe('a client that waits', () => {
  it('for an answer that takes long is not cut for it', async () => {
    const host = new FakeSessionHost({ model: 'hangs' });
    // Long enough for a whole request on a machine that stops now and then.
    const timeouts = { ...SHORT, headersMs: 1_000, requestMs: 1_000 };
    const server = await listen(createTestBridge({}, { host }), { port: 0, timeouts });
    servers.push(server);
    const answer = outcome(openOver(server));
    await expect.poll(() => host.live.length).toBe(1);
    expect((await say(server, post(60_000))).answer).toContain('408');
    host.last.emit({ type: 'opened' });
    expect(await answer).toEqual([200]);
  });
});

describe('a client that does not read', () => {
  it('the events it follows is cut off, and its place is free again', async () => {
    const host = new FakeSessionHost();
    const server = await listen(createTestBridge({ limits: { feeds: 1 } }, { host }), { port: 0 });
    servers.push(server);
    await openOver(server);
    const client = connect(server.port, '127.0.0.1');
    client.write(`GET ${eventsPath('c')} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const another = async () => {
      const response = await fetch(`${server.url}${eventsPath('c')}`);
      await response.body?.cancel();
      return response.status;
    };
    await once(client, 'data');
    client.pause();
    expect(await another()).toBe(429);
    for (let n = 0; n < 2_000; n++) {
      host.last.emit({ type: 'transcriptDelta', id: 'a', delta: 'x'.repeat(10_000) });
      if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(another).toBe(200);
    client.destroy();
  });
});
