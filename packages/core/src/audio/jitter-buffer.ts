import { DepthWatch } from './depth-watch.ts';
import { FRAME_MS } from './frame.ts';

// Numbers, and nothing that is worked out: bundlers drop them where nobody mixes, as in pages.
/** Of the RTP timestamp, at 48 kHz. */
const UNITS_PER_MS = 48;
const FRAME_UNITS = 960;
/** Packets without a playout that are guessed by concealment before the source counts as paused, in ms. */
const CONCEAL_MS = 100;
/** Transit times the jitter is judged by. */
const TRANSITS = 100;
/** Jumps beyond these mean that the source started anew (RFC 3550 appendix A.1). */
const MAX_SEQUENCE_JUMP = 1_000;
/** 10 s. */
const MAX_TIMESTAMP_JUMP = 480_000;
/** 2.5 and 120 ms. */
const SHORTEST_PACKET = 120;
const LONGEST_PACKET = 5_760;

/** One packet of one source, as RTP numbers it (RFC 3550 section 5.1); the payload is the buffer's from then on. */
export interface JitterPacket<Payload> {
  readonly sequenceNumber: number;
  /** At 48 kHz, as everything Opus (RFC 7587). */
  readonly timestamp: number;
  /** How much sound it holds, in 48 kHz samples: 120 (2.5 ms) to 5,760 (120 ms). */
  readonly duration: number;
  readonly payload: Payload;
}

/** What to play next. Durations in 48 kHz samples. */
export type Playout<Payload> =
  | { readonly type: 'packet'; readonly duration: number; readonly payload: Payload }
  /** A packet is missing; `next` is the one right behind it, whose forward error correction may hold it. */
  | { readonly type: 'lost'; readonly duration: number; readonly next: Payload | undefined }
  /** Nothing has arrived in time: conceal. */
  | { readonly type: 'late'; readonly duration: number }
  /** The source is pausing, or has not begun. */
  | { readonly type: 'silence'; readonly duration: number };

/** How deep a {@link JitterBuffer} may be, in ms. */
export interface JitterBufferOptions {
  /** Default 40. */
  readonly minDepthMs?: number;
  /** Default 400; what is beyond is dropped, oldest first. */
  readonly maxDepthMs?: number;
}

/** Counters since the start. */
export interface JitterBufferStats {
  readonly received: number;
  readonly played: number;
  readonly lost: number;
  /** Came after their place had passed, or twice. */
  readonly late: number;
  /** Left out to shorten the delay, loud or quiet. */
  readonly dropped: number;
  readonly concealedMs: number;
  /** Sound held now. */
  readonly depthMs: number;
}

interface Held<Payload> {
  readonly sequence: number;
  readonly time: number;
  readonly duration: number;
  readonly payload: Payload;
}

type Position =
  /** Starts with the first packet held, not before `readyAt`. */
  | { readonly name: 'waiting'; readonly readyAt: number }
  /** `time` is played next; `sequence` is the packet expected there; `concealed` is what was guessed since the last packet. */
  | { readonly name: 'playing'; readonly time: number; readonly sequence: number; readonly concealed: number };

/**
 * Puts the packets of one source in order and hands them out at the pace they are asked for. Starts with a depth that
 * fits the jitter seen, and what comes later than that deepens the buffer. When it has been deeper than needed for two
 * seconds, a quiet packet may be left out, and ten seconds later any, so that a sender's clock may differ and the delay
 * stays bounded; when all came a frame too soon for eight seconds, a quiet one may.
 */
export class JitterBuffer<Payload> {
  readonly #minDepthMs: number;
  readonly #maxDepth: number;
  readonly #held: Held<Payload>[] = [];
  #position: Position = { name: 'waiting', readyAt: 0 };
  /** The newest packet ever, unwrapped: what the next one is counted from. */
  #newest: { readonly sequence: number; readonly time: number } | undefined;
  /** Everything before this sequence has been played, lost or left out. */
  #passed = Number.NEGATIVE_INFINITY;
  readonly #transits: number[] = [];
  readonly #watch = new DepthWatch();
  /** What the pull of a time began with. */
  #pulled: { readonly now: number; readonly time: number } | undefined;
  #counts = { received: 0, played: 0, lost: 0, late: 0, dropped: 0, concealed: 0 };

  constructor(options: JitterBufferOptions = {}) {
    this.#minDepthMs = options.minDepthMs ?? 40;
    this.#maxDepth = (options.maxDepthMs ?? 400) * UNITS_PER_MS;
  }

  /** Takes a packet that arrived at `now` (ms). */
  push(packet: JitterPacket<Payload>, now: number): void {
    this.#counts.received++;
    const place = this.#unwrap(packet);
    const duration = Math.min(LONGEST_PACKET, Math.max(SHORTEST_PACKET, packet.duration));
    this.#measure(now - place.time / UNITS_PER_MS);
    if (place.sequence < this.#passed || this.#held.some(({ sequence }) => sequence === place.sequence)) {
      this.#counts.late++;
      return;
    }
    if (this.#held.length === 0 && this.#position.name === 'waiting') {
      this.#position = { name: 'waiting', readyAt: now + this.#targetMs() };
    }
    this.#insert({ ...place, duration, payload: packet.payload });
    if (this.#pulled !== undefined) {
      const neededAt = this.#pulled.now + (place.time - this.#pulled.time) / UNITS_PER_MS;
      this.#watch.arrived(neededAt - now);
    }
    while (this.#held.length > 1 && this.#depth() > this.#maxDepth) this.#leaveOut();
    if (this.#depth() > this.#maxDepth) this.#jumpToHead();
  }

  /** What to play at `now` (ms), when all that was handed out before has been played. */
  pull(now: number): Playout<Payload> {
    const [head] = this.#held;
    if (this.#position.name === 'waiting') {
      if (head === undefined || now < this.#position.readyAt) return { type: 'silence', duration: FRAME_UNITS };
      this.#counts.lost += Number.isFinite(this.#passed) ? head.sequence - this.#passed : 0;
      this.#position = { name: 'playing', time: head.time, sequence: head.sequence, concealed: 0 };
      this.#watch.begin(now);
    }
    if (head === undefined) return this.#runDry(this.#position);
    if (this.#watch.isOverdue && this.#held.length > 1) {
      this.#leaveOut();
      this.#watch.leftOut('overdue', now);
    }
    if (this.#pulled?.now !== now) this.#pulled = { now, time: this.#position.time };
    const playout = this.#play(this.#held[0] ?? head, this.#position);
    this.#watch.played(this.#depth() / UNITS_PER_MS, now);
    return playout;
  }

  /** Whether the packet that was handed out last may be left out when it is quiet, as the delay is longer than needed. */
  get hasSpare(): boolean {
    return this.#watch.excess > 0 && this.#held.length > 0;
  }

  /** The packet that was handed out last, at `now` (ms), is not played: the next one is to be asked for in its stead. */
  leftOut(now: number): void {
    this.#counts.played--;
    this.#counts.dropped++;
    this.#watch.leftOut('quiet', now);
    this.#pulled = undefined;
  }

  /** What has arrived and was not played, in order: it stays. */
  held(): Payload[] {
    return this.#held.map(({ payload }) => payload);
  }

  stats(): JitterBufferStats {
    const { concealed, ...counts } = this.#counts;
    return { ...counts, concealedMs: concealed / UNITS_PER_MS, depthMs: this.#depth() / UNITS_PER_MS };
  }

  /** Forgets the source: the next packet begins a new one. Counters stay. */
  reset(): void {
    this.#held.length = 0;
    this.#transits.length = 0;
    this.#newest = undefined;
    this.#passed = Number.NEGATIVE_INFINITY;
    this.#position = { name: 'waiting', readyAt: 0 };
    this.#pulled = undefined;
  }

  #unwrap(packet: JitterPacket<Payload>): { sequence: number; time: number } {
    const newest = this.#newest;
    if (newest !== undefined) {
      const sequence = newest.sequence + (((packet.sequenceNumber - newest.sequence) << 16) >> 16);
      const time = newest.time + ((packet.timestamp - newest.time) | 0);
      const near =
        Math.abs(sequence - newest.sequence) <= MAX_SEQUENCE_JUMP && Math.abs(time - newest.time) <= MAX_TIMESTAMP_JUMP;
      if (near) {
        if (sequence > newest.sequence) this.#newest = { sequence, time };
        return { sequence, time };
      }
      this.#counts.dropped += this.#held.length;
      this.reset();
    }
    this.#newest = { sequence: packet.sequenceNumber, time: packet.timestamp };
    return this.#newest;
  }

  #measure(transit: number): void {
    this.#transits.push(transit);
    if (this.#transits.length > TRANSITS) this.#transits.shift();
  }

  #targetMs(): number {
    const sorted = [...this.#transits].sort((a, b) => a - b);
    const high = sorted[Math.floor((sorted.length - 1) * 0.95)] ?? 0;
    const jitter = high - (sorted[0] ?? 0);
    return Math.min(this.#maxDepth / UNITS_PER_MS / 2, Math.max(this.#minDepthMs, jitter + FRAME_MS));
  }

  #insert(packet: Held<Payload>): void {
    let index = this.#held.length;
    while (index > 0 && (this.#held[index - 1]?.sequence ?? 0) > packet.sequence) index--;
    this.#held.splice(index, 0, packet);
  }

  #depth(): number {
    const [first] = this.#held;
    const last = this.#held[this.#held.length - 1];
    if (first === undefined || last === undefined) return 0;
    const from = this.#position.name === 'playing' ? Math.min(this.#position.time, first.time) : first.time;
    return Math.max(last.time + last.duration - from, this.#held.length * SHORTEST_PACKET);
  }

  #leaveOut(): void {
    const left = this.#held.shift();
    if (left === undefined) return;
    this.#counts.dropped++;
    this.#counts.lost += this.#position.name === 'playing' ? left.sequence - this.#passed : 0;
    this.#passed = left.sequence + 1;
    this.#jumpToHead();
  }

  #jumpToHead(): void {
    const [head] = this.#held;
    if (this.#position.name !== 'playing' || head === undefined) return;
    this.#counts.lost += Math.max(0, head.sequence - this.#passed);
    this.#passed = head.sequence;
    this.#position = { name: 'playing', time: head.time, sequence: head.sequence, concealed: 0 };
  }

  #runDry(position: Extract<Position, { name: 'playing' }>): Playout<Payload> {
    const concealed = position.concealed + FRAME_UNITS;
    if (concealed > CONCEAL_MS * UNITS_PER_MS) {
      this.#position = { name: 'waiting', readyAt: 0 };
      this.#pulled = undefined;
      return { type: 'silence', duration: FRAME_UNITS };
    }
    this.#position = { ...position, concealed };
    this.#counts.concealed += FRAME_UNITS;
    return { type: 'late', duration: FRAME_UNITS };
  }

  #play(head: Held<Payload>, position: Extract<Position, { name: 'playing' }>): Playout<Payload> {
    const missing = head.sequence - position.sequence;
    // What was guessed while the buffer was empty has already filled this much of a gap.
    const time = Math.min(Math.max(position.time, head.time), position.time + position.concealed);
    const gap = head.time - time;
    if (missing > 0 && gap > 0) {
      const duration = Math.min(LONGEST_PACKET, Math.max(SHORTEST_PACKET, Math.floor(gap / missing)));
      this.#counts.lost++;
      this.#position = { name: 'playing', time: time + duration, sequence: position.sequence + 1, concealed: 0 };
      this.#passed = position.sequence + 1;
      return { type: 'lost', duration, next: missing === 1 ? head.payload : undefined };
    }
    this.#counts.lost += missing;
    if (gap > 0) {
      const duration = Math.min(gap, FRAME_UNITS);
      this.#position = { name: 'playing', time: time + duration, sequence: head.sequence, concealed: 0 };
      return { type: 'silence', duration };
    }
    this.#held.shift();
    this.#counts.played++;
    this.#passed = head.sequence + 1;
    const next = head.time + head.duration;
    this.#position = { name: 'playing', time: next, sequence: head.sequence + 1, concealed: 0 };
    return { type: 'packet', duration: head.duration, payload: head.payload };
  }
}
