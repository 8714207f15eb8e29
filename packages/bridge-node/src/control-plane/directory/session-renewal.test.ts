import { ENDPOINTS } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { type Ask, closeBridge, OFFER, openBridge, outcome, post } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost, type FakeSessionHostOptions } from '../../testing/fake-session-host.ts';
import { ReplacedSessions } from './replaced-sessions.ts';

function start(host: FakeSessionHostOptions = {}) {
  const clock = new ManualClock();
  const sessionHost = new FakeSessionHost(host);
  const bridge = createTestBridge({ authorize: 'open' }, { host: sessionHost, clock });
  const renew = (sessionId: unknown, options: Ask = {}) =>
    post(bridge, ENDPOINTS.bridge, { conversation_id: 'c', offer: OFFER, session_id: sessionId }, options);
  return { clock, host: sessionHost, bridge, renew };
}

describe('a redial that names the session it had', () => {
  it('[S-2.6] is refused when a newer session took its place, and disturbs nobody', async () => {
    const { bridge, host, renew } = start();
    await openBridge(bridge, 'c');
    const slept = host.last.options.sessionId;
    await openBridge(bridge, 'c');
    expect(await outcome(renew(slept))).toEqual([409, 'session_replaced']);
    expect([host.sessions.length, host.live]).toEqual([2, [host.last]]);
  });

  it('is refused while the one that takes its place is still dialling', async () => {
    const { bridge, host, clock, renew } = start({ model: 'hangs' });
    const first = outcome(openBridge(bridge, 'c'));
    await clock.advanceAsync(0);
    const slept = host.last.options.sessionId;
    host.last.emit({ type: 'opened' });
    expect(await first).toEqual([200]);
    const second = outcome(openBridge(bridge, 'c'));
    expect(await outcome(renew(slept))).toEqual([409, 'session_replaced']);
    await clock.advanceAsync(0);
    expect(await outcome(renew(slept))).toEqual([409, 'session_replaced']);
    host.last.emit({ type: 'opened' });
    expect(await second).toEqual([200]);
  });

  it('is refused also when the newer one is over by now', async () => {
    const { bridge, host, renew } = start();
    await openBridge(bridge, 'c');
    const slept = host.last.options.sessionId;
    await openBridge(bridge, 'c');
    await closeBridge(bridge, 'c');
    expect(await outcome(renew(slept))).toEqual([409, 'session_replaced']);
    expect(host.live).toEqual([]);
  });

  it('is refused when a fresh start overtakes it in its turn', async () => {
    const { bridge, host, clock, renew } = start({ model: 'hangs' });
    const first = outcome(openBridge(bridge, 'c'));
    await clock.advanceAsync(0);
    const slept = host.last.options.sessionId;
    host.last.emit({ type: 'opened' });
    await first;
    const redial = outcome(renew(slept));
    await clock.advanceAsync(0);
    const fresh = outcome(openBridge(bridge, 'c'));
    expect(await redial).toEqual([409, 'session_replaced']);
    await clock.advanceAsync(0);
    host.last.end('failed', 'model_unreachable');
    expect(await fresh).toEqual([502, 'model_unreachable']);
    expect(await outcome(renew(slept))).toEqual([409, 'session_replaced']);
  });

  it('renews its own session, as often as it breaks', async () => {
    const { bridge, host, renew } = start();
    await openBridge(bridge, 'c');
    for (let redial = 1; redial <= 3; redial++) {
      expect(await outcome(renew(host.last.options.sessionId))).toEqual([200]);
      expect([host.sessions.length, host.live]).toEqual([redial + 1, [host.last]]);
    }
  });

  it('renews it again when the answer to the first redial was lost', async () => {
    const { bridge, host, clock, renew } = start();
    await openBridge(bridge, 'c');
    const known = host.last.options.sessionId;
    const abort = new AbortController();
    const lost = outcome(renew(known, { signal: abort.signal }));
    abort.abort();
    expect(await lost).toEqual([499, 'aborted']);
    expect(await outcome(renew(known))).toEqual([200]);
    expect(await outcome(renew(known))).toEqual([200]);
    await clock.advanceAsync(0);
    expect(host.live).toEqual([host.last]);
  });

  it.each(['ended', 'never was'])('starts anew when the session %s and nobody took its place', async (which) => {
    const { bridge, host, renew } = start();
    await openBridge(bridge, 'c');
    const known = host.last.options.sessionId;
    await closeBridge(bridge, 'c');
    expect(await outcome(renew(which === 'ended' ? known : 'ses_ofAnotherProcess'))).toEqual([200]);
  });

  it('loses against a session it does not know, such as one opened after a restart of the server', async () => {
    const { bridge, host, renew } = start();
    await openBridge(bridge, 'c');
    expect(await outcome(renew('ses_ofAnotherProcess'))).toEqual([409, 'session_replaced']);
    expect(host.live).toEqual([host.last]);
  });

  it('is no obstacle to a fresh start: that takes over', async () => {
    const { bridge, host, renew } = start();
    await openBridge(bridge, 'c');
    await renew(host.last.options.sessionId);
    expect(await outcome(openBridge(bridge, 'c'))).toEqual([200]);
    expect(host.live).toEqual([host.last]);
  });

  it.each([[''], ['x'.repeat(65)], [7], [null]])('named by %j is no request', async (sessionId) => {
    const { host, renew } = start();
    expect(await outcome(renew(sessionId))).toEqual([400, 'invalid_request']);
    expect(host.sessions).toEqual([]);
  });
});

describe('replaced sessions', () => {
  it('are remembered up to a number, the newest ones', () => {
    const replaced = new ReplacedSessions(2);
    for (const id of ['a', 'b', 'a', 'c']) replaced.add(id);
    expect(['a', 'b', 'c'].filter((id) => replaced.has(id))).toEqual(['a', 'c']);
  });
});
