import { clientSecretResponseSchema, httpErrorSchema } from '@voice-bridge/core/openai';
import { ManualClock } from '@voice-bridge/core/testing';
import { chromiumOffer } from '@voice-bridge/media-node/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { scriptedEngines } from '../engines/scripted-engines.ts';
import { type RunningServer, startServer } from '../server.ts';
import { RealtimeSocketClient } from '../testing/realtime-socket-client.ts';

const STARTS_AT = Date.UTC(2026, 0, 1);
const LIFE_SECONDS = 60;
const REFUSED = { status: 401, type: 'invalid_request_error', code: 'invalid_api_key' };

let clock: ManualClock;
let server: RunningServer;

beforeEach(async () => {
  clock = new ManualClock(5_000);
  server = await startServer(scriptedEngines({ turns: [] }), { clock, startsAt: STARTS_AT });
});
afterEach(() => server.close());

const post = (path: string, key: string, body: string, type = 'application/json') =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': type },
    body,
  });
const mintWith = (key: string) =>
  post('/realtime/client_secrets', key, JSON.stringify({ expires_after: { seconds: LIFE_SECONDS } }));
const call = (key: string) => post('/realtime/calls', key, chromiumOffer, 'application/sdp');
const hangUp = (key: string, location: string) => post(`${location.replace('/v1', '')}/hangup`, key, '');
const byHeader = (key: string) =>
  RealtimeSocketClient.connect({ url: server.url, headers: { authorization: `Bearer ${key}` } });
const asPage = (key: string) =>
  RealtimeSocketClient.connect({ url: server.url, subprotocols: ['realtime', `openai-insecure-api-key.${key}`] });

async function mint() {
  return z.parse(clientSecretResponseSchema, await (await mintWith('sk-test')).json());
}

async function problem(response: Response) {
  const { error } = z.parse(httpErrorSchema, await response.json());
  return { status: response.status, type: error.type, code: error.code };
}

describe('a minted key', () => {
  it('opens calls and sessions until its last millisecond by the clock that was given, and nothing after', async () => {
    const { value, expires_at } = await mint();
    expect(expires_at).toBe(STARTS_AT / 1_000 + LIFE_SECONDS);
    clock.advance(LIFE_SECONDS * 1_000 - 1);
    const opened = await call(value);
    expect(opened.status).toBe(201);
    for (const session of [await byHeader(value), await asPage(value)]) {
      await session.waitFor('session.created');
      await session.close();
    }
    clock.advance(1);
    expect(await problem(await call(value))).toEqual(REFUSED);
    await expect(byHeader(value)).rejects.toThrow('401');
    const page = await asPage(value);
    expect((await page.waitFor('error')).error).toMatchObject({ code: 'invalid_api_key' });
    await page.until(() => page.closed !== undefined, 'close');
    expect(page.closed?.code).toBe(3_000);
    // What it opened goes on.
    expect(server.callCount).toBe(1);
  });

  it('is over when the calendar is wrong by its life', async () => {
    const { value } = await mint();
    const url = server.url.replace('/v1', '/__faults');
    await fetch(url, { method: 'POST', body: JSON.stringify({ clockOffsetMs: LIFE_SECONDS * 1_000 }) });
    expect(await problem(await call(value))).toEqual(REFUSED);
    await fetch(url, { method: 'DELETE' });
    expect((await call(value)).status).toBe(201);
  });

  it('is told to expire, as sessions are, by the calendar that was given', async () => {
    clock.advance(3_600_000);
    const { expires_at, session } = await mint();
    expect(expires_at).toBe(STARTS_AT / 1_000 + 3_600 + LIFE_SECONDS);
    expect(session).toMatchObject({ expires_at: STARTS_AT / 1_000 + 2 * 3_600 });
  });

  it('hangs up while it lives', async () => {
    const { value } = await mint();
    const location = (await call(value)).headers.get('location') ?? '';
    clock.advance(LIFE_SECONDS * 1_000);
    expect(await problem(await hangUp(value, location))).toEqual(REFUSED);
    expect(await problem(await hangUp('ek_unknown', location))).toEqual(REFUSED);
    expect(server.callCount).toBe(1);
    expect((await hangUp((await mint()).value, location)).status).toBe(200);
    expect(server.callCount).toBe(0);
  });

  it('mints no other, whether it lives, is over, or never was', async () => {
    const { value } = await mint();
    expect(await problem(await mintWith(value))).toEqual(REFUSED);
    clock.advance(LIFE_SECONDS * 1_000);
    expect(await problem(await mintWith(value))).toEqual(REFUSED);
    expect(await problem(await mintWith('ek_unknown'))).toEqual(REFUSED);
  });
});
