import { ENDPOINTS, phonePath, phonesPath, signalingPath } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import { type Ask, ask, outcome } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { bearer, pair } from '../../testing/pair.ts';

const json = (body: unknown, method = 'POST'): Ask => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
/** Every request of pairing and signaling, as it is answered. */
const REQUESTS: [string, string, Ask][] = [
  ['inviting', ENDPOINTS.pairing, json({ conversation_id: 'kitchen' })],
  ['redeeming', ENDPOINTS.redeemPairing, json({ token: 'guess' })],
  ['renewing', ENDPOINTS.renewPairing, { method: 'POST' }],
  ['seeing phones', phonesPath('kitchen'), {}],
  ['accepting', phonePath('kitchen', 'mobile'), { method: 'POST' }],
  ['removing', phonePath('kitchen', 'mobile'), { method: 'DELETE' }],
  ['seeing conversations', ENDPOINTS.conversations, {}],
  ['hearing', signalingPath('kitchen', 'desktop'), {}],
  ['saying', signalingPath('kitchen', 'desktop'), json({ type: 'offer', sdp: 'v=0' })],
];
const withHeaders = (request: Ask, headers: Readonly<Record<string, string>>): Ask => ({
  ...request,
  headers: { ...request.headers, ...headers },
});

describe('every request of pairing and signaling', () => {
  it.each(REQUESTS)(
    '%s is refused to a page of another site, a rebound host and what a page embeds',
    async (_name, path, request) => {
      const bridge = createTestBridge({ authorize: 'open' }).boundTo('loopback');
      const foreign = ask(bridge, path, { ...request, origin: 'https://evil.example' });
      expect(await outcome(foreign)).toEqual([403, 'origin_not_allowed']);
      const opaque = ask(bridge, path, { ...request, origin: 'null' });
      expect(await outcome(opaque)).toEqual([403, 'origin_not_allowed']);
      expect(await outcome(ask(bridge, path, { ...request, host: 'evil.example' }))).toEqual([403, 'host_not_allowed']);
      for (const site of ['cross-site', 'same-site']) {
        const embedded = ask(bridge, path, withHeaders(request, { 'sec-fetch-site': site }));
        expect(await outcome(embedded)).toEqual([403, 'origin_not_allowed']);
      }
    },
  );

  it.each(REQUESTS)(
    '%s is answered to a page that may, refusals as well, and never from a cache',
    async (_name, path, request) => {
      const origin = 'https://app.example';
      const bridge = createTestBridge({ authorize: () => null, allowedOrigins: [origin] });
      const preflight = await ask(bridge, path, { method: 'OPTIONS', origin });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-methods')).toContain(request.method ?? 'GET');
      const refused = await ask(bridge, path, {
        ...request,
        origin,
        ...withHeaders(request, { 'sec-fetch-site': 'cross-site' }),
      });
      expect([401, 404]).toContain(refused.status);
      for (const { headers } of [preflight, refused]) {
        expect(headers.get('access-control-allow-origin')).toBe(origin);
        expect(headers.get('access-control-allow-credentials')).toBeNull();
        expect(headers.get('vary')).toContain('origin');
        expect(headers.get('cache-control')).toBe('no-store');
        expect(headers.get('x-content-type-options')).toBe('nosniff');
      }
    },
  );

  it.each(REQUESTS)('%s needs somebody who was authorized, and says so in a code', async (_name, path, request) => {
    const bridge = createTestBridge({ authorize: () => null });
    const expected = path === ENDPOINTS.redeemPairing ? [404, 'pairing_unknown'] : [401, 'unauthorized'];
    expect(await outcome(ask(bridge, path, request))).toEqual(expected);
    expect(await outcome(ask(bridge, path, { ...request, method: 'PUT' }))).toEqual([405, 'method_not_allowed']);
  });
});

describe('a body', () => {
  const bodies = REQUESTS.filter(([, , { body }]) => body !== undefined);
  const LONG: Readonly<Record<string, number>> = { inviting: 4_096, redeeming: 4_096, saying: 65_536 };

  it.each(bodies)(
    'of %s is counted while it comes, whatever length it claims, and must be JSON in UTF-8',
    async (name, path, request) => {
      const bridge = createTestBridge({ authorize: 'open' });
      const { body: listening } = await ask(bridge, signalingPath('kitchen', 'desktop'));
      const sent = (body: Ask['body'], headers = {}) =>
        outcome(ask(bridge, path, { ...withHeaders(request, headers), ...(body === undefined ? {} : { body }) }));
      let pulled = 0;
      const endless = new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled += 1_024;
          controller.enqueue(new Uint8Array(1_024).fill(0x20));
        },
      });
      const most = LONG[name] ?? 0;
      expect(await sent(endless)).toEqual([413, 'body_too_large']);
      expect(pulled).toBeLessThan(most + 8_192);
      expect(await sent('{}', { 'content-length': String(most + 1) })).toEqual([413, 'body_too_large']);
      expect(await sent('{}', { 'content-type': 'text/plain' })).toEqual([415, 'unsupported_media_type']);
      expect(await sent(Uint8Array.of(0x22, 0xff, 0x22))).toEqual([400, 'invalid_request']);
      await listening?.cancel();
    },
  );

  it.each([
    ['a field too many', { conversation_id: 'kitchen', scopes: ['moderate'] }],
    ['a conversation that cannot be', { conversation_id: '../kitchen' }],
    ['a prototype', '{"__proto__":{"confirm":true},"conversation_id":"kitchen"}'],
    ['no object', '[]'],
    ['no JSON', '{"conversation_id":'],
    ['a confirm that is no yes or no', { conversation_id: 'kitchen', confirm: 'false' }],
  ])('of inviting with %s is refused', async (_name, body) => {
    const bridge = createTestBridge({ authorize: 'open' });
    expect(await outcome(ask(bridge, ENDPOINTS.pairing, json(body)))).toEqual([400, 'invalid_request']);
  });

  it.each([
    ['renewing', ENDPOINTS.renewPairing, 200],
    ['removing itself', phonePath('kitchen', 'mobile'), 200],
  ])('of %s is not read at all', async (name, path, status) => {
    const bridge = createTestBridge({ authorize: 'open' });
    const { credential } = await pair(bridge);
    const body = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
    const method = name === 'renewing' ? 'POST' : 'DELETE';
    expect((await ask(bridge, path, { method, body, ...bearer(credential) })).status).toBe(status);
  });
});
