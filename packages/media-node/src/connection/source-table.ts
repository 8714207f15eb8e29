import { TokenBucket } from '@voice-bridge/core';
import { ReplyCredit } from './reply-credit.ts';
import type { Address } from './udp-transport.ts';

/**
 * Most proven sources kept. The one that has been silent longest goes first, and before all others one that never answered
 * us: who copied a check of the peer can send it from many addresses, and must not drive the peer's own out.
 */
export const MAX_PROVEN_SOURCES = 32;
/** Most unproven sources with a rate of their own; beyond them the common rate is what holds. */
const MAX_TRYING_SOURCES = 64;
/** Messages of one unproven source that are looked into, at once and per second: twice what a browser sends while it checks a path. */
const TRIES_OF_ONE = [40, 40] as const;
/** The same of all unproven sources together. */
const TRIES_OF_ALL = [400, 400] as const;
/**
 * Checks that are looked into of each source that answered us: others may write its address on theirs. And of all other
 * proven sources together: who sends a copied check from many addresses shares this with nobody who answers.
 */
const TRIES_OF_PROVEN = [500, 500] as const;
/** The same of answers, each of them to a question of ours: whoever does not see our questions takes nothing of it. */
const TRIES_OF_ANSWERS = [500, 500] as const;
/** Sources that become proven: a password that got around must not make us knock at every door. */
const NEW_SOURCES = [MAX_PROVEN_SOURCES, 2] as const;

/** A source that proved that it knows the passwords. */
export interface ProvenSource {
  readonly host: string;
  readonly port: number;
  /** What may be sent to it. */
  readonly credit: ReplyCredit;
  readonly tries: TokenBucket;
}

/** What a proof came to: the source, unless too many came before, and the one that had to go for it. */
export interface Proof {
  readonly source: ProvenSource | undefined;
  readonly gone: Address | undefined;
}

/** Who may speak to one port of ours: the sources that proved they know the passwords, and rates for the others. */
export class SourceTable {
  readonly #proven = new Map<string, ProvenSource>();
  readonly #trying = new Map<string, TokenBucket>();
  readonly #triesOfAll: TokenBucket;
  readonly #triesOfProven: TokenBucket;
  readonly #triesOfAnswers: TokenBucket;
  readonly #newSources: TokenBucket;
  /** Nearly every datagram comes from where the last one came from. */
  #found: ProvenSource | undefined;

  constructor(now: number) {
    this.#triesOfAll = new TokenBucket(...TRIES_OF_ALL, now);
    this.#triesOfProven = new TokenBucket(...TRIES_OF_PROVEN, now);
    this.#triesOfAnswers = new TokenBucket(...TRIES_OF_ANSWERS, now);
    this.#newSources = new TokenBucket(...NEW_SOURCES, now);
  }

  /** How many sources are proven. */
  get size(): number {
    return this.#proven.size;
  }

  /** The proven source at this address; undefined when there is none. */
  find(host: string, port: number): ProvenSource | undefined {
    if (this.#found !== undefined && this.#found.port === port && this.#found.host === host) return this.#found;
    const source = this.#proven.get(keyOf(host, port));
    if (source !== undefined) this.#found = source;
    return source;
  }

  /** Whether to look into one more check of this source, which costs us a hash. */
  mayCheck(host: string, port: number, now: number): boolean {
    const source = this.find(host, port);
    if (source !== undefined) return (source.credit.isOpen ? source.tries : this.#triesOfProven).take(now);
    const key = keyOf(host, port);
    const own = this.#trying.get(key) ?? new TokenBucket(...TRIES_OF_ONE, now);
    if (this.#trying.size < MAX_TRYING_SOURCES) this.#trying.set(key, own);
    else if (!this.#trying.has(key)) this.#trying.clear();
    return own.take(now) && this.#triesOfAll.take(now);
  }

  /** The same for one more message that has the id of a question of ours. */
  mayAnswer(now: number): boolean {
    return this.#triesOfAnswers.take(now);
  }

  /** Notes the proof of a source. */
  prove(host: string, port: number, now: number): Proof {
    const key = keyOf(host, port);
    const known = this.#proven.get(key);
    if (known === undefined && !this.#newSources.take(now)) return { source: undefined, gone: undefined };
    const source = known ?? newSource(host, port, now);
    // The order of the map is that of the last proofs.
    this.#proven.delete(key);
    this.#proven.set(key, source);
    this.#trying.delete(key);
    return { source, gone: this.#proven.size > MAX_PROVEN_SOURCES ? this.#forgetOne() : undefined };
  }

  #forgetOne(): Address | undefined {
    const [oldest] = this.#proven;
    const silent = [...this.#proven].slice(0, -1).find(([, { credit }]) => !credit.isOpen) ?? oldest;
    if (silent === undefined) return undefined;
    const [key, source] = silent;
    this.#proven.delete(key);
    if (this.#found === source) this.#found = undefined;
    return [source.host, source.port];
  }
}

function newSource(host: string, port: number, now: number): ProvenSource {
  return { host, port, credit: new ReplyCredit(), tries: new TokenBucket(...TRIES_OF_PROVEN, now) };
}

function keyOf(host: string, port: number): string {
  return `${port} ${host}`;
}
