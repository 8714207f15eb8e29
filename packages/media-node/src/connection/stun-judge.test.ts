import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { type SignedStun, signedStun } from '../testing/signed-stun.ts';
import type { CandidatePair, IceAgent, RemoteCandidate, StunTransaction } from './ice-agent.ts';
import { MAX_PROVEN_SOURCES, SourceTable } from './source-table.ts';
import { StunJudge } from './stun-judge.ts';
import { readStun } from './stun-message.ts';

const OURS = 'our password of 24 chars';
const THEIRS = 'their password of 24 char';
const HOST = '192.0.2.1';

function agentOf(remoteUsername: string): IceAgent {
  return {
    localUsername: 'ours',
    localPassword: OURS,
    userHistory: { ours: OURS },
    remoteUsername,
    checkList: [],
    _remoteCandidates: [],
    earlyChecks: [],
    iceControlling: false,
    ensureProtocol: () => {},
    send: async () => {},
    restart: async () => {},
  };
}

function judgeOf(remoteUsername = 'theirs', transactions: Record<string, StunTransaction> = {}) {
  const clock = new ManualClock();
  const agent = agentOf(remoteUsername);
  const judge = new StunJudge(agent, clock);
  const sources = new SourceTable(clock.now());
  const port = { sources, transaction: (id: string) => transactions[id] };
  const judged = (datagram: Buffer, from: number, host = HOST) => {
    const message = readStun(datagram);
    return message && judge.judge(port, datagram, message, [host, from]);
  };
  const accepts = (...given: Parameters<typeof judged>) => judged(...given) !== undefined;
  return { judged, accepts, sources, agent, clock };
}

const check = (changes: Partial<SignedStun> = {}) =>
  signedStun({ kind: 'request', username: 'ours:theirs', password: OURS, priority: 1, ...changes });
const answer = (changes: Partial<SignedStun> = {}) => signedStun({ kind: 'success', password: THEIRS, ...changes });

describe('StunJudge and connectivity checks', () => {
  it('accepts a signed one, and knows its source from then on', () => {
    const { judged, sources } = judgeOf();
    expect(judged(check(), 1)).toBe('check');
    expect(sources.find(HOST, 1)).toBeDefined();
  });

  it('gives its source credit for as many bytes as it has', () => {
    const { judged, sources } = judgeOf();
    const sent: number[] = [];
    judged(check(), 1);
    for (const bytes of [check().length + 1, check().length, 1]) {
      sources.find(HOST, 1)?.credit.spend('error', bytes, () => sent.push(bytes));
    }
    expect(sent).toEqual([check().length]);
  });

  it.each([
    ['no user name', check({ username: undefined })],
    ['the user name of somebody else', check({ username: 'other:theirs' })],
    ['the user name turned round', check({ username: 'theirs:ours' })],
    ['a name of the language', check({ username: '__proto__:theirs' })],
    ['another remote user name', check({ username: 'ours:other' })],
    ['no signature', check({ password: undefined })],
    ['a signature of another password', check({ password: THEIRS })],
    ['no fingerprint', check({ fingerprint: false })],
    ['no priority', check({ priority: undefined })],
  ])('refuses one with %s, and knows nothing of its source', (_, datagram) => {
    const { accepts, sources } = judgeOf();
    expect(accepts(datagram, 1)).toBe(false);
    expect(sources.size).toBe(0);
  });

  it('takes any remote user name as long as none is known', () => {
    expect(judgeOf('').accepts(check({ username: 'ours:whoever' }), 1)).toBe(true);
  });

  it('refuses indications and garbage', () => {
    const { accepts } = judgeOf();
    expect(accepts(check({ kind: 'indication' }), 1)).toBe(false);
    expect(accepts(Buffer.from([0, 1, 2, 3]), 1)).toBe(false);
  });

  it('does not let strangers use up what a peer is given: only who knows the user name is counted', () => {
    const { accepts } = judgeOf();
    for (let port = 2; port < 5_000; port++) accepts(check({ username: 'other:theirs' }), port);
    expect(accepts(check(), 1)).toBe(true);
  });

  it('lets no more wait than a few while our side has not begun', () => {
    const { accepts, agent } = judgeOf('');
    expect(accepts(check(), 1)).toBe(true);
    Object.defineProperty(agent, 'earlyChecks', { value: Array.from({ length: 64 }) });
    expect(accepts(check(), 1)).toBe(false);
  });

  it('forgets the silent sources of one who speaks from everywhere, but never the path in use', () => {
    const { accepts, agent, clock } = judgeOf();
    const pairOf = (remoteCandidate: RemoteCandidate): CandidatePair => ({
      protocol: { sendData: async () => {}, sendStun: async () => {} },
      remoteCandidate,
      requestTransactionIds: new Set(),
    });
    for (let port = 1; port <= MAX_PROVEN_SOURCES + 2; port++) {
      const candidate = { host: HOST, port, type: 'prflx' };
      agent._remoteCandidates.push(candidate);
      agent.checkList.push(pairOf(candidate));
      if (port === 1) Object.defineProperty(agent, 'nominated', { value: agent.checkList[0] });
      clock.advance(1_000);
      expect(accepts(check(), port)).toBe(true);
    }
    const ports = agent._remoteCandidates.map(({ port }) => port);
    expect([ports.includes(1), ports.includes(2), ports.length]).toEqual([true, false, MAX_PROVEN_SOURCES + 1]);
    expect(agent.checkList.map(({ remoteCandidate }) => remoteCandidate.port)).toEqual(ports);
  });
});

describe('StunJudge and answers', () => {
  const id = '0102030405060708090a0b0c';
  const integrityKey = Buffer.from(THEIRS);

  it('accepts a signed one to a question of ours, from whom it was asked', () => {
    const { judged, sources } = judgeOf('theirs', { [id]: { expectedAddr: [HOST, 1], integrityKey } });
    expect(judged(answer({ transactionId: id }), 1)).toBe('answer');
    expect(sources.find(HOST, 1)).toBeDefined();
    expect(judged(answer({ transactionId: id, kind: 'error' }), 1)).toBe('answer');
  });

  it('holds nothing back from who answered', () => {
    const { judged, sources } = judgeOf('theirs', { [id]: { expectedAddr: [HOST, 1], integrityKey } });
    let sent = 0;
    judged(answer({ transactionId: id }), 1);
    sources.find(HOST, 1)?.credit.spend('answer', 10_000, () => sent++);
    expect(sent).toBe(1);
  });

  it.each([
    ['to no question of ours', answer(), 1],
    ['without signature', answer({ transactionId: id, password: undefined }), 1],
    ['signed by somebody else', answer({ transactionId: id, password: OURS }), 1],
    ['from elsewhere', answer({ transactionId: id }), 2],
  ])('refuses one %s', (_, datagram, from) => {
    const { accepts, sources } = judgeOf('theirs', { [id]: { expectedAddr: [HOST, 1], integrityKey } });
    expect(accepts(datagram, from)).toBe(false);
    expect(sources.size).toBe(0);
  });

  it('accepts the unsigned one of a STUN server we asked, which proves nothing', () => {
    const { judged, accepts, sources } = judgeOf('theirs', { [id]: { expectedAddr: [HOST, 3_478] } });
    expect(judged(answer({ transactionId: id, password: undefined }), 3_478)).toBe('server');
    expect(accepts(answer({ transactionId: id, password: undefined }), 3_479)).toBe(false);
    expect(sources.size).toBe(0);
  });

  it('knows an IPv6 address however it is written', () => {
    const { accepts } = judgeOf('theirs', { [id]: { expectedAddr: ['2001:DB8:0::1', 1], integrityKey } });
    expect(accepts(answer({ transactionId: id }), 1, '2001:db8::1')).toBe(true);
  });
});
