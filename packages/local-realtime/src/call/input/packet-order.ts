import type { InboundAudio } from '@voice-bridge/media-node';

/** What to do next to keep one unbroken line of sound. */
export type SoundStep =
  | { readonly type: 'packet'; readonly payload: Uint8Array }
  /** `durationMs` of sound was lost right before `next`. */
  | { readonly type: 'lost'; readonly durationMs: number; readonly next: Uint8Array }
  | { readonly type: 'silence'; readonly durationMs: number };

type Arrival =
  | { readonly name: 'waiting' }
  | { readonly name: 'flowing'; readonly lastAt: number }
  /** No packet for a while: silence covers wall time up to `coveredUntil`. */
  | { readonly name: 'starved'; readonly coveredUntil: number; readonly filledMs: number };

const REORDER_WAIT_MS = 60;
const STARVED_AFTER_MS = 120;
const FILL_MS = 20;
const MAX_HELD = 8;
const MAX_TOP_UP_MS = 1_000;
const MAX_JUMP = 1_000;
const TICKS_PER_MS = 48;

/**
 * Puts inbound packets in order without delaying those that come in order: only behind a gap do packets wait, at most 60 ms.
 * When packets stop for 120 ms, silence takes their place in wall-clock time, so that a turn still ends (also for DTX, RFC 7587 section 3.1.3).
 */
export class PacketOrder {
  readonly #durationMs: (payload: Uint8Array) => number;
  readonly #held = new Map<number, InboundAudio>();
  #arrival: Arrival = { name: 'waiting' };
  #expected: { ssrc: number; sequence: number; timestamp: number } | undefined;
  #gapSince = 0;

  /** `durationMs` reads a packet's length from its TOC byte (RFC 6716 section 3.1). */
  constructor(durationMs: (payload: Uint8Array) => number) {
    this.#durationMs = durationMs;
  }

  /** Takes one packet that arrived at `now`; its payload is copied when it has to wait. */
  push(packet: InboundAudio, now: number): SoundStep[] {
    const expected = this.#expected;
    const ahead = expected === undefined ? 0 : signed16(packet.sequenceNumber - expected.sequence);
    if (expected === undefined || packet.ssrc !== expected.ssrc || Math.abs(ahead) > MAX_JUMP) {
      this.#held.clear();
      this.#expected = { ssrc: packet.ssrc, sequence: packet.sequenceNumber, timestamp: packet.timestamp };
      return this.#take(packet, now);
    }
    if (ahead < 0) return [];
    if (ahead === 0) {
      const steps = this.#take(packet, now);
      return [...steps, ...this.#takeHeld(now)];
    }
    if (this.#held.size === 0) this.#gapSince = now;
    this.#held.set(packet.sequenceNumber, { ...packet, payload: packet.payload.slice() });
    return this.#held.size > MAX_HELD ? this.#skipGap(now) : [];
  }

  /** Gives what time alone brings: the end of a wait, or silence. */
  pull(now: number): SoundStep[] {
    if (this.#held.size > 0) return now - this.#gapSince >= REORDER_WAIT_MS ? this.#skipGap(now) : [];
    const arrival = this.#arrival;
    if (arrival.name === 'waiting') return [];
    const coveredUntil = arrival.name === 'starved' ? arrival.coveredUntil : arrival.lastAt;
    const missingMs = now - coveredUntil;
    if (missingMs < (arrival.name === 'starved' ? FILL_MS : STARVED_AFTER_MS)) return [];
    const durationMs = Math.floor(missingMs / FILL_MS) * FILL_MS;
    const filledMs = (arrival.name === 'starved' ? arrival.filledMs : 0) + durationMs;
    this.#arrival = { name: 'starved', coveredUntil: coveredUntil + durationMs, filledMs };
    return [{ type: 'silence', durationMs }];
  }

  #take(packet: InboundAudio, now: number): SoundStep[] {
    const steps: SoundStep[] = [];
    const gapMs = this.#gapMs(packet);
    if (gapMs > 0) steps.push({ type: 'silence', durationMs: gapMs });
    steps.push({ type: 'packet', payload: packet.payload });
    this.#passed(packet, now);
    return steps;
  }

  #takeHeld(now: number): SoundStep[] {
    const steps: SoundStep[] = [];
    for (;;) {
      const next = this.#held.get(this.#expected?.sequence ?? -1);
      if (next === undefined) return steps;
      this.#held.delete(next.sequenceNumber);
      steps.push(...this.#take(next, now));
      this.#gapSince = now;
    }
  }

  #skipGap(now: number): SoundStep[] {
    const expected = this.#expected;
    if (expected === undefined) return [];
    let next: InboundAudio | undefined;
    for (const packet of this.#held.values()) {
      if (next === undefined || signed16(packet.sequenceNumber - next.sequenceNumber) < 0) next = packet;
    }
    if (next === undefined) return [];
    this.#held.delete(next.sequenceNumber);
    const lostMs = this.#gapMs(next);
    const steps: SoundStep[] = lostMs > 0 ? [{ type: 'lost', durationMs: lostMs, next: next.payload }] : [];
    steps.push({ type: 'packet', payload: next.payload });
    this.#passed(next, now);
    this.#gapSince = now;
    return [...steps, ...this.#takeHeld(now)];
  }

  /** Time between the last packet's end and this one's start that no silence has covered yet. */
  #gapMs(packet: InboundAudio): number {
    const ticks = signed32(packet.timestamp - (this.#expected?.timestamp ?? packet.timestamp));
    const filledMs = this.#arrival.name === 'starved' ? this.#arrival.filledMs : 0;
    return Math.min(Math.max(ticks / TICKS_PER_MS - filledMs, 0), MAX_TOP_UP_MS);
  }

  #passed(packet: InboundAudio, now: number): void {
    this.#expected = {
      ssrc: packet.ssrc,
      sequence: (packet.sequenceNumber + 1) & 0xffff,
      timestamp: (packet.timestamp + this.#durationMs(packet.payload) * TICKS_PER_MS) >>> 0,
    };
    this.#arrival = { name: 'flowing', lastAt: now };
  }
}

function signed16(value: number): number {
  return (value << 16) >> 16;
}

function signed32(value: number): number {
  return value | 0;
}
