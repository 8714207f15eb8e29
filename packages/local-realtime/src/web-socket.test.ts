import { clientSecretResponseSchema } from '@voice-bridge/core/openai';
import { chromiumOffer } from '@voice-bridge/media-node/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { encodeAudio, toBase64 } from './call/sound/audio-format.ts';
import { scriptedEngines } from './engines/scripted-engines.ts';
import { type RunningServer, startServer } from './server.ts';
import { RealtimeSocketClient, type RealtimeSocketOptions } from './testing/realtime-socket-client.ts';

let server: RunningServer;
const clients: RealtimeSocketClient[] = [];

beforeAll(async () => {
  const sentence = { type: 'sentence', text: 'It is noon.' } as const;
  const engines = scriptedEngines({ turns: [[sentence], [sentence], [sentence]], heard: ['what time is it'] });
  server = await startServer(engines, { maxCalls: 2 });
});
afterAll(() => server.close());
afterEach(async () => {
  const ended = clients.splice(0);
  await Promise.all(ended.map((client) => client.close()));
  expect(ended.flatMap(({ misfits }) => misfits)).toEqual([]);
  expect(server.callCount).toBe(0);
});

async function connect(options: Omit<RealtimeSocketOptions, 'url'> = {}) {
  const client = await RealtimeSocketClient.connect({ url: server.url, ...options });
  clients.push(client);
  return client;
}

/** A tone between silences, as one append. */
function speech(ms: number): string {
  const pcm = Int16Array.from({ length: 24 * ms }, (_, n) => 8_000 * Math.sin((2 * Math.PI * 400 * n) / 24_000));
  return toBase64(encodeAudio(pcm, 'pcm'));
}
const silence = (ms: number) => toBase64(new Uint8Array(48 * ms));

const post = (path: string, body: string | FormData, headers: Record<string, string> = {}) =>
  fetch(`${server.url}${path}`, { method: 'POST', headers: { authorization: 'Bearer test', ...headers }, body });

describe('the WebSocket of a session', () => {
  it('takes a spoken turn and answers with speech in events', async () => {
    const client = await connect({ query: 'model=gpt-realtime' });
    const created = await client.waitFor('session.created');
    expect(created.session).toMatchObject({ object: 'realtime.session', model: 'gpt-realtime' });
    expect(client.events[0]?.type).toBe('session.created');
    for (const audio of [silence(400), speech(600), silence(900)])
      client.send({ type: 'input_audio_buffer.append', audio });
    const done = await client.waitFor('response.done');
    expect(done.response).toMatchObject({ status: 'completed' });
    const bytes = client.events.map((event) =>
      event.type === 'response.output_audio.delta' ? Buffer.from(event.delta, 'base64').length : 0,
    );
    // 50 ms of tone for each of the sentence's characters.
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBe('It is noon.'.length * 50 * 48);
  });

  it.each([
    ['no key', { headers: {} }, '401'],
    ['an ephemeral key nobody minted', { headers: { authorization: 'Bearer ek_x' } }, '401'],
    ['a sideband to no call', { query: 'call_id=rtc_none' }, '404'],
  ])('refuses %s before it opens', async (_what, options, status) => {
    await expect(connect(options)).rejects.toThrow(status);
  });

  it.each([
    [
      'the beta header',
      { headers: { authorization: 'Bearer k', 'OpenAI-Beta': 'realtime=v1' } },
      4_000,
      'beta_api_shape_disabled',
    ],
    [
      'the beta subprotocol',
      { subprotocols: ['realtime', 'openai-insecure-api-key.k', 'openai-beta.realtime-v1'] },
      4_000,
      'beta_api_shape_disabled',
    ],
    ['no model', { query: '' }, 4_000, 'invalid_query'],
    ['a model and a call', { query: 'model=a&call_id=rtc_b' }, 4_000, 'invalid_query'],
    ['an unknown intent', { query: 'intent=chat' }, 4_000, 'invalid_value'],
    ['a transcription by a model', { query: 'intent=transcription&model=m' }, 4_000, 'invalid_query'],
    [
      'a page with an unknown key',
      { subprotocols: ['realtime', 'openai-insecure-api-key.ek_x'] },
      3_000,
      'invalid_api_key',
    ],
  ])('refuses %s by an error event and a close code', async (_what, options, code, errorCode) => {
    const client = await connect(options);
    const { error } = await client.waitFor('error');
    expect(error).toMatchObject({ type: 'invalid_request_error', code: errorCode });
    await client.until(() => client.closed !== undefined, 'close');
    expect(client.closed).toEqual({ code, reason: `invalid_request_error.${errorCode}` });
  });

  it('lets a page in with a minted key, and gives it the session of that key', async () => {
    const session = { type: 'realtime', instructions: 'Be kind.' };
    const minted = await post('/realtime/client_secrets', JSON.stringify({ session }));
    const { value } = z.parse(clientSecretResponseSchema, await minted.json());
    const client = await connect({ subprotocols: ['realtime', `openai-insecure-api-key.${value}`] });
    expect(client.subprotocol).toBe('realtime');
    expect((await client.waitFor('session.created')).session).toMatchObject({ instructions: 'Be kind.' });
  });

  it('refuses more sessions than it may have', async () => {
    await connect();
    await connect();
    await expect(connect()).rejects.toThrow('429');
  });

  it('answers what is no event, no base64 or nothing the server knows with an error, and goes on', async () => {
    const client = await connect();
    client.sendText('{');
    client.send({ type: 'input_audio_buffer.append', audio: '***' });
    expect((await client.waitFor('error')).error).toMatchObject({ type: 'invalid_request_error' });
    expect((await client.waitFor('error')).error).toMatchObject({ code: 'invalid_value', param: 'audio' });
    client.send({ type: 'response.create', response: { conversation: 'none' } });
    await client.waitFor('response.done');
  });
});

it('ends the connection of a session that cannot begin, and goes on', async () => {
  let detectors = 0;
  const scripted = scriptedEngines({ turns: [] });
  const createVad = () => {
    if (detectors++ === 0) throw new TypeError('No detector');
    return scripted.createVad();
  };
  const failing = await startServer({ ...scripted, createVad }, {});
  const first = await RealtimeSocketClient.connect({ url: failing.url });
  await first.until(() => first.closed !== undefined, 'end');
  const second = await RealtimeSocketClient.connect({ url: failing.url });
  await second.waitFor('session.created');
  await second.close();
  await failing.close();
});

it('breaks without a word when the connection is to drop in the middle of a sentence', async () => {
  const sentence = { type: 'sentence', text: 'Nobody hears all of this sentence.' } as const;
  const breaking = await startServer(scriptedEngines({ turns: [[sentence]] }), { faults: { drop: { afterMs: 400 } } });
  const client = await RealtimeSocketClient.connect({ url: breaking.url });
  client.send({ type: 'response.create' });
  await client.until(() => client.closed !== undefined, 'end');
  // RFC 6455 section 7.1.5: no close frame came.
  expect(client.closed?.code).toBe(1_006);
  expect(client.events.filter(({ type }) => type === 'response.output_audio.delta')).toHaveLength(2);
  expect(breaking.callCount).toBe(0);
  await breaking.close();
});

describe('a sideband', () => {
  it('follows and steers a WebRTC call, and ends with it', async () => {
    const opened = await post('/realtime/calls', chromiumOffer, { 'content-type': 'application/sdp' });
    const callId = opened.headers.get('location')?.split('/').at(-1) ?? '';
    await expect(connect({ query: `call_id=${callId}`, headers: { authorization: 'Bearer ek_x' } })).rejects.toThrow(
      '404',
    );
    const first = await connect({ query: `call_id=${callId}` });
    const second = await connect({ query: `call_id=${callId}` });
    await second.waitFor('session.created');
    first.send({ type: 'session.update', session: { type: 'realtime', instructions: 'Whisper.' } });
    for (const each of [first, second]) {
      expect((await each.waitFor('session.updated')).session).toMatchObject({ instructions: 'Whisper.' });
    }
    expect(first.events.filter(({ type }) => type === 'session.created')).toHaveLength(1);
    await first.close();
    expect(server.callCount).toBe(1);
    await post(`/realtime/calls/${callId}/hangup`, '');
    await second.until(() => second.closed !== undefined, 'close');
    expect(second.closed?.code).toBe(1_000);
  });

  it('is refused when eight follow the call', async () => {
    const opened = await post('/realtime/calls', chromiumOffer, { 'content-type': 'application/sdp' });
    const callId = opened.headers.get('location')?.split('/').at(-1) ?? '';
    const followers = await Promise.all(Array.from({ length: 8 }, () => connect({ query: `call_id=${callId}` })));
    await expect(connect({ query: `call_id=${callId}` })).rejects.toThrow('429');
    await followers[0]?.close();
    const again = await connect({ query: `call_id=${callId}` });
    await again.waitFor('session.created');
    await post(`/realtime/calls/${callId}/hangup`, '');
    await again.until(() => again.closed !== undefined, 'close');
  });
});

describe('TLS', () => {
  it('is served with a certificate made for the occasion, to those who trust it', async () => {
    const secure = await startServer(scriptedEngines({ turns: [] }), { tls: 'generated' });
    expect(secure.url).toMatch(/^https:/);
    await expect(RealtimeSocketClient.connect({ url: secure.url })).rejects.toThrow(/self-signed/);
    const ca = secure.certPem ?? '';
    for (const url of [secure.url, secure.url.replace('127.0.0.1', 'localhost')]) {
      const client = await RealtimeSocketClient.connect({ url, ca });
      await client.waitFor('session.created');
      await client.close();
    }
    await secure.close();
  });
});
