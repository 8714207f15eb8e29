import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { anySignal } from '../engine-test-support.ts';
import { postRemote, type RemoteServer, readAll, remoteEndpoint } from './remote-endpoint.ts';
import { type RemoteTestServer, startRemoteTestServer } from './remote-test-server.ts';

const servers: RemoteTestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(answer: Parameters<typeof startRemoteTestServer>[0]): Promise<RemoteTestServer> {
  const server = await startRemoteTestServer(answer);
  servers.push(server);
  return server;
}

const ask = (server: RemoteServer, signal = anySignal(), maxBytes = 1_000) =>
  postRemote(remoteEndpoint('The server', '/route', server, maxBytes), '{}', signal);

/** For the rest of the test: what answers on a real socket may take longer than any limit that a test has time for. */
function fakeTimeouts(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}

it('takes a base URL with and without a slash, and the whole URL', () => {
  for (const url of ['http://host:1/v1', 'http://host:1/v1/', 'http://host:1/v1/route', 'http://host:1/v1/route/']) {
    expect(remoteEndpoint('x', '/route', { url }, 1).url).toBe('http://host:1/v1/route');
  }
  for (const url of ['', 'host', 'file:///etc/passwd']) {
    expect(() => remoteEndpoint('x', '/route', { url }, 1)).toThrow(TypeError);
  }
});

it('sends the key, and reads the answer', async () => {
  const server = await serve((_request, response) => response.end('hello'));
  const answer = await ask({ url: server.url, apiKey: 'secret-key' });
  expect(new TextDecoder().decode(await readAll(answer))).toBe('hello');
  expect(server.requests[0]).toMatchObject({ path: '/v1/route', authorization: 'Bearer secret-key' });
});

it.each([
  [400, 'model_rejected'],
  [401, 'model_rejected'],
  [404, 'model_rejected'],
  [429, 'model_rate_limited'],
  [500, 'model_error'],
  [503, 'model_error'],
])('tells of status %i with code %s, in the words of the server and without the key', async (status, code) => {
  const server = await serve((_request, response) => {
    response.writeHead(status).end(JSON.stringify({ error: { message: 'Not with secret-key, my friend.' } }));
  });
  await expect(ask({ url: server.url, apiKey: 'secret-key' })).rejects.toMatchObject({
    code,
    message: `The server answered with ${status}: Not with ***, my friend.`,
  });
});

it('follows no redirection: a key is for the server it was given for', async () => {
  const server = await serve((_request, response) => response.writeHead(307, { location: '/v1/other' }).end());
  await expect(ask({ url: server.url, apiKey: 'k' })).rejects.toMatchObject({ code: 'model_unreachable' });
  expect(server.requests).toHaveLength(1);
});

it('says so when nobody answers at that address', async () => {
  const server = await serve(() => {});
  await server.close();
  await expect(ask({ url: server.url })).rejects.toMatchObject({ code: 'model_unreachable' });
});

it('gives up on a server that is silent, before its answer and in the middle of it', async () => {
  fakeTimeouts();
  const problem = { code: 'model_unreachable', message: 'The server said nothing for 60 ms' };
  const silent = await serve(() => {});
  const unanswered = expect(ask({ url: silent.url, timeoutMs: 60 })).rejects.toMatchObject(problem);
  vi.advanceTimersByTime(60);
  await unanswered;
  const stalling = await serve((_request, response) => response.write('half'));
  const { parts } = await ask({ url: stalling.url, timeoutMs: 60 });
  const reading = parts[Symbol.asyncIterator]();
  await reading.next();
  const rest = expect(reading.next()).rejects.toMatchObject(problem);
  vi.advanceTimersByTime(60);
  await rest;
});

it('gives up on an answer that trickles in for ever', async () => {
  const trickling = await serve((_request, response) => {
    const more = (): void => void response.write('.', () => response.destroyed || setImmediate(more));
    more();
  });
  fakeTimeouts();
  const answer = await ask({ url: trickling.url, timeoutMs: 50 });
  const reading = (async () => {
    // Never silent for as long as 50 ms.
    for await (const _part of answer.parts) vi.advanceTimersByTime(40);
  })();
  await expect(reading).rejects.toMatchObject({
    code: 'model_unreachable',
    message: 'The server did not end its answer within 500 ms',
  });
});

it('gives up on an answer without end, and on one that breaks off', async () => {
  const endless = await serve((_request, response) => {
    const more = (): void => void response.write('x'.repeat(100), () => response.destroyed || more());
    more();
  });
  await expect(readAll(await ask({ url: endless.url }))).rejects.toMatchObject({ code: 'model_error' });
  const broken = await serve((_request, response) => response.write('half', () => response.destroy()));
  await expect(ask({ url: broken.url }).then(readAll)).rejects.toMatchObject({ code: 'model_unreachable' });
});

it('ends the request when the signal fires, before and while it is answered', async () => {
  const server = await serve((_request, response) => response.write('half'));
  await expect(ask({ url: server.url }, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
  const controller = new AbortController();
  const answer = await ask({ url: server.url }, controller.signal);
  const reading = readAll(answer);
  controller.abort();
  await expect(reading).rejects.toMatchObject({ code: 'aborted' });
  await server.whenAbandoned();
});
