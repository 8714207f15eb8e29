import { randomBytes } from 'node:crypto';
import type { CancelTimer, Clock } from '@voice-bridge/core';
import type { HmacSha1 } from '../srtp/hmac-sha1.ts';
import type { CandidatePair, StunTransaction } from './ice-agent.ts';
import type { RoundTrips } from './path-traffic.ts';
import { routeOf } from './selected-path.ts';
import { stunKey } from './stun-key.ts';
import { writeStunCheck } from './stun-writer.ts';

/** How long the answer to a check may take, in ms. */
const ANSWER_MS = 2_500;
/** Between two checks of the selected path, in ms: 5 s, and up to a fifth more or less (RFC 7675 section 5.1). */
const [SHORTEST_MS, LONGEST_MS] = [4_000, 6_000] as const;
/** Without an answer for so long, in ms, nothing may be sent any more (RFC 7675 section 5.1). */
const CONSENT_MS = 30_000;
const ID_BYTES = 12;
const NEVER = Number.POSITIVE_INFINITY;

/** What of the library's ICE agent a check is made with. */
interface CheckingAgent {
  readonly localUsername: string;
  readonly remoteUsername: string;
  readonly remotePassword: string;
  readonly iceControlling: boolean;
  readonly tieBreaker: bigint;
  readonly nominated?: CandidatePair | undefined;
  /** Whether the library may send: it asks, and is told here. */
  consentFresh: boolean;
  /** Called when a path is selected: begins the library's own checks of it. */
  queryConsent(): void;
}

/** Sends one check over a path; gives whether it was answered. */
export type PathCheck = (pair: CandidatePair) => Promise<boolean>;

interface Asked extends Required<StunTransaction> {
  readonly pair: CandidatePair;
  readonly at: number;
  readonly resolve: (answered: boolean) => void;
}

/** What a {@link PathChecks} needs. */
export interface PathChecksOptions {
  /** The library's ICE agent. */
  readonly agent: unknown;
  readonly clock: Clock;
  /** Consent has run out; called at most once. */
  readonly onLost: () => void;
  /** Numbers from 0 to 1; default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/**
 * The checks of paths that are in use already: whether the other side still consents (RFC 7675), how long it takes to
 * answer, whether a new path works. In the place of the library's, whose way to sign a message takes this Node 20 times
 * as long. Consent is asked for from the moment a path is selected, long before the handshake over it is done.
 */
export class PathChecks {
  readonly #agent: CheckingAgent;
  readonly #clock: Clock;
  readonly #onLost: () => void;
  readonly #random: () => number;
  /** By the ids of their checks, the oldest first. */
  readonly #asked = new Map<string, Asked>();
  #key: { readonly password: string; readonly key: HmacSha1 } | undefined;
  /** When the selected path is to be checked; never, before there is one. */
  #nextAt = NEVER;
  #consentUntil = NEVER;
  #cancelTimer: CancelTimer = () => {};
  #roundTrips: RoundTrips = { current: undefined, total: 0, count: 0 };

  /** Throws `TypeError` when the library's agent is not the one known here: it must not lose its consent in silence. */
  constructor({ agent, clock, onLost, random = Math.random }: PathChecksOptions) {
    if (!isCheckingAgent(agent)) throw new TypeError('The WebRTC library has no ICE agent that is known here');
    this.#agent = agent;
    this.#clock = clock;
    this.#onLost = onLost;
    this.#random = random;
    agent.queryConsent = () => {
      agent.consentFresh = true;
      this.#consentUntil = clock.now() + CONSENT_MS;
      this.askSelected();
    };
  }

  get roundTrips(): RoundTrips {
    return this.#roundTrips;
  }

  /** Checks the selected path now; the next check is due after the usual time. */
  askSelected(): void {
    this.#nextAt = this.#clock.now() + SHORTEST_MS + this.#random() * (LONGEST_MS - SHORTEST_MS);
    if (this.#agent.nominated === undefined) this.#arm();
    else void this.ask(this.#agent.nominated);
  }

  /** Checks one path; false when no answer came within 2.5 s. */
  ask(pair: CandidatePair): Promise<boolean> {
    const { localUsername, remoteUsername, remotePassword, iceControlling, tieBreaker } = this.#agent;
    const transactionId = randomBytes(ID_BYTES);
    const names = { transactionId, username: `${remoteUsername}:${localUsername}` };
    const check = writeStunCheck({ ...names, controlling: iceControlling, tieBreaker }, this.#keyOf(remotePassword));
    const { host, port } = pair.remoteCandidate;
    return new Promise((resolve) => {
      this.#asked.set(transactionId.toString('hex'), {
        expectedAddr: [host, port],
        integrityKey: Buffer.from(remotePassword),
        pair,
        at: this.#clock.now(),
        resolve,
      });
      routeOf(pair)(check, () => {});
      this.#arm();
    });
  }

  /** The check of ours with this id that still waits for its answer. */
  transaction(id: string): StunTransaction | undefined {
    return this.#asked.get(id);
  }

  /** Takes the verified answer to the check with this id; false when it is none of ours. An error is an answer, but no consent. */
  answered(id: string, isSuccess: boolean): boolean {
    const asked = this.#asked.get(id);
    if (asked === undefined) return false;
    this.#asked.delete(id);
    if (isSuccess && asked.pair === this.#agent.nominated) this.#consented(asked.at);
    asked.resolve(isSuccess);
    return true;
  }

  /** Asks nobody any more. Final. */
  close(): void {
    this.#agent.queryConsent = () => {};
    this.#nextAt = NEVER;
    this.#consentUntil = NEVER;
    this.#giveUp(NEVER);
    this.#cancelTimer();
  }

  #arm(): void {
    this.#cancelTimer();
    const [oldest] = this.#asked.values();
    const dueAt = Math.min(this.#nextAt, this.#consentUntil, oldest === undefined ? NEVER : oldest.at + ANSWER_MS);
    if (dueAt === NEVER) return;
    this.#cancelTimer = this.#clock.after(Math.max(0, dueAt - this.#clock.now()), () => this.#look());
  }

  #look(): void {
    const now = this.#clock.now();
    this.#giveUp(now - ANSWER_MS);
    if (now >= this.#consentUntil) {
      this.close();
      this.#onLost();
    } else if (now >= this.#nextAt) this.askSelected();
    else this.#arm();
  }

  #consented(askedAt: number): void {
    const now = this.#clock.now();
    const current = (now - askedAt) / 1_000;
    this.#consentUntil = now + CONSENT_MS;
    this.#roundTrips = { current, total: this.#roundTrips.total + current, count: this.#roundTrips.count + 1 };
  }

  #giveUp(before: number): void {
    for (const [id, { at, resolve }] of this.#asked) {
      if (at > before) return;
      this.#asked.delete(id);
      resolve(false);
    }
  }

  #keyOf(password: string): HmacSha1 {
    if (this.#key?.password !== password) this.#key = { password, key: stunKey(password) };
    return this.#key.key;
  }
}

function isCheckingAgent(agent: unknown): agent is CheckingAgent {
  if (typeof agent !== 'object' || agent === null) return false;
  const has = (name: string, type: string) => typeof Reflect.get(agent, name) === type;
  const texts = ['localUsername', 'remoteUsername', 'remotePassword'];
  const flags = ['iceControlling', 'consentFresh'];
  return (
    texts.every((name) => has(name, 'string')) &&
    flags.every((name) => has(name, 'boolean')) &&
    has('tieBreaker', 'bigint') &&
    has('queryConsent', 'function')
  );
}
