import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Clock } from '@voice-bridge/core';
import type { CandidatePair, IceAgent, RemoteCandidate, StunTransaction } from './ice-agent.ts';
import type { SourceTable } from './source-table.ts';
import { hasIntegrityOf, readStun, type StunMessage } from './stun-message.ts';
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
 * Decides which STUN messages the library gets: connectivity checks signed with our password, signed answers to our own
 * checks, and answers of the STUN server we asked. Everything else is answered by nothing and changes nothing.
 */
export class StunJudge {
  readonly #agent: IceAgent;
  readonly #clock: Clock;
  readonly #keys = new Map<string, { readonly password: string; readonly key: KeyObject }>();

  constructor(agent: IceAgent, clock: Clock) {
    this.#agent = agent;
    this.#clock = clock;
  }

  /** Whether the library may see the message; a source that proves itself by it is noted. */
  accepts(judged: JudgedPort, datagram: Buffer, host: string, port: number): boolean {
    const message = readStun(datagram);
    if (message === undefined || message.kind === 'indication') return false;
    return message.kind === 'request'
      ? this.#acceptsCheck(judged, datagram, message, [host, port])
      : this.#acceptsAnswer(judged, datagram, message, [host, port]);
  }

  /** RFC 8445 section 7.3. Cheap reasons to refuse come first: the hash is only for those who know our user name. */
  #acceptsCheck({ sources }: JudgedPort, datagram: Buffer, message: StunMessage, from: Address): boolean {
    const { username, integrityAt, hasFingerprint, hasPriority } = message;
    if (username === undefined || integrityAt === undefined || !hasFingerprint || !hasPriority) return false;
    const key = this.#keyForCheck(username);
    if (key === undefined) return false;
    const now = this.#clock.now();
    if (!sources.mayTry(...from, now) || !hasIntegrityOf(datagram, message, key)) return false;
    if (this.#agent.earlyChecks.length >= MAX_EARLY_CHECKS) return false;
    return this.#prove(sources, from, now);
  }

  #acceptsAnswer(judged: JudgedPort, datagram: Buffer, message: StunMessage, from: Address): boolean {
    const transaction = judged.transaction(message.transactionId);
    if (transaction === undefined) return false;
    const { expectedAddr, integrityKey } = transaction;
    if (expectedAddr === undefined || expectedAddr[1] !== from[1] || !sameHost(expectedAddr[0], from[0])) return false;
    if (integrityKey === undefined) return true;
    const now = this.#clock.now();
    const key = this.#keyOf('theirs', integrityKey.toString('utf8'));
    if (!judged.sources.mayTry(...from, now) || !hasIntegrityOf(datagram, message, key)) return false;
    return this.#prove(judged.sources, from, now);
  }

  #prove(sources: SourceTable, from: Address, now: number): boolean {
    const { proven, gone } = sources.prove(...from, now);
    if (gone !== undefined) forgetCandidate(this.#agent, gone);
    return proven;
  }

  /** The password behind `<our user name>:<their user name>`, whose second half is known once their description is. */
  #keyForCheck(username: string): KeyObject | undefined {
    const { userHistory, remoteUsername } = this.#agent;
    const colon = username.indexOf(':');
    const [ours, theirs] = [username.slice(0, Math.max(colon, 0)), username.slice(colon + 1)];
    if (remoteUsername !== '' && theirs !== remoteUsername) return undefined;
    const password = Object.hasOwn(userHistory, ours) ? userHistory[ours] : undefined;
    return password === undefined ? undefined : this.#keyOf(`ours ${ours}`, password);
  }

  #keyOf(name: string, password: string): KeyObject {
    const known = this.#keys.get(name);
    if (known?.password === password) return known.key;
    const key = createSecretKey(password, 'utf8');
    this.#keys.set(name, { password, key });
    return key;
  }
}

/** Takes a silent remote address out of the library's lists, which would grow for ever. */
function forgetCandidate(agent: IceAgent, gone: RemoteCandidate): void {
  const isGone = (candidate: RemoteCandidate) => candidate.host === gone.host && candidate.port === gone.port;
  const isKept = (pair: CandidatePair) => pair === agent.nominated || !isGone(pair.remoteCandidate);
  agent.checkList = agent.checkList.filter(isKept);
  const kept = new Set(agent.checkList.map((pair) => pair.remoteCandidate));
  agent._remoteCandidates = agent._remoteCandidates.filter((each) => !isGone(each) || kept.has(each));
}
