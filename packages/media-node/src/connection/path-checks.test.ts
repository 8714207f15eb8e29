import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import type { CandidatePair } from './ice-agent.ts';
import { PathChecks } from './path-checks.ts';
import { readStun } from './stun-message.ts';

/** An agent with a path over TURN, which takes whatever is sent. */
function checking() {
  const clock = new ManualClock();
  const sent: Buffer[] = [];
  let answerMs: number | undefined;
  /** The other side answers every check after so long, or not at all any more. */
  const answerAfter = (ms: number | undefined) => {
    answerMs = ms;
  };
  const pair: CandidatePair = {
    protocol: {
      sendData: async (datagram) => {
        sent.push(datagram);
        const id = lastId();
        if (answerMs !== undefined) clock.after(answerMs, () => checks.answered(id, true));
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
  const lost: number[] = [];
  const checks = new PathChecks({ agent, clock, random: () => 0.5, onLost: () => lost.push(clock.now()) });
  const lastId = () => readStun(sent.at(-1) ?? Buffer.alloc(0))?.transactionId ?? '';
  return { agent, checks, clock, sent, pair, lastId, lost, answerAfter };
}

describe('PathChecks', () => {
  it('checks a path when it is selected, and then about every 5 s', () => {
    const { agent, sent, clock, answerAfter } = checking();
    answerAfter(40);
    clock.advance(60_000);
    expect(sent).toEqual([]);
    agent.queryConsent();
    expect(sent.map((check) => readStun(check)?.username)).toEqual(['theirs:ours']);
    clock.advance(60_000);
    expect(sent.length).toBe(13);
  });

  it('takes the place of the checks of the library, which may send', () => {
    const { agent } = checking();
    agent.queryConsent();
    expect(agent.consentFresh).toBe(true);
  });

  it('[S-1.40] measures how long answers over the selected path take', () => {
    const { agent, checks, clock, answerAfter } = checking();
    expect(checks.roundTrips).toEqual({ current: undefined, total: 0, count: 0 });
    answerAfter(40);
    agent.queryConsent();
    clock.advance(10_500);
    expect(checks.roundTrips.current).toBeCloseTo(0.04);
    expect(checks.roundTrips.total).toBeCloseTo(0.12);
    expect(checks.roundTrips.count).toBe(3);
  });

  it('loses consent after 30 s without an answer, once, and asks nobody then', () => {
    const { agent, clock, sent, lost } = checking();
    agent.queryConsent();
    clock.advance(29_999);
    expect(lost).toEqual([]);
    clock.advance(120_000);
    expect(lost).toEqual([30_000]);
    expect([sent.length, clock.pending]).toEqual([6, 0]);
  });

  it('has consent for 30 s from an answer on', () => {
    const { agent, clock, lost, answerAfter } = checking();
    answerAfter(100);
    agent.queryConsent();
    clock.advance(4_000);
    answerAfter(undefined);
    clock.advance(120_000);
    expect(lost).toEqual([30_100]);
  });

  it('keeps consent only by answers that grant it', () => {
    const { agent, checks, clock, lastId, lost } = checking();
    agent.queryConsent();
    expect(checks.answered(lastId(), false)).toBe(true);
    expect(checks.roundTrips.count).toBe(0);
    clock.advance(31_000);
    expect(lost).toEqual([30_000]);
  });

  it('leaves no timer behind', async () => {
    const { agent, checks, clock, pair, sent } = checking();
    agent.queryConsent();
    const asked = checks.ask(pair);
    checks.close();
    expect([await asked, clock.pending]).toEqual([false, 0]);
    agent.queryConsent();
    expect([sent.length, clock.pending]).toEqual([2, 0]);
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
    expect(await unanswered).toBe(false);
    expect(sent).toHaveLength(2);
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
      expect(() => new PathChecks({ agent: unknown, clock: new ManualClock(), onLost: () => {} })).toThrow(TypeError);
    }
  });
});
