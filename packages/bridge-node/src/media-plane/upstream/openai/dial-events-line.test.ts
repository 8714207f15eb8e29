import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { ManualClock } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { systemClock } from '../../../seam/system-clock.ts';
import { createDialEventsLine } from './dial-events-line.ts';
import { LineRefusal } from './events-line.ts';

const KEY = 'sk-canary-f00d';
const live = new AbortController().signal;
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('a line to a server', () => {
  it('is asked for with the key in its header, and carries text both ways, what came early included', async () => {
    const { url, next } = await serve();
    const dialled = dial(url);
    const { webSocket, request } = await next();
    webSocket.send('hello');
    const line = await dialled;
    expect(request.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(request.url).toBe('/v1/realtime?model=m');
    const got: string[] = [];
    const both = new Promise<void>((resolve) =>
      line.receive((message) => got.push(String(message)) === 2 && resolve()),
    );
    webSocket.send('again');
    await both;
    expect(got).toEqual(['hello', 'again']);
    expect(line.send('yes')).toBe(true);
    expect(String((await once(webSocket, 'message'))[0])).toBe('yes');
    const closed = once(webSocket, 'close');
    line.close();
    expect((await closed)[0]).toBe(1_000);
    expect(line.send('late')).toBe(false);
  });

  it('counts what went over it, and measures the way by its pings', async () => {
    const { url, next } = await serve();
    const dialled = dial(url);
    const { webSocket } = await next();
    const line = await dialled;
    line.receive(() => {});
    webSocket.send('four');
    line.send('größe');
    await expect
      .poll(() => line.stats())
      .toMatchObject({
        messagesSent: 1,
        bytesSent: 7,
        messagesReceived: 1,
        bytesReceived: 4,
        bufferedAmount: 0,
        responsesReceived: 1,
        currentRoundTripTime: expect.any(Number),
      });
    webSocket.pong();
    webSocket.send('behind');
    await expect.poll(() => line.stats().messagesReceived).toBe(2);
    expect(line.stats().responsesReceived).toBe(1);
    line.close();
  });

  it('that is refused tells the status and the words, which nobody is shown', async () => {
    const { url, refuseWith } = await serve();
    refuseWith(401, JSON.stringify({ error: { code: 'invalid_api_key' } }));
    const refusal = await failureOf(dial(url));
    expect(refusal).toMatchObject({ status: 401, body: '{"error":{"code":"invalid_api_key"}}' });
  });

  it('is not led elsewhere with the key', async () => {
    const { url, refuseWith } = await serve();
    refuseWith(302, '', { location: url });
    expect(await failureOf(dial(url))).toMatchObject({ status: 302 });
  });

  it('says when nobody is there, and keeps a key that cannot be a header to itself', async () => {
    expect(await failureOf(dial('ws://127.0.0.1:1/v1/realtime'))).toMatchObject({ systemCode: 'ECONNREFUSED' });
    const { url } = await serve();
    const target = { url, authorization: `Bearer ${KEY}\n${KEY}`, maxMessageBytes: 1_000 };
    const refusal = await failureOf(createDialEventsLine(systemClock)(target, live));
    expect(JSON.stringify(refusal)).not.toContain(KEY);
  });

  it('is given up by its signal', async () => {
    const server = createServer();
    const abort = new AbortController();
    server.on('upgrade', () => abort.abort());
    const url = await listen(server);
    expect(await failureOf(dial(url, abort.signal))).toBeInstanceOf(LineRefusal);
  });

  it('ends when the server closes it, and with a message that is larger than it takes', async () => {
    const { url, next } = await serve();
    for (const end of [
      (webSocket: WebSocket) => webSocket.close(1_001),
      (webSocket: WebSocket) => webSocket.send('x'.repeat(1_001)),
    ]) {
      const dialled = dial(url);
      const { webSocket } = await next();
      const line = await dialled;
      const closed = new Promise<void>((resolve) => line.on('close', resolve));
      end(webSocket);
      await closed;
      expect(line.send('late')).toBe(false);
    }
  });

  it('ends when the server is silent for half a minute, also to a ping', async () => {
    const clock = new ManualClock();
    const { url, next } = await serve({ autoPong: false });
    const dialled = dial(url, live, clock);
    const { webSocket } = await next();
    const line = await dialled;
    let isClosed = false;
    const closed = new Promise<void>((resolve) => {
      line.on('close', () => {
        isClosed = true;
        resolve();
      });
    });
    const pinged = once(webSocket, 'ping');
    clock.advance(15_000);
    await pinged;
    expect(isClosed).toBe(false);
    clock.advance(15_000);
    await closed;
    expect(clock.pending).toBe(0);
  });
});

function dial(url: string, signal = live, clock: ManualClock | typeof systemClock = systemClock) {
  return createDialEventsLine(clock)({ url, authorization: `Bearer ${KEY}`, maxMessageBytes: 1_000 }, signal);
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('It did not fail');
    },
    (error: unknown) => error,
  );
}

interface Visit {
  readonly webSocket: WebSocket;
  readonly request: IncomingMessage;
}

async function serve(options: { readonly autoPong?: boolean } = {}) {
  const server = createServer();
  const webSockets = new WebSocketServer({ noServer: true, ...options });
  const visits: Visit[] = [];
  const waiting: ((visit: Visit) => void)[] = [];
  let refusal: string | undefined;
  server.on('upgrade', (request, stream, head) => {
    if (refusal !== undefined) {
      stream.end(refusal);
      return;
    }
    webSockets.handleUpgrade(request, stream, head, (webSocket) => {
      const visit = { webSocket, request };
      const taker = waiting.shift();
      if (taker === undefined) visits.push(visit);
      else taker(visit);
    });
  });
  const url = await listen(server);
  return {
    url,
    next: () =>
      new Promise<Visit>((resolve) => {
        const visit = visits.shift();
        if (visit === undefined) waiting.push(resolve);
        else resolve(visit);
      }),
    refuseWith(status: number, body: string, headers: Readonly<Record<string, string>> = {}) {
      const lines = [`HTTP/1.1 ${status} No`, `Content-Length: ${body.length}`, 'Connection: close'];
      for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
      refusal = `${lines.join('\r\n')}\r\n\r\n${body}`;
    },
  };
}

async function listen(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  return `ws://127.0.0.1:${address.port}/v1/realtime?model=m`;
}
