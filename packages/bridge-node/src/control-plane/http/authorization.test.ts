import { configResponseSchema, ENDPOINTS, parseValue } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import { ask, closeBridge, openBridge, outcome, post, sendText } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../../testing/fake-session-host.ts';
import type { Identity } from './identity.ts';

const PEOPLE: Readonly<Record<string, Identity>> = {
  ann: { subject: 'ann', conversations: ['a1', 'a2'] },
  bob: { subject: 'bob', conversations: ['b1'] },
  root: { subject: 'root', conversations: 'any' },
  guest: { subject: 'guest', conversations: 'any', scopes: ['join'] },
  typist: { subject: 'typist', conversations: 'any', scopes: ['text'] },
};

function authorize(request: Request): Identity | null {
  const token = request.headers.get('authorization')?.match(/^Bearer (\w+)$/)?.[1] ?? '';
  if (token === 'broken') throw new TypeError('the token service is away: token broken');
  return PEOPLE[token] ?? null;
}

const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe('a bridge with an authorize function', () => {
  it('lets each person into their own conversations', async () => {
    const bridge = createTestBridge({ authorize });
    expect(await outcome(openBridge(bridge, 'a1', as('ann')))).toEqual([200]);
    expect(await outcome(sendText(bridge, 'a1', as('ann')))).toEqual([200]);
    expect(await outcome(sendText(bridge, 'a1', as('root')))).toEqual([200]);
    expect(await outcome(closeBridge(bridge, 'a1', as('ann')))).toEqual([200]);
    expect(bridge.sessions.list()).toEqual([]);
  });

  it.each([
    [
      'config',
      (bridge: ReturnType<typeof createTestBridge>, options: object) => ask(bridge, ENDPOINTS.config, options),
    ],
    ['open', (bridge: ReturnType<typeof createTestBridge>, options: object) => openBridge(bridge, 'a1', options)],
    ['text', (bridge: ReturnType<typeof createTestBridge>, options: object) => sendText(bridge, 'a1', options)],
    ['close', (bridge: ReturnType<typeof createTestBridge>, options: object) => closeBridge(bridge, 'a1', options)],
  ])('answers 401 to %s without, with an unknown and with a failing token', async (_name, request) => {
    const host = new FakeSessionHost();
    const bridge = createTestBridge({ authorize }, { host });
    for (const options of [{}, as('nobody'), as('broken'), { headers: { authorization: 'Basic ann' } }]) {
      const response = await request(bridge, options);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await response.clone().text()).not.toContain('token service');
      expect(await outcome(response)).toEqual([401, 'unauthorized']);
    }
    expect(host.sessions).toEqual([]);
  });

  it('lets nobody type on the control channel who may not type over HTTP', async () => {
    const host = new FakeSessionHost();
    const bridge = createTestBridge({ authorize, limits: { textLength: 100 } }, { host });
    await openBridge(bridge, 'a1', as('ann'));
    await openBridge(bridge, 'g1', as('guest'));
    expect(host.sessions.flatMap((session) => session.told('join')).map((join) => join.textLength)).toEqual([100, 0]);
    expect(await outcome(sendText(bridge, 'g1', as('guest')))).toEqual([403, 'forbidden']);
  });

  it('says nothing of a conversation that exists but is not yours', async () => {
    const host = new FakeSessionHost();
    const bridge = createTestBridge({ authorize }, { host });
    await openBridge(bridge, 'b1', as('bob'));
    const texts = await Promise.all(['b1', 'never'].map((id) => outcome(sendText(bridge, id, as('ann')))));
    expect(texts).toEqual([
      [404, 'not_found'],
      [404, 'not_found'],
    ]);
    const closes = await Promise.all(['b1', 'never'].map((id) => outcome(closeBridge(bridge, id, as('ann')))));
    expect(closes).toEqual([
      [404, 'not_found'],
      [404, 'not_found'],
    ]);
    expect(await outcome(openBridge(bridge, 'b1', as('ann')))).toEqual([403, 'forbidden']);
    expect(host.live).toHaveLength(1);
  });

  it('answers 403 when a scope is missing', async () => {
    const bridge = createTestBridge({ authorize });
    await openBridge(bridge, 'a1', as('ann'));
    expect(await outcome(openBridge(bridge, 'a1', as('typist')))).toEqual([403, 'forbidden']);
    expect(await outcome(closeBridge(bridge, 'a1', as('typist')))).toEqual([403, 'forbidden']);
    expect(await outcome(sendText(bridge, 'a1', as('typist')))).toEqual([200]);
  });

  it('remembers who opened a session', async () => {
    const bridge = createTestBridge({ authorize });
    await openBridge(bridge, 'a1', as('ann'));
    expect(bridge.sessions.get('a1')?.subject).toBe('ann');
  });
});

describe('a bridge that was not told who may connect', () => {
  it('starts on a loopback address', async () => {
    const doors = createTestBridge().boundTo('loopback');
    expect(await outcome(openBridge(doors, 'c'))).toEqual([200]);
  });

  it('refuses to start elsewhere, and in production anywhere', () => {
    expect(() => createTestBridge().boundTo('public')).toThrow(expect.objectContaining({ code: 'authorize_required' }));
    const production = createTestBridge({}, { environment: { NODE_ENV: 'production' } });
    for (const bind of ['loopback', 'public'] as const) {
      expect(() => production.boundTo(bind)).toThrow(expect.objectContaining({ code: 'authorize_required' }));
    }
  });

  it('answers authorize_required when it cannot know where it listens', async () => {
    const host = new FakeSessionHost();
    expect(await outcome(openBridge(createTestBridge({}, { host }), 'c'))).toEqual([403, 'authorize_required']);
    expect(host.sessions).toEqual([]);
  });

  it("lets everybody in with 'open', in production too", async () => {
    const bridge = createTestBridge({ authorize: 'open' }, { environment: { NODE_ENV: 'production' } });
    expect(await outcome(openBridge(bridge.boundTo('public'), 'c'))).toEqual([200]);
    expect(await outcome(openBridge(bridge, 'd'))).toEqual([200]);
  });
});

describe('cross-origin pages', () => {
  const evil = { origin: 'https://evil.example' };
  const page = { origin: 'http://localhost:5173' };

  it('of somebody else are refused before anything happens', async () => {
    const host = new FakeSessionHost();
    const bridge = createTestBridge({}, { host });
    const doors = bridge.boundTo('loopback');
    for (const response of await Promise.all([
      openBridge(doors, 'c', evil),
      sendText(doors, 'c', evil),
      closeBridge(doors, 'c', evil),
    ])) {
      expect(response.headers.has('access-control-allow-origin')).toBe(false);
      expect(await outcome(response)).toEqual([403, 'origin_not_allowed']);
    }
    expect(await outcome(openBridge(doors, 'c', { host: 'evil.example' }))).toEqual([403, 'host_not_allowed']);
    expect(await outcome(ask(doors, ENDPOINTS.bridge, { method: 'OPTIONS', ...evil }))).toEqual([
      403,
      'origin_not_allowed',
    ]);
    expect(host.sessions).toEqual([]);
  });

  it('[S-2.19] on localhost may read every answer, errors too', async () => {
    const doors = createTestBridge().boundTo('loopback');
    for (const response of [
      await openBridge(doors, 'c', page),
      await sendText(doors, 'never', page),
      await post(doors, ENDPOINTS.bridge, {}, page),
      await closeBridge(doors, 'c', page),
    ]) {
      expect(response.headers.get('access-control-allow-origin')).toBe(page.origin);
      expect(response.headers.get('vary')).toMatch(/origin/i);
    }
  });

  it('get a preflight answer with methods and headers', async () => {
    const doors = createTestBridge().boundTo('loopback');
    const response = await ask(doors, ENDPOINTS.bridge, { method: 'OPTIONS', ...page });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(page.origin);
    expect(response.headers.get('access-control-allow-methods')).toContain('POST');
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization, content-type, last-event-id');
  });

  it('may be listed by their origin', async () => {
    const bridge = createTestBridge({ authorize: 'open', allowedOrigins: ['https://app.example'] }).boundTo('public');
    expect(await outcome(openBridge(bridge, 'c', { origin: 'https://app.example' }))).toEqual([200]);
    expect(await outcome(openBridge(bridge, 'c', evil))).toEqual([403, 'origin_not_allowed']);
  });
});

describe('GET /api/realtime/config', () => {
  it('tells what a client needs before its offer', async () => {
    const iceServers = [{ urls: 'stun:stun.example' }, { urls: ['turn:turn.example'], username: 'u', credential: 'c' }];
    const doors = createTestBridge({ iceServers, limits: { idleMinutes: 3, textLength: 100 } }).boundTo('loopback');
    const body: unknown = await (await ask(doors, ENDPOINTS.config)).json();
    expect(parseValue(configResponseSchema, body)).toEqual({
      ok: true,
      value: {
        protocol_version: 1,
        ice_servers: [{ urls: ['stun:stun.example'] }, iceServers[1]],
        transports: ['webrtc', 'data_channel', 'websocket'],
        limits: { max_text_length: 100, max_session_minutes: 60, idle_minutes: 3 },
      },
    });
  });
});
