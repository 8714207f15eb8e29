import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createCall, hangUpCall } from './calls.ts';

const KEY = 'sk-canary-0123456789';
const OFFER = 'v=0\r\ns=-\r\n';
const live = new AbortController().signal;
let close: () => void = () => {};

afterEach(() => close());

describe('creating a call', () => {
  it('posts the offer and the session as typed parts without file names [S-2.10]', async () => {
    const seen: { request?: IncomingMessage; body?: string } = {};
    const baseUrl = await serve((request, response, body) => {
      Object.assign(seen, { request, body });
      response.writeHead(201, { location: '/v1/realtime/calls/rtc_42' }).end('answer');
    });
    const call = await createCall(options(baseUrl), OFFER, { type: 'realtime', model: 'm' }, live);

    expect([await call.answer, call.callId]).toEqual(['answer', 'rtc_42']);
    expect(seen.request?.url).toBe('/v1/realtime/calls');
    expect(seen.request?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(seen.body).not.toContain('filename');
    const boundary = /boundary=(.+)$/.exec(seen.request?.headers['content-type'] ?? '')?.[1] ?? '';
    expect(seen.body?.split(`--${boundary}`).slice(1, 3)).toEqual([
      `\r\nContent-Disposition: form-data; name="sdp"\r\nContent-Type: application/sdp\r\n\r\n${OFFER}\r\n`,
      '\r\nContent-Disposition: form-data; name="session"\r\nContent-Type: application/json\r\n\r\n{"type":"realtime","model":"m"}\r\n',
    ]);
  });

  it.each([
    [401, 'invalid_api_key', 'model_rejected', false],
    [403, 'forbidden', 'model_rejected', false],
    [400, 'unknown_parameter', 'model_rejected', false],
    [429, 'rate_limit_exceeded', 'model_rate_limited', true],
    [429, 'insufficient_quota', 'model_rate_limited', false],
    [500, 'server_error', 'model_unreachable', true],
    [302, 'moved', 'model_rejected', false],
  ])('turns HTTP %i %s into %s', async (status, code, expected, retryable) => {
    const baseUrl = await serve((_request, response) => {
      const error = { message: `Incorrect API key provided: ${KEY}`, type: 'invalid_request_error', code, param: null };
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(JSON.stringify({ error }));
    });
    const error = await failureOf(createCall(options(baseUrl), OFFER, {}, live));
    expect(error).toMatchObject({ code: expected, retryable });
    expect(String(error.message)).toContain(`HTTP ${status}, ${code}`);
    expect(everythingIn(error)).not.toContain(KEY);
  });

  it('never repeats a key that a server gives as its error code', async () => {
    const baseUrl = await serve((_request, response) => {
      response.writeHead(401).end(JSON.stringify({ error: { message: KEY, type: KEY, code: KEY } }));
    });
    expect(everythingIn(await failureOf(createCall(options(baseUrl), OFFER, {}, live)))).not.toContain(KEY);
  });

  it('says when nobody listens, without the words of the failed request', async () => {
    const error = await failureOf(createCall(options('http://127.0.0.1:1/v1'), OFFER, {}, live));
    expect(error).toMatchObject({ code: 'model_unreachable', retryable: true });
  });

  it('keeps a key out of the error that cannot be a header', async () => {
    const broken = { ...options('http://127.0.0.1:1/v1'), apiKey: `${KEY}\n${KEY}` };
    expect(everythingIn(await failureOf(createCall(broken, OFFER, {}, live)))).not.toContain(KEY);
  });

  it('reads no answer larger than 64 kB', async () => {
    const baseUrl = await serve((_request, response) => {
      response.writeHead(201).end('a'.repeat(65_537));
    });
    const { answer } = await createCall(options(baseUrl), OFFER, {}, live);
    expect(await failureOf(answer)).toMatchObject({ code: 'model_error' });
  });

  it('names the call before its answer is read, which may be cut off', async () => {
    const baseUrl = await serve((_request, response) => {
      response.writeHead(201, { location: '/v1/realtime/calls/rtc_42', 'content-length': 10 }).flushHeaders();
      setImmediate(() => response.destroy());
    });
    const { callId, answer } = await createCall(options(baseUrl), OFFER, {}, live);
    expect(callId).toBe('rtc_42');
    expect(await failureOf(answer)).toMatchObject({ code: 'model_unreachable' });
  });

  it('is given up by its signal', async () => {
    const abort = new AbortController();
    const baseUrl = await serve(() => abort.abort());
    const error = await failureOf(createCall(options(baseUrl), OFFER, {}, abort.signal));
    expect(error).toMatchObject({ code: 'aborted' });
  });

  it('has nothing to hang up when the server names no call', async () => {
    const baseUrl = await serve((_request, response) => {
      response.writeHead(201).end('answer');
    });
    expect(await createCall(options(baseUrl), OFFER, {}, live)).toMatchObject({ callId: undefined });
  });
});

describe('hanging up', () => {
  it('posts to the call, and takes a call that is gone for hung up', async () => {
    const paths: (string | undefined)[] = [];
    const baseUrl = await serve((request, response) => {
      paths.push(request.url);
      response.writeHead(paths.length === 1 ? 200 : 404).end();
    });
    await hangUpCall(options(baseUrl), 'rtc_42', live);
    await hangUpCall(options(baseUrl), 'rtc_42', live);
    expect(paths).toEqual(Array(2).fill('/v1/realtime/calls/rtc_42/hangup'));
  });
});

function options(baseUrl: string) {
  return { baseUrl, apiKey: KEY, fetch };
}

async function failureOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  const failure: unknown = await promise.then(
    () => {
      throw new Error('It did not fail');
    },
    (error: unknown) => error,
  );
  if (!(failure instanceof Error)) throw new Error('Not an error');
  return Object.fromEntries(Object.getOwnPropertyNames(failure).map((name) => [name, Reflect.get(failure, name)]));
}

function everythingIn(error: Record<string, unknown>): string {
  return Object.values(error).map(String).join('\n');
}

async function serve(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    request.on('end', () => answer(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  return `http://127.0.0.1:${address.port}/v1`;
}
