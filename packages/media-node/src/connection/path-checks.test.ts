import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import type { CandidatePair } from './ice-agent.ts';
import { PathChecks } from './path-checks.ts';
import { readStun } from './stun-message.ts';

/** An agent with a path over TURN, which takes whatever is sent. */
function checking() {
  const clock = new ManualClock();
  const sent: Buffer[] = [];
  const pair: CandidatePair = {
    protocol: {
      sendData: async (datagram) => {
        sent.push(datagram);
      },
      sendStun: async () => {},
    },
    remoteCandidate: { host: '192.0.2.1', port: 5_000, type: 'host' },
    requestTransactionIds: new Set(),
  };
  const agent = {
    localUsername: 'ours',
    remoteUsername: 'theirs',
    remotePassword: 'their password',
    iceControlling: true,
    tieBreaker: 7n,
    nominated: pair,
    consentFresh: false,
    queryConsent: () => {},
  };
  const checks = new PathChecks(agent, clock, () => 0.5);
  const lastId = () => readStun(sent.at(-1) ?? Buffer.alloc(0))?.transactionId ?? '';
  /** Looks twice a second for so long; the other side answers every check after `answerMs`, if it does. */
  const look = (ms: number, answerMs?: number): boolean => {
    let consents = true;
    for (const until = clock.now() + ms; clock.now() < until; ) {
      const before = sent.length;
      consents = checks.look();
      const step = sent.length > before && answerMs !== undefined ? answerMs : 0;
      clock.advance(step);
      if (step > 0) checks.answered(lastId(), true);
      clock.advance(500 - step);
    }
    return consents;
  };
  return { agent, checks, clock, sent, pair, lastId, look };
}

describe('PathChecks', () => {
  it('checks the selected path at once, and then about every 5 s', () => {
    const { sent, look } = checking();
    look(500);
    expect(sent.map((check) => readStun(check)?.username)).toEqual(['theirs:ours']);
    look(60_000, 40);
    expect(sent.length).toBe(13);
  });

  it('takes the place of the checks of the library, which may send', () => {
    const { agent } = checking();
    agent.queryConsent();
    expect(agent.consentFresh).toBe(true);
  });

  it('[S-1.40] measures how long answers over the selected path take', () => {
    const { checks, look } = checking();
    expect(checks.roundTrips).toEqual({ current: undefined, total: 0, count: 0 });
    look(10_500, 40);
    expect(checks.roundTrips.current).toBeCloseTo(0.04);
    expect(checks.roundTrips.total).toBeCloseTo(0.12);
    expect(checks.roundTrips.count).toBe(3);
  });

  it('loses consent after 30 s without an answer, not before, and gets it back with one', () => {
    const { checks, clock, look, lastId } = checking();
    expect(look(29_500)).toBe(true);
    expect(look(1_500)).toBe(false);
    checks.askSelected();
    clock.advance(100);
    checks.answered(lastId(), true);
    expect(look(29_000)).toBe(true);
  });

  it('keeps consent only by answers that grant it', () => {
    const { checks, lastId, look } = checking();
    look(500);
    expect(checks.answered(lastId(), false)).toBe(true);
    expect(checks.roundTrips.count).toBe(0);
    expect(look(31_000)).toBe(false);
  });

  it('asks over any path, and tells whether it was answered within 2.5 s', async () => {
    const { checks, clock, pair, sent, lastId } = checking();
    const other = { ...pair, remoteCandidate: { host: '192.0.2.2', port: 6_000, type: 'prflx' } };
    const answered = checks.ask(other);
    const id = lastId();
    expect(checks.transaction(id)).toMatchObject({
      expectedAddr: ['192.0.2.2', 6_000],
      integrityKey: Buffer.from('their password'),
    });
    expect(checks.answered(id, true)).toBe(true);
    expect(await answered).toBe(true);
    // It says nothing of the path in use.
    expect(checks.roundTrips.count).toBe(0);
    const unanswered = checks.ask(other);
    clock.advance(2_500);
    checks.look();
    expect(await unanswered).toBe(false);
    expect(sent).toHaveLength(3);
  });

  it('takes an answer once, and none to a question it never asked', () => {
    const { checks, lastId } = checking();
    expect(checks.answered('0102030405060708090a0b0c', true)).toBe(false);
    checks.askSelected();
    expect([checks.answered(lastId(), true), checks.answered(lastId(), true)]).toEqual([true, false]);
    expect(checks.transaction(lastId())).toBeUndefined();
  });

  it('asks nobody while there is no path', () => {
    const { agent, checks, sent } = checking();
    Object.assign(agent, { nominated: undefined });
    checks.askSelected();
    expect(sent).toEqual([]);
  });

  it('throws for an agent it does not know: a changed library must not lose its consent in silence', () => {
    for (const unknown of [undefined, null, 'agent', {}, { ...checking().agent, tieBreaker: 1 }]) {
      expect(() => new PathChecks(unknown, new ManualClock())).toThrow(TypeError);
    }
  });
});
