import { ENDPOINTS, phonePath, phonesPath } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { ask, outcome, post } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../../testing/fake-session-host.ts';
import { bearer, credentialIn, invite, pair, redeem, renew } from '../../testing/pair.ts';

const start = () => {
  const clock = new ManualClock();
  const host = new FakeSessionHost();
  return { clock, host, bridge: createTestBridge({ authorize: 'open' }, { clock, host }) };
};
const HOUR = 3_600_000;

describe('an invitation', () => {
  it('[S-0.5] is a token and a code for the first free phone, good for 120 seconds', async () => {
    const { bridge } = start();
    expect(await invite(bridge)).toEqual({
      token: expect.stringMatching(/^[\w-]{32}$/),
      code: expect.stringMatching(/^\w{4}-\w{4}$/),
      peer_id: 'mobile',
      expires_in_seconds: 120,
    });
    expect((await invite(bridge)).peer_id).toBe('mobile-2');
    expect((await invite(bridge, { peer_id: 'mobile-7' })).peer_id).toBe('mobile-7');
    expect((await invite(bridge, { conversation_id: 'cellar' })).peer_id).toBe('mobile');
  });

  it('is redeemed for a credential of that phone in that conversation', async () => {
    const { bridge } = start();
    const { token, code } = await invite(bridge, { peer_id: 'mobile-3' });
    expect(await (await redeem(bridge, { code: ` ${code.toLowerCase().replace('-', ' ')}` })).json()).toEqual({
      credential: expect.stringMatching(/^vbphone\./),
      conversation_id: 'kitchen',
      peer_id: 'mobile-3',
      state: 'accepted',
      expires_in_seconds: 14_400,
    });
    expect(await outcome(redeem(bridge, { code }))).toEqual([410, 'pairing_used']);
    expect(await outcome(redeem(bridge, { token }))).toEqual([410, 'pairing_used']);
  });

  it('is refused after 120 seconds, and when it never was', async () => {
    const { bridge, clock } = start();
    const { token } = await invite(bridge);
    await clock.advanceAsync(120_000);
    expect(await outcome(redeem(bridge, { token }))).toEqual([410, 'pairing_expired']);
    expect(await outcome(redeem(bridge, { token: token.replace(/^./, 'z') }))).toEqual([404, 'pairing_unknown']);
    expect(await outcome(redeem(bridge, { token: 'guess' }))).toEqual([404, 'pairing_unknown']);
    expect(await outcome(redeem(bridge, { code: '0000-0000' }))).toEqual([404, 'pairing_unknown']);
  });

  it('is no good at another bridge', async () => {
    const { token } = await invite(start().bridge);
    expect(await outcome(redeem(start().bridge, { token }))).toEqual([404, 'pairing_unknown']);
  });

  it('eight wrong tries are answered, the ninth locks token and code for who knows them as well', async () => {
    const { bridge } = start();
    const { token, code } = await invite(bridge);
    const guess = (n: number) => `${'23456789'.charAt(n)}ZZZ-Z${code.slice(-3)}`;
    for (let n = 0; n < 8; n++) {
      const from = `192.0.2.${n}`;
      expect(await outcome(redeem(bridge, { code: guess(n) }, from))).toEqual([404, 'pairing_unknown']);
    }
    const ninth = await redeem(bridge, { code }, '192.0.2.9');
    expect(ninth.headers.get('retry-after')).toBe('120');
    expect(await outcome(ninth)).toEqual([429, 'pairing_locked']);
    expect(await outcome(redeem(bridge, { token }, '192.0.2.10'))).toEqual([429, 'pairing_locked']);
    expect((await redeem(bridge, { code: (await invite(bridge)).code })).status).toBe(200);
  });

  it('an address that guesses is locked out for two minutes, whatever it guesses at, and nobody else is', async () => {
    const { bridge, clock } = start();
    const { code } = await invite(bridge);
    for (let n = 0; n < 8; n++) await redeem(bridge, { token: `guess ${n}` }, '2001:db8::1');
    expect(await outcome(redeem(bridge, { code }, '2001:db8::2'))).toEqual([429, 'pairing_locked']);
    expect((await redeem(bridge, { code }, '2001:db8:0:1::1')).status).toBe(200);
    await clock.advanceAsync(120_000);
    expect((await redeem(bridge, { code: (await invite(bridge)).code }, '2001:db8::2')).status).toBe(200);
  });

  it('who shows a right token is let in though others guess from the same proxy, by which codes are locked', async () => {
    const { bridge } = start();
    const { token } = await invite(bridge);
    const { code } = await invite(bridge);
    for (let n = 0; n < 81; n++) await redeem(bridge, { token: 'guess' }, '127.0.0.1');
    expect(await outcome(redeem(bridge, { code }, '127.0.0.1'))).toEqual([429, 'pairing_locked']);
    for (let n = 0; n < 80; n++) await redeem(bridge, { token: 'guess' }, '127.0.0.1');
    expect(await outcome(redeem(bridge, { code }, '127.0.0.1'))).toEqual([429, 'rate_limited']);
    expect((await redeem(bridge, { token }, '127.0.0.1')).status).toBe(200);
  });

  it('tries come in at no more than thirty a minute from one address', async () => {
    const { bridge } = start();
    const outcomes: unknown[] = [];
    for (let n = 0; n < 16; n++) outcomes.push((await outcome(redeem(bridge, { token: 'x' }, '192.0.2.1')))[1]);
    expect(outcomes.slice(7, 10)).toEqual(['pairing_unknown', 'pairing_locked', 'pairing_locked']);
    expect(outcomes.at(-1)).toBe('rate_limited');
  });

  it.each([
    ['both', { token: 'a', code: 'b' }, 400],
    ['neither', {}, 400],
    ['what is more than a secret', { token: 'a', role: 'desktop' }, 400],
    ['an endless one', { token: 'a'.repeat(200) }, 400],
    ['a body beyond 4 kB', { token: 'a'.repeat(5_000) }, 413],
    ['an endless name', { token: 'a', name: 'n'.repeat(65) }, 400],
  ])('is not redeemed with %s', async (_name, body, status) => {
    expect((await redeem(start().bridge, body)).status).toBe(status);
  });

  it.each([
    ['a desktop', { peer_id: 'desktop' }],
    ['a ninth phone', { peer_id: 'mobile-9' }],
    ['no conversation', { conversation_id: 'a/b' }],
  ])('is not made for %s', async (_name, wish) => {
    const body = { conversation_id: 'kitchen', ...wish };
    expect(await outcome(post(start().bridge, ENDPOINTS.pairing, body))).toEqual([400, 'invalid_request']);
  });

  it('[S-0.49] there are eight phones, and then no more', async () => {
    const { bridge } = start();
    for (let n = 0; n < 8; n++) await pair(bridge);
    expect(await outcome(post(bridge, ENDPOINTS.pairing, { conversation_id: 'kitchen' }))).toEqual([
      409,
      'too_many_participants',
    ]);
  });
});

describe('a credential', () => {
  it('is renewed for as long as it is asked; the old one is dead a minute later', async () => {
    const { bridge, clock } = start();
    const { credential } = await pair(bridge);
    await clock.advanceAsync(2 * HOUR);
    const fresh = await credentialIn(await renew(bridge, credential));
    expect(fresh).toMatchObject({ peer_id: 'mobile', conversation_id: 'kitchen', expires_in_seconds: 14_400 });
    expect(fresh.credential).not.toBe(credential);
    const config = async (token: string) => (await ask(bridge, ENDPOINTS.config, bearer(token))).status;
    expect([await config(credential), await config(fresh.credential)]).toEqual([200, 200]);
    await clock.advanceAsync(60_000);
    expect([await config(credential), await config(fresh.credential)]).toEqual([401, 200]);
    await clock.advanceAsync(3 * HOUR);
    expect([await config(credential), await config(fresh.credential)]).toEqual([401, 200]);
    await clock.advanceAsync(HOUR);
    expect([await config(fresh.credential), clock.pending]).toEqual([401, 0]);
  });

  it('is renewed into the same one by two pages at once, and by who never got the answer; nobody is locked out', async () => {
    const { bridge, clock } = start();
    const { credential } = await pair(bridge);
    await clock.advanceAsync(HOUR);
    const answers = await Promise.all([renew(bridge, credential), renew(bridge, credential)]);
    const [one, other] = await Promise.all(answers.map(credentialIn));
    expect(one).toEqual(other);
    await clock.advanceAsync(30_000);
    const ahead = await credentialIn(await renew(bridge, one?.credential ?? ''));
    expect(ahead.credential).not.toBe(one?.credential);
    const late = await credentialIn(await renew(bridge, credential));
    expect(late).toEqual(ahead);
    await clock.advanceAsync(60_000);
    expect(await outcome(renew(bridge, credential))).toEqual([401, 'unauthorized']);
    await clock.advanceAsync(3 * HOUR);
    expect((await ask(bridge, ENDPOINTS.config, bearer(late.credential))).status).toBe(200);
    expect((await renew(bridge, late.credential)).status).toBe(200);
  });

  it('is renewed for 24 hours since it was paired, and no longer', async () => {
    const { bridge, clock } = start();
    let { credential } = await pair(bridge);
    for (let hours = 0; hours < 21; hours += 3) {
      await clock.advanceAsync(3 * HOUR);
      credential = (await credentialIn(await renew(bridge, credential))).credential;
    }
    await clock.advanceAsync(2 * HOUR);
    const last = await credentialIn(await renew(bridge, credential));
    expect(last.expires_in_seconds).toBe(3_600);
    await clock.advanceAsync(HOUR);
    expect(await outcome(renew(bridge, last.credential))).toEqual([401, 'unauthorized']);
    expect(await outcome(ask(bridge, ENDPOINTS.config, bearer(last.credential)))).toEqual([401, 'unauthorized']);
  });

  it('that is not one renews nothing, and lets nobody in though the bridge is open', async () => {
    const { bridge } = start();
    const { credential } = await pair(bridge);
    for (const token of [`${credential.slice(0, -1)}!`, `${credential.slice(0, -4)}AAAA`, 'vbphone.', 'vbphone.a.b']) {
      expect(await outcome(renew(bridge, token))).toEqual([401, 'unauthorized']);
      expect(await outcome(ask(bridge, ENDPOINTS.config, bearer(token)))).toEqual([401, 'unauthorized']);
    }
    expect(await outcome(renew(bridge, 'token of the application'))).toEqual([401, 'unauthorized']);
    expect(await outcome(ask(bridge, ENDPOINTS.renewPairing, { method: 'POST' }))).toEqual([401, 'unauthorized']);
  });

  it('is not renewed faster than ten times a minute', async () => {
    const { bridge } = start();
    let { credential } = await pair(bridge);
    for (let n = 0; n < 5; n++) credential = (await credentialIn(await renew(bridge, credential))).credential;
    expect(await outcome(renew(bridge, credential))).toEqual([429, 'rate_limited']);
  });

  it('is dead when its phone is removed, renewed or not; the peer id may be paired anew', async () => {
    const { bridge } = start();
    const { credential } = await pair(bridge);
    const fresh = await credentialIn(await renew(bridge, credential));
    const removed = await ask(bridge, phonePath('kitchen', 'mobile'), { method: 'DELETE' });
    expect(await removed.json()).toEqual({ status: 'removed' });
    for (const token of [credential, fresh.credential]) {
      expect(await outcome(ask(bridge, ENDPOINTS.config, bearer(token)))).toEqual([401, 'unauthorized']);
      expect(await outcome(renew(bridge, token))).toEqual([401, 'unauthorized']);
    }
    expect((await pair(bridge)).peer_id).toBe('mobile');
    expect((await ask(bridge, phonePath('kitchen', 'mobile-5'), { method: 'DELETE' })).status).toBe(200);
    const other = await ask(bridge, `${ENDPOINTS.pairing}/kitchen/desktop`, { method: 'DELETE' });
    expect(await outcome(other)).toEqual([400, 'invalid_request']);
  });
});

describe('a desktop sees its phones', () => {
  it('[S-0.49] invited, waiting and accepted ones, with their names', async () => {
    const { bridge } = start();
    await pair(bridge, { confirm: true });
    await pair(bridge);
    await invite(bridge);
    await invite(bridge, { conversation_id: 'cellar' });
    const list = async () => (await ask(bridge, phonesPath('kitchen'))).json();
    const [name, hours] = ['Ann’s phone', 14_400];
    expect(await list()).toEqual({
      phones: [
        { peer_id: 'mobile', phone_id: expect.any(String), state: 'waiting', name, expires_in_seconds: hours },
        { peer_id: 'mobile-2', phone_id: expect.any(String), state: 'accepted', name, expires_in_seconds: hours },
        { peer_id: 'mobile-3', phone_id: null, state: 'invited', name: null, expires_in_seconds: 120 },
      ],
    });
    expect(await (await ask(bridge, phonePath('kitchen', 'mobile'), { method: 'POST' })).json()).toEqual({
      status: 'accepted',
    });
    await ask(bridge, phonePath('kitchen', 'mobile-3'), { method: 'DELETE' });
    expect(await list()).toMatchObject({ phones: [{ state: 'accepted' }, { state: 'accepted' }] });
    expect(await outcome(ask(bridge, phonePath('kitchen', 'mobile-3'), { method: 'POST' }))).toEqual([
      404,
      'not_found',
    ]);
  });
});
