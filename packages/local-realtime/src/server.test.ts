import { createConnection, type Socket } from 'node:net';
import { clientSecretResponseSchema, httpErrorSchema } from '@voice-bridge/core/openai';
import { ManualClock } from '@voice-bridge/core/testing';
import { chromiumOffer } from '@voice-bridge/media-node/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { scriptedEngines } from './engines/scripted-engines.ts';
import { type RunningServer, startServer } from './server.ts';

let server: RunningServer;
const key = { authorization: 'Bearer test' };
const sdp = { 'content-type': 'application/sdp' };

beforeAll(async () => {
  server = await startServer(scriptedEngines({ turns: [] }), { maxCalls: 3 });
});
afterAll(() => server.close());

const post = (path: string, body?: string | FormData, headers: Record<string, string> = key) =>
  fetch(`${server.url}${path}`, { method: 'POST', headers, ...(body === undefined ? {} : { body }) });

async function problem(response: Response) {
  const { error } = z.parse(httpErrorSchema, await response.json());
  return { status: response.status, type: error.type, code: error.code, param: error.param };
}

async function call(headers: Record<string, string>, body: string | FormData) {
  const response = await post('/realtime/calls', body, headers);
  const location = response.headers.get('location') ?? '';
  return { response, location, hangUp: () => post(`${location.replace('/v1', '')}/hangup`) };
}

function form(session?: object, typed: 'typed' | 'plain' = 'plain'): FormData {
  const data = new FormData();
  const part = (text: string, type: string) => (typed === 'typed' ? new Blob([text], { type }) : text);
  const add = (name: string, value: string | Blob) =>
    typeof value === 'string' ? data.set(name, value) : data.set(name, value);
  add('sdp', part(chromiumOffer, 'application/sdp'));
  if (session !== undefined) add('session', part(JSON.stringify(session), 'application/json'));
  return data;
}

describe('a server that closes', () => {
  const upgrade = (path: string) =>
    `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;

  /** A client that never ends its side of the connection. */
  async function stubborn(port: number, path: string): Promise<{ told: () => string; stream: Socket }> {
    let told = '';
    const stream = createConnection({ port, host: '127.0.0.1', allowHalfOpen: true });
    stream.on('data', (data) => {
      told += String(data);
    });
    stream.on('error', () => {});
    await new Promise((resolve) => stream.once('connect', resolve));
    stream.write(upgrade(path));
    return { told: () => told, stream };
  }

  it('waits for no refused client that stays', async () => {
    const closing = await startServer(scriptedEngines({ turns: [] }), {});
    const { told, stream } = await stubborn(closing.port, '/v1/nothing');
    await expect.poll(told).toContain('HTTP/1.1 404');
    await closing.close();
    stream.destroy();
  });

  it('makes nobody wait any longer who was to be served late', async () => {
    const clock = new ManualClock();
    const faults = { connect: { delayMs: 60_000 } };
    const closing = await startServer(scriptedEngines({ turns: [] }), { faults, clock });
    const { told, stream } = await stubborn(closing.port, '/v1/realtime?model=m');
    await expect.poll(() => clock.pending).toBe(1);
    await closing.close();
    expect(clock.pending).toBe(0);
    await expect.poll(told).toContain('HTTP/1.1 503');
    stream.destroy();
  });
});

describe('POST /v1/realtime/calls', () => {
  it.each([
    ['multipart without part types', () => form({ type: 'realtime' }), key],
    ['multipart with part types', () => form({ type: 'realtime' }, 'typed'), key],
    ['multipart without a session', () => form(), key],
    ['bare SDP', () => chromiumOffer, { ...key, ...sdp }],
  ])('answers %s with 201, SDP and a Location', async (_what, body, headers) => {
    const { response, location, hangUp } = await call(headers, body());
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('application/sdp');
    expect(location).toMatch(/^\/v1\/realtime\/calls\/rtc_[0-9A-Za-z]{22}$/);
    const answer = await response.text();
    expect(answer).toMatch(/^v=0\r\n/);
    expect(answer).toContain('a=candidate:');
    expect(answer).toMatch(/a=rtpmap:\d+ opus\/48000\/2/);
    expect((await hangUp()).status).toBe(200);
    expect(server.callCount).toBe(0);
  });

  it('reads multipart as clients write it by hand: typed parts without file names', async () => {
    const boundary = '----------------0123456789abcdef';
    const part = (name: string, type: string, text: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Type: ${type}\r\n\r\n${text}\r\n`;
    const body = `${part('sdp', 'application/sdp', chromiumOffer)}${part('session', 'application/json', '{"type":"realtime"}')}--${boundary}--\r\n`;
    const { response, hangUp } = await call(
      { ...key, 'content-type': `multipart/form-data; boundary=${boundary}` },
      body,
    );
    expect(response.status).toBe(201);
    await hangUp();
  });

  it.each([
    ['no key', form(), {}, { status: 401, code: 'invalid_api_key' }],
    ['an empty key', form(), { authorization: 'Bearer ' }, { status: 401, code: 'invalid_api_key' }],
    [
      'an ephemeral key nobody minted',
      form(),
      { authorization: 'Bearer ek_x' },
      { status: 401, code: 'invalid_api_key' },
    ],
    ['JSON', '{}', { ...key, 'content-type': 'application/json' }, { status: 415, code: 'unsupported_content_type' }],
    [
      'broken multipart',
      'x',
      { ...key, 'content-type': 'multipart/form-data; boundary=b' },
      { status: 400, code: 'invalid_multipart' },
    ],
    ['a form without sdp', new FormData(), key, { status: 400 }],
    ['junk SDP', 'hello', { ...key, ...sdp }, { status: 400, code: 'invalid_offer', param: 'sdp' }],
    ['no SDP', '', { ...key, ...sdp }, { status: 400, code: 'invalid_offer' }],
    ['endless SDP', `v=0\r\n${'a=x\r\n'.repeat(20_000)}`, { ...key, ...sdp }, { status: 413, code: 'offer_too_large' }],
    ['a huge body', 'a'.repeat(3 * 1024 * 1024), { ...key, ...sdp }, { status: 413, code: 'body_too_large' }],
    [
      'an unknown session field',
      form({ type: 'realtime', speed: 3 }),
      key,
      { status: 400, code: 'unknown_parameter', param: 'session.speed' },
    ],
  ])('refuses %s in the shape of OpenAI, and opens no call', async (_what, body, headers, expected) => {
    const response = await post('/realtime/calls', body, headers);
    expect(await problem(response)).toMatchObject({ type: 'invalid_request_error', ...expected });
    expect(server.callCount).toBe(0);
  });

  it('refuses more calls than it may have', async () => {
    const calls = await Promise.all([1, 2, 3].map(() => call(key, form())));
    expect(await problem(await post('/realtime/calls', form()))).toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
    });
    for (const { hangUp } of calls) await hangUp();
    expect(server.callCount).toBe(0);
  });

  it('lets pages of any origin call, and shows them the Location', async () => {
    const { response, hangUp } = await call({ ...key, origin: 'https://page.test' }, form());
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-expose-headers')).toBe('Location');
    await hangUp();
    const asked = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,x-openai-agents-sdk',
    };
    const preflight = await fetch(`${server.url}/realtime/calls`, {
      method: 'OPTIONS',
      headers: { origin: 'https://page.test', ...asked },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('x-openai-agents-sdk');
    const refused = await post('/realtime/calls', form(), { origin: 'https://page.test' });
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('POST /v1/realtime/client_secrets', () => {
  it('mints keys that open calls', async () => {
    const session = { type: 'realtime', instructions: 'Be kind.', audio: { output: { voice: 'cedar' } } };
    const before = Date.now() / 1_000;
    const response = await post(
      '/realtime/client_secrets',
      JSON.stringify({ expires_after: { seconds: 60 }, session }),
    );
    const secret = z.parse(clientSecretResponseSchema, await response.json());
    expect(secret.value).toMatch(/^ek_/);
    // Whole seconds.
    expect(secret.expires_at).toBeGreaterThanOrEqual(Math.floor(before + 60));
    expect(secret.expires_at).toBeLessThanOrEqual(Math.ceil(Date.now() / 1_000 + 60));
    expect(secret.session).toMatchObject({ instructions: 'Be kind.', audio: { output: { voice: 'cedar' } } });
    const { response: opened, hangUp } = await call({ ...sdp, authorization: `Bearer ${secret.value}` }, chromiumOffer);
    expect(opened.status).toBe(201);
    await hangUp();
  });

  it.each([
    ['a life too short', '{"expires_after":{"seconds":1}}', 'integer_below_min_value'],
    ['no JSON', '{', 'invalid_json'],
    ['an unknown field', '{"sessions":1}', 'unknown_parameter'],
  ])('refuses %s', async (_what, body, code) => {
    expect(await problem(await post('/realtime/client_secrets', body))).toMatchObject({ status: 400, code });
  });
});

describe('the retired beta', () => {
  it.each(['/realtime', '/realtime/sessions', '/realtime/transcription_sessions'])('is refused at %s', async (path) => {
    const refused = await problem(await post(path, chromiumOffer, { ...key, ...sdp }));
    expect(refused).toMatchObject({ status: 400, code: 'beta_api_shape_disabled' });
  });

  it('is refused by its header, and by its fields', async () => {
    const header = await post('/realtime/calls', form(), { ...key, 'openai-beta': 'realtime=v1' });
    expect(await problem(header)).toMatchObject({ status: 400, code: 'beta_api_shape_disabled' });
    const fields = await post('/realtime/calls', form({ type: 'realtime', modalities: ['audio'] }));
    expect(await problem(fields)).toMatchObject({ code: 'unknown_parameter', param: 'session.modalities' });
    const untyped = await post('/realtime/calls', form({ voice: 'marin' }));
    expect(await problem(untyped)).toMatchObject({ code: 'missing_required_parameter', param: 'session.type' });
  });
});

describe('everything else', () => {
  it('hangs up only calls there are', async () => {
    expect(await problem(await post('/realtime/calls/rtc_none/hangup'))).toMatchObject({
      status: 404,
      code: 'call_id_not_found',
    });
  });

  it('is unknown', async () => {
    expect(await problem(await post('/realtime/translations'))).toMatchObject({ status: 404, code: 'unknown_url' });
    expect(await problem(await fetch(`${server.url}/realtime/calls`))).toMatchObject({ status: 404 });
  });

  it('tells how it is, and what one can say', async () => {
    const origin = new URL(server.url).origin;
    expect(await (await fetch(`${origin}/health`)).json()).toMatchObject({ status: 'ok', calls: 0, stt: 'scripted' });
    expect(await (await fetch(`${server.url}/local/hints`)).json()).toEqual({ phrases: [] });
  });

  it('rejects when the port is taken, and closes twice without complaint', async () => {
    await expect(startServer(scriptedEngines({ turns: [] }), { port: server.port })).rejects.toThrow('EADDRINUSE');
    const other = await startServer(scriptedEngines({ turns: [] }), {});
    await Promise.all([other.close(), other.close()]);
    await expect(fetch(other.url)).rejects.toThrow();
  });
});
