import type { InboundAudio, OutboundAudio } from '../connection/media-connection.ts';
import { opusPacketDuration } from './opus-toc.ts';
import { SentWindow } from './sent-window.ts';
import { extendSequence, timestampDistance, wrapSequence, wrapTimestamp } from './sequence.ts';

/** The source id of silence: it interrupts a source instead of replacing it. */
export const SILENCE_SOURCE = '\u0000silence';

/** RTP timestamp units per ms (RFC 7587 section 4.1). */
const UNITS_PER_MS = 48;
/** A jump of sequence numbers further than this is a new start, not a loss (RFC 3550 section A.1). */
const MAX_DROPOUT = 3_000;
/** A timestamp this far ahead of the wall clock, in ms, is a new start, not a pause. */
const MAX_TIMESTAMP_LEAD_MS = 10_000;
/** Sources that were left and are remembered, so that their late packets stay out. */
const MAX_LEFT_SOURCES = 256;

/** The outbound line of one SSRC: numbers here are endless, they wrap when they leave. */
interface Line {
  sequence: number;
  timestamp: number;
  /** Samples at 48 kHz of the newest packet, and when it went out. */
  duration: number;
  at: number;
}

/** A source that had the line: how far it got, when, and whether it may come back. */
interface LeftSource {
  readonly id: string;
  readonly highest: number;
  readonly highestTimestamp: number;
  /** Where on the line its newest packet is, and when that went out. */
  readonly lineTimestamp: number;
  readonly at: number;
  barred: boolean;
}

/** The source that has the line now. */
interface Source {
  readonly id: string;
  readonly ssrc: number;
  /** Outbound less inbound sequence number: constant, so that gaps and reordering stay visible. */
  readonly offset: number;
  readonly firstSequence: number;
  readonly firstTimestamp: number;
  highest: number;
  highestTimestamp: number;
  /** The sequence number that would prove that the source really began anew. */
  restartAt: number | undefined;
}

/** The packet that goes out, filled anew for each. */
interface Outgoing {
  sequenceNumber: number;
  timestamp: number;
  marker: boolean;
  payload: Uint8Array;
  audioLevel: number | undefined;
  voiceActivity: boolean | undefined;
}

/**
 * Sends the packets of changing sources on as one RTP stream, unopened.
 * Within a source the sequence offset is constant; a packet of another source id (or SSRC) is a switch, after which the
 * old source's packets are dropped until `select`. One timestamp line runs through all of it, at a switch by the wall
 * clock. The marker is on the first packet after a switch or a DTX gap. No sequence number goes out twice.
 */
export class RtpForwarder {
  readonly #line: Line;
  readonly #sent = new SentWindow();
  readonly #left = new Map<string, LeftSource>();
  readonly #outgoing: Outgoing;
  #source: Source | undefined;
  #started = false;

  /** `start` is what the first packet carries: random values, given by the owner (RFC 3550 section 5.1). */
  constructor(start: { readonly sequenceNumber: number; readonly timestamp: number }) {
    this.#line = { sequence: start.sequenceNumber - 1, timestamp: start.timestamp, duration: 0, at: 0 };
    this.#outgoing = {
      sequenceNumber: 0,
      timestamp: 0,
      marker: false,
      payload: new Uint8Array(0),
      audioLevel: undefined,
      voiceActivity: undefined,
    };
  }

  /**
   * Gives the packet as it goes out, or undefined when it must not: late after a switch, a duplicate, or no Opus.
   * `now` is in ms. The payload is the inbound one, not a copy; what is given is the same object every time, valid until
   * the next call.
   */
  push(packet: InboundAudio, sourceId: string, now: number): OutboundAudio | undefined {
    const duration = opusPacketDuration(packet.payload);
    if (duration === undefined) return undefined;
    const source = this.#source;
    if (source === undefined || source.ssrc !== packet.ssrc || source.id !== sourceId) {
      return this.#switch(sourceId, packet, duration, now);
    }
    const sequence = extendSequence(packet.sequenceNumber, source.highest);
    const distance = sequence - source.highest;
    if (distance > MAX_DROPOUT || distance < -this.#sent.size) return this.#restart(source, packet, duration, now);
    source.restartAt = undefined;
    if (distance > 0) return this.#newer(source, sequence, packet, duration, now);
    return this.#older(source, sequence, packet);
  }

  /** Lets a source that was left have the line again, from its next new packet on. */
  select(sourceId: string): void {
    for (const left of this.#left.values()) {
      if (left.id === sourceId) left.barred = false;
    }
  }

  /** The first packet of another source: joins the line right behind its newest packet. */
  #switch(id: string, packet: InboundAudio, duration: number, now: number): OutboundAudio | undefined {
    const key = keyOf(packet.ssrc, id);
    const left = this.#left.get(key);
    if (left !== undefined) {
      const distance = extendSequence(packet.sequenceNumber, left.highest) - left.highest;
      if (left.barred || (distance <= 0 && distance >= -this.#sent.size)) return undefined;
    }
    const interrupted = this.#source?.id === SILENCE_SOURCE ? left : undefined;
    this.#leave(id);
    this.#left.delete(key);
    return this.#join(id, packet, duration, now, interrupted);
  }

  #leave(next: string): void {
    const old = this.#source;
    if (old !== undefined) {
      const { id, ssrc, highest, highestTimestamp } = old;
      const { timestamp: lineTimestamp, at } = this.#line;
      this.#left.set(keyOf(ssrc, id), { id, highest, highestTimestamp, lineTimestamp, at, barred: false });
    }
    if (next === SILENCE_SOURCE) return;
    for (const left of this.#left.values()) {
      if (left.id !== SILENCE_SOURCE) left.barred = true;
    }
    for (const key of this.#left.keys()) {
      if (this.#left.size <= MAX_LEFT_SOURCES) break;
      this.#left.delete(key);
    }
  }

  #join(id: string, packet: InboundAudio, duration: number, now: number, interrupted?: LeftSource): OutboundAudio {
    const sequence = this.#line.sequence + 1;
    const advance = this.#started ? this.#joinAdvance(packet, now, interrupted) : 0;
    this.#started = true;
    this.#source = {
      id,
      ssrc: packet.ssrc,
      offset: sequence - packet.sequenceNumber,
      firstSequence: sequence,
      firstTimestamp: this.#line.timestamp + advance,
      highest: packet.sequenceNumber,
      highestTimestamp: packet.timestamp,
      restartAt: undefined,
    };
    return this.#advance(sequence, advance, packet, duration, now, true);
  }

  #newer(source: Source, sequence: number, packet: InboundAudio, duration: number, now: number): OutboundAudio {
    const passed = timestampDistance(source.highestTimestamp, packet.timestamp);
    const sane = isSane(passed, now - this.#line.at);
    const expected = this.#line.duration * (sequence - source.highest);
    source.highest = sequence;
    source.highestTimestamp = packet.timestamp;
    const marker = packet.marker || !sane || passed > expected;
    const advance = sane ? passed : this.#wallClockAdvance(now);
    return this.#advance(sequence + source.offset, advance, packet, duration, now, marker);
  }

  /** Reordered: fills its place when that is this source's and still empty. */
  #older(source: Source, sequence: number, packet: InboundAudio): OutboundAudio | undefined {
    const outbound = sequence + source.offset;
    const timestamp = this.#line.timestamp + timestampDistance(source.highestTimestamp, packet.timestamp);
    const ownPlace = outbound > source.firstSequence && timestamp > source.firstTimestamp;
    if (!ownPlace || timestamp >= this.#line.timestamp || !this.#sent.take(outbound)) return undefined;
    return this.#send(outbound, timestamp, packet.marker, packet);
  }

  /** Far off: two in a row prove that the source began anew (RFC 3550 section A.1); it joins the line again. */
  #restart(source: Source, packet: InboundAudio, duration: number, now: number): OutboundAudio | undefined {
    if (packet.sequenceNumber === source.restartAt) {
      return this.#join(source.id, packet, duration, now);
    }
    source.restartAt = wrapSequence(packet.sequenceNumber + 1);
    return undefined;
  }

  #advance(
    sequence: number,
    advance: number,
    packet: InboundAudio,
    duration: number,
    now: number,
    marker: boolean,
  ): OutboundAudio {
    const line = this.#line;
    line.sequence = sequence;
    line.timestamp += advance;
    line.duration = duration;
    line.at = now;
    this.#sent.take(sequence);
    return this.#send(sequence, line.timestamp, marker, packet);
  }

  #send(sequence: number, timestamp: number, marker: boolean, packet: InboundAudio): OutboundAudio {
    const outgoing = this.#outgoing;
    outgoing.sequenceNumber = wrapSequence(sequence);
    outgoing.timestamp = wrapTimestamp(timestamp);
    outgoing.marker = marker;
    outgoing.payload = packet.payload;
    outgoing.audioLevel = packet.audioLevel;
    outgoing.voiceActivity = packet.voiceActivity;
    return outgoing;
  }

  /** After silence a source goes on in its own time, or right behind the silence that stood in for its late packets. */
  #joinAdvance(packet: InboundAudio, now: number, interrupted: LeftSource | undefined): number {
    if (interrupted === undefined) return this.#wallClockAdvance(now);
    const passed = timestampDistance(interrupted.highestTimestamp, packet.timestamp);
    if (!isSane(passed, now - interrupted.at)) return this.#wallClockAdvance(now);
    return Math.max(this.#line.duration, interrupted.lineTimestamp + passed - this.#line.timestamp);
  }

  /** How far the line moves when no source says it: as long as it took, and never into the packet before. */
  #wallClockAdvance(now: number): number {
    return Math.max(this.#line.duration, Math.round((now - this.#line.at) * UNITS_PER_MS));
  }
}

/** Whether a source's timestamps may have moved by `passed` in `elapsedMs`. */
function isSane(passed: number, elapsedMs: number): boolean {
  return passed > 0 && passed <= (elapsedMs + MAX_TIMESTAMP_LEAD_MS) * UNITS_PER_MS;
}

function keyOf(ssrc: number, id: string): string {
  return `${ssrc} ${id}`;
}
