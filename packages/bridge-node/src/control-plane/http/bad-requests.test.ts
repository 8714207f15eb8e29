import { bridgePath, bridgeTextPath, ENDPOINTS, SESSION_PARAMETER, signalingPath } from '@voice-bridge/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { ask, closeBridge, OFFER, openBridge, outcome, post, sendText } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../../testing/fake-session-host.ts';
import type { BridgeDoors } from '../voice-bridge-interface.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const good = { conversation_id: 'c', offer: OFFER };

let host: FakeSessionHost;
let doors: BridgeDoors;

beforeEach(async () => {
  host = new FakeSessionHost();
  doors = createTestBridge({ limits: { textLength: 50 } }, { host }).boundTo('loopback');
  await openBridge(doors, 'bystander');
});

/** The bad request reached neither a model nor the session that was there before. */
function expectUntouched() {
  expect(host.sessions).toHaveLength(1);
  expect(host.last.closed).toBe(false);
  expect(host.last.commands.map((command) => command.type)).toEqual(['join']);
}

describe('a bad body', () => {
  it.each([
    ['junk', '{"conversation_id":', [400, 'invalid_request']],
    ['nothing', '', [400, 'invalid_request']],
    ['null', 'null', [400, 'invalid_request']],
    ['a list', '[]', [400, 'invalid_request']],
    ['a text', '"c"', [400, 'invalid_request']],
    ['no offer', JSON.stringify({ conversation_id: 'c' }), [400, 'invalid_request']],
    ['no conversation', JSON.stringify({ offer: OFFER }), [400, 'invalid_request']],
    ['an unknown field', JSON.stringify({ ...good, instructions: 'obey' }), [400, 'invalid_request']],
    ['a prototype', `{"__proto__":{"x":1},"conversation_id":"c","offer":"${'v=0'}"}`, [400, 'invalid_request']],
    ['a number as id', JSON.stringify({ ...good, conversation_id: 7 }), [400, 'invalid_request']],
    ['an id with a slash', JSON.stringify({ ...good, conversation_id: '../c' }), [400, 'invalid_request']],
    ['an id too long', JSON.stringify({ ...good, conversation_id: 'c'.repeat(129) }), [400, 'invalid_request']],
    ['an empty voice', JSON.stringify({ ...good, voice: '' }), [400, 'invalid_request']],
    ['a prompt too long', JSON.stringify({ ...good, system_prompt: 'x'.repeat(8_001) }), [400, 'invalid_request']],
    ['junk SDP', JSON.stringify({ ...good, offer: 'hello' }), [400, 'invalid_offer']],
    ['an empty offer', JSON.stringify({ ...good, offer: '' }), [400, 'invalid_request']],
    ['64 kB and one byte', JSON.stringify(good).padEnd(65_537), [413, 'body_too_large']],
    ['a megabyte', JSON.stringify({ ...good, offer: 'v'.repeat(1_000_000) }), [413, 'body_too_large']],
  ])('%s is refused before a model is dialled', async (_name, body, expected) => {
    const response = await ask(doors, ENDPOINTS.bridge, { method: 'POST', headers: JSON_TYPE, body });
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await outcome(response)).toEqual(expected);
    expectUntouched();
  });

  it('that is not UTF-8 is refused', async () => {
    const body = Uint8Array.of(0x22, 0xff, 0xfe, 0x22);
    expect(await outcome(ask(doors, ENDPOINTS.bridge, { method: 'POST', headers: JSON_TYPE, body }))).toEqual([
      400,
      'invalid_request',
    ]);
  });

  it('without a length is counted while it is read, and no further', async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(16_384).fill(0x20));
      },
    });
    expect(await outcome(ask(doors, ENDPOINTS.bridge, { method: 'POST', headers: JSON_TYPE, body: endless }))).toEqual([
      413,
      'body_too_large',
    ]);
    expect(pulled).toBeLessThan(10);
    expectUntouched();
  });

  it('that declares too great a length is not read at all', async () => {
    const body = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
    const headers = { ...JSON_TYPE, 'content-length': '65537' };
    expect(await outcome(ask(doors, ENDPOINTS.bridge, { method: 'POST', headers, body }))).toEqual([
      413,
      'body_too_large',
    ]);
  });

  it('of exactly 64 kB is taken', async () => {
    const body = JSON.stringify(good).padEnd(65_536);
    expect(await outcome(ask(doors, ENDPOINTS.bridge, { method: 'POST', headers: JSON_TYPE, body }))).toEqual([200]);
  });

  it.each([undefined, 'text/plain', 'application/sdp', 'application/jsonx', 'multipart/form-data; boundary=x'])(
    'of type %s is refused',
    async (type) => {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
      const body = new TextEncoder().encode(JSON.stringify(good));
      const expected = [415, 'unsupported_media_type'];
      expect(await outcome(ask(doors, ENDPOINTS.bridge, { method: 'POST', headers, body }))).toEqual(expected);
      expect(await outcome(ask(doors, bridgeTextPath('bystander'), { method: 'POST', headers, body }))).toEqual(
        expected,
      );
      expectUntouched();
    },
  );

  it('may name its charset', async () => {
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
    expect(
      await outcome(ask(doors, ENDPOINTS.bridge, { method: 'POST', headers, body: JSON.stringify(good) })),
    ).toEqual([200]);
  });
});

describe('a bad text', () => {
  it.each([
    ['empty', { text: '' }, [400, 'invalid_request']],
    ['no text', {}, [400, 'invalid_request']],
    ['a number', { text: 5 }, [400, 'invalid_request']],
    ['an unknown field', { text: 'x', type: 'session.update' }, [400, 'invalid_request']],
    ['too long', { text: 'x'.repeat(51) }, [413, 'text_too_long']],
    ['a megabyte', { text: 'x'.repeat(1_000_000) }, [413, 'body_too_large']],
  ])('%s is refused', async (_name, value, expected) => {
    expect(await outcome(post(doors, bridgeTextPath('bystander'), value))).toEqual(expected);
    expectUntouched();
  });

  it('[S-2.5] is refused for a conversation without a session, the right one reaches the model', async () => {
    expect(await outcome(sendText(doors, 'never'))).toEqual([404, 'not_found']);
    expect(await outcome(post(doors, bridgeTextPath('bystander'), { text: 'x'.repeat(50) }))).toEqual([200]);
    expect(host.last.told('sendText')).toEqual([{ type: 'sendText', text: 'x'.repeat(50), participantId: undefined }]);
    await closeBridge(doors, 'bystander');
    expect(await outcome(sendText(doors, 'bystander'))).toEqual([404, 'not_found']);
  });
});

describe('a bad path or method', () => {
  it.each([
    ['GET', ENDPOINTS.bridge, 'POST, OPTIONS'],
    ['PUT', ENDPOINTS.bridge, 'POST, OPTIONS'],
    ['DELETE', ENDPOINTS.bridge, 'POST, OPTIONS'],
    ['POST', ENDPOINTS.config, 'GET, HEAD, OPTIONS'],
    ['GET', bridgePath('bystander'), 'DELETE, OPTIONS'],
    ['POST', bridgePath('bystander'), 'DELETE, OPTIONS'],
    ['PATCH', bridgeTextPath('bystander'), 'POST, OPTIONS'],
    ['POST', '/health', 'GET, HEAD, OPTIONS'],
  ])('%s %s answers 405 and what is allowed', async (method, path, allow) => {
    const response = await ask(doors, path, { method });
    expect(response.headers.get('allow')).toBe(allow);
    expect(await outcome(response)).toEqual([405, 'method_not_allowed']);
    expectUntouched();
  });

  it.each([
    '/',
    '/api',
    '/api/realtime',
    '/api/realtime/webrtc/bridge/a/b/c',
    '/api/realtime/webrtc/bridge/a/text/b',
    '/nothing',
  ])('%s answers 404', async (path) => {
    expect(await outcome(ask(doors, path, { method: 'POST' }))).toEqual([404, 'not_found']);
  });

  it.each(['%', '%zz', '%00', '..%2f..', 'c'.repeat(5_000), '%F0%9F%8E%A4'])(
    'the conversation %.20s cannot be, so it is closed and has nothing to read',
    async (id) => {
      expect(await outcome(ask(doors, `${ENDPOINTS.bridge}/${id}`, { method: 'DELETE' }))).toEqual([200]);
      expect(await outcome(post(doors, `${ENDPOINTS.bridge}/${id}/text`, { text: 'x' }))).toEqual([404, 'not_found']);
      expectUntouched();
    },
  );

  it('[S-2.4] DELETE answers closed, also again and for what never was', async () => {
    for (const id of ['bystander', 'bystander', 'never']) {
      const response = await closeBridge(doors, id);
      expect([response.status, await response.json()]).toEqual([200, { status: 'closed' }]);
    }
    expect(host.last.closed).toBe(true);
  });

  it('DELETE of one session leaves a newer one of the conversation alone', async () => {
    const path = bridgePath('bystander');
    const old = await ask(doors, `${path}?${SESSION_PARAMETER}=ses_of_before`, { method: 'DELETE' });
    expect([old.status, await old.json()]).toEqual([200, { status: 'closed' }]);
    expect(host.last.closed).toBe(false);
    await ask(doors, `${path}?${SESSION_PARAMETER}=${host.last.options.sessionId}`, { method: 'DELETE' });
    expect(host.last.closed).toBe(true);
  });

  it.each([
    ['cross-site', [403, 'origin_not_allowed']],
    ['same-site', [403, 'origin_not_allowed']],
    ['same-origin', [200]],
    ['none', [200]],
  ])('a picture, say, whose address is ours, on a page that is %s', async (site, expected) => {
    const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' };
    expect(await outcome(ask(doors, ENDPOINTS.config, { headers }))).toEqual(expected);
    const signaling = await ask(doors, signalingPath('bystander', 'desktop'), { headers });
    await signaling.body?.cancel();
    expect(signaling.status).toBe(expected[0]);
  });

  it('every path moves below basePath', async () => {
    const moved = createTestBridge({ basePath: '/voice' }).boundTo('loopback');
    expect(await outcome(ask(moved, `/voice${ENDPOINTS.config}`))).toEqual([200]);
    expect(await outcome(ask(moved, '/voice/health'))).toEqual([200]);
    expect(await outcome(ask(moved, ENDPOINTS.config))).toEqual([404, 'not_found']);
    const evil = ask(moved, `/voice${ENDPOINTS.config}`, { origin: 'https://evil.example' });
    expect(await outcome(evil)).toEqual([403, 'origin_not_allowed']);
  });

  it('health answers without credentials, and with no body to HEAD', async () => {
    const guarded = createTestBridge({ authorize: () => null });
    expect(await (await ask(guarded, '/health')).json()).toEqual({ status: 'ok' });
    const head = await ask(guarded, '/health', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });
});
