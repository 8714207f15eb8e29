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
/** Messages of all proven sources together that are looked into: others may write a proven address on theirs. */
const TRIES_OF_PROVEN = [500, 500] as const;
/** Sources that become proven: a password that got around must not make us knock at every door. */
const NEW_SOURCES = [MAX_PROVEN_SOURCES, 2] as const;

interface Source {
  readonly host: string;
  readonly port: number;
  readonly credit: ReplyCredit;
}

/** Who may speak to one port of ours: the sources that proved they know the passwords, and rates for the others. */
export class SourceTable {
  readonly #proven = new Map<string, Source>();
  readonly #trying = new Map<string, TokenBucket>();
  readonly #triesOfAll: TokenBucket;
  readonly #triesOfProven: TokenBucket;
  readonly #newSources: TokenBucket;
  #last: Source | undefined;

  constructor(now: number) {
    this.#triesOfAll = new TokenBucket(...TRIES_OF_ALL, now);
    this.#triesOfProven = new TokenBucket(...TRIES_OF_PROVEN, now);
    this.#newSources = new TokenBucket(...NEW_SOURCES, now);
  }

  /** How many sources are proven. */
  get size(): number {
    return this.#proven.size;
  }

  /** The proven source that was asked for last: who speaks to this port. */
  get speaker(): Address | undefined {
    return this.#last === undefined ? undefined : [this.#last.host, this.#last.port];
  }

  /** What may be sent to a proven source; undefined for others. */
  creditOf(host: string, port: number): ReplyCredit | undefined {
    return this.#proven.get(keyOf(host, port))?.credit;
  }

  isProven(host: string, port: number): boolean {
    // Nearly every datagram comes from where the last one came from.
    if (this.#last !== undefined && this.#last.port === port && this.#last.host === host) return true;
    const source = this.#proven.get(keyOf(host, port));
    if (source === undefined) return false;
    this.#last = source;
    return true;
  }

  /** Whether to look into one more message of this source, which costs us a hash. */
  mayTry(host: string, port: number, now: number): boolean {
    if (this.isProven(host, port)) return this.#triesOfProven.take(now);
    const key = keyOf(host, port);
    const own = this.#trying.get(key) ?? new TokenBucket(...TRIES_OF_ONE, now);
    if (this.#trying.size < MAX_TRYING_SOURCES) this.#trying.set(key, own);
    else if (!this.#trying.has(key)) this.#trying.clear();
    return own.take(now) && this.#triesOfAll.take(now);
  }

  /** Notes the proof of a source. Gives whether it is proven now, and the source that had to go for it. */
  prove(host: string, port: number, now: number): { readonly proven: boolean; readonly gone: Address | undefined } {
    const key = keyOf(host, port);
    const known = this.#proven.get(key);
    if (known === undefined && !this.#newSources.take(now)) return { proven: false, gone: undefined };
    // The order of the map is that of the last proofs.
    this.#proven.delete(key);
    this.#last = known ?? { host, port, credit: new ReplyCredit() };
    this.#proven.set(key, this.#last);
    this.#trying.delete(key);
    if (this.#proven.size <= MAX_PROVEN_SOURCES) return { proven: true, gone: undefined };
    const [oldest] = this.#proven;
    const silent = [...this.#proven].slice(0, -1).find(([, { credit }]) => !credit.isOpen) ?? oldest;
    if (silent === undefined) return { proven: true, gone: undefined };
    this.#proven.delete(silent[0]);
    if (this.#last === silent[1]) this.#last = undefined;
    return { proven: true, gone: [silent[1].host, silent[1].port] };
  }
}

function keyOf(host: string, port: number): string {
  return `${port} ${host}`;
}
