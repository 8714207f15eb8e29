import type { Clock } from '@voice-bridge/core';
import type { HmacSha1 } from '../srtp/hmac-sha1.ts';
import type { CandidatePair, IceAgent, RemoteCandidate, StunTransaction } from './ice-agent.ts';
import type { ProvenSource, SourceTable } from './source-table.ts';
import { stunKey } from './stun-key.ts';
import { hasIntegrityOf, type StunMessage } from './stun-message.ts';
import { type Address, sameHost } from './udp-transport.ts';

/** Checks that wait for the library to begin its own; a peer sends a handful. */
const MAX_EARLY_CHECKS = 64;

/** One port or TURN allocation as the judge sees it. */
export interface JudgedPort {
  readonly sources: SourceTable;
  /** The library's question with this id that still waits for its answer. */
  transaction(id: string): StunTransaction | undefined;
}

/**
 * What came: a connectivity check, an answer to one of ours, or that of a STUN server. Undefined: nothing to be seen by
 * the library.
 */
export type StunVerdict = 'check' | 'answer' | 'server' | undefined;

/**
 * Decides which STUN messages the library gets: connectivity checks signed with our password, signed answers to our own
 * checks, and answers of the STUN server we asked. Everything else is answered by nothing and changes nothing.
 */
export class StunJudge {
  readonly #agent: IceAgent;
  readonly #clock: Clock;
  readonly #keys = new Map<string, { readonly password: string; readonly key: HmacSha1 }>();

  constructor(agent: IceAgent, clock: Clock) {
    this.#agent = agent;
    this.#clock = clock;
  }

  /** What the library may see the message as; a source that proves itself by it is noted. */
  judge(judged: JudgedPort, datagram: Buffer, message: StunMessage, from: Address): StunVerdict {
    if (message.kind === 'indication') return undefined;
    if (message.kind !== 'request') return this.#judgeAnswer(judged, datagram, message, from);
    return this.#acceptsCheck(judged, datagram, message, from) ? 'check' : undefined;
  }

  /** Our password behind `<our user name>:<their user name>`, whose second half is known once their description is. */
  keyFor(username: string): HmacSha1 | undefined {
    const { userHistory, remoteUsername } = this.#agent;
    const colon = username.indexOf(':');
    const [ours, theirs] = [username.slice(0, Math.max(colon, 0)), username.slice(colon + 1)];
    if (remoteUsername !== '' && theirs !== remoteUsername) return undefined;
    const password = Object.hasOwn(userHistory, ours) ? userHistory[ours] : undefined;
    return password === undefined ? undefined : this.#keyOf(`ours ${ours}`, password);
  }

  /** RFC 8445 section 7.3. Cheap reasons to refuse come first: the hash is only for those who know our user name. */
  #acceptsCheck({ sources }: JudgedPort, datagram: Buffer, message: StunMessage, from: Address): boolean {
    const { username, integrityAt, hasFingerprint, hasPriority } = message;
    if (username === undefined || integrityAt === undefined || !hasFingerprint || !hasPriority) return false;
    const key = this.keyFor(username);
    if (key === undefined) return false;
    const now = this.#clock.now();
    if (!sources.mayCheck(...from, now) || !hasIntegrityOf(datagram, message, key)) return false;
    if (this.#agent.earlyChecks.length >= MAX_EARLY_CHECKS) return false;
    const source = this.#prove(sources, from, now);
    source?.credit.earn(datagram.length);
    return source !== undefined;
  }

  #judgeAnswer({ sources, transaction: find }: JudgedPort, datagram: Buffer, message: StunMessage, from: Address) {
    const { expectedAddr, integrityKey } = find(message.transactionId) ?? {};
    if (expectedAddr === undefined || expectedAddr[1] !== from[1] || !sameHost(expectedAddr[0], from[0])) return;
    if (integrityKey === undefined) return 'server';
    const now = this.#clock.now();
    const key = this.#keyOf('theirs', integrityKey.toString('utf8'));
    if (!sources.mayAnswer(now) || !hasIntegrityOf(datagram, message, key)) return;
    const source = this.#prove(sources, from, now);
    // It heard us: its address is no false one.
    source?.credit.open();
    return source === undefined ? undefined : 'answer';
  }

  #prove(sources: SourceTable, from: Address, now: number): ProvenSource | undefined {
    const { source, gone } = sources.prove(...from, now);
    if (gone !== undefined) forgetCandidate(this.#agent, gone);
    return source;
  }

  #keyOf(name: string, password: string): HmacSha1 {
    const known = this.#keys.get(name);
    if (known?.password === password) return known.key;
    const key = stunKey(password);
    this.#keys.set(name, { password, key });
    return key;
  }
}

/** Takes a silent remote address out of the library's lists, which would grow for ever. */
function forgetCandidate(agent: IceAgent, [host, port]: Address): void {
  const isGone = (candidate: RemoteCandidate) => candidate.host === host && candidate.port === port;
  const isKept = (pair: CandidatePair) => pair === agent.nominated || !isGone(pair.remoteCandidate);
  agent.checkList = agent.checkList.filter(isKept);
  const kept = new Set(agent.checkList.map((pair) => pair.remoteCandidate));
  agent._remoteCandidates = agent._remoteCandidates.filter((each) => !isGone(each) || kept.has(each));
}
