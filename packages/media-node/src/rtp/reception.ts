import type { InboundRtpStats } from '@voice-bridge/core';
import type { InboundAudio } from '../connection/media-connection.ts';
import { linearLevel } from './audio-level.ts';
import { compactDuration } from './ntp-time.ts';
import type { ReportBlock } from './rtcp-packet.ts';
import { extendSequence, timestampDistance, wrapTimestamp } from './sequence.ts';

/** Further than this from the highest seen, a sequence number is a new start, not a loss (RFC 3550 section A.1). */
const MAX_DROPOUT = 3_000;
const UNITS_PER_MS = 48;
/** A timestamp this far off its arrival, in RTP units, is a new start of the source's clock, not jitter. */
const MAX_TRANSIT_CHANGE = 10 * 48_000;

/** How one source arrives: loss and jitter as RFC 3550 counts them (sections 6.4.1, A.3 and A.8). Times in ms. */
export class Reception {
  readonly ssrc: number;
  #received = 0;
  #bytes = 0;
  #headerBytes = 0;
  #audioLevel: number | undefined;
  /** Lost before the source last began anew. */
  #lostBefore = 0;
  #first: number;
  #highest: number;
  #receivedOfRun = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  /** Not a number until there is one: a packet must cost no memory. */
  #transit = Number.NaN;
  #jitter = 0;
  #lastAt = Number.NEGATIVE_INFINITY;
  #senderReport: { readonly compactNtp: number; readonly at: number } | undefined;

  /** Begins with the source's first packet, which is still to be counted. */
  constructor({ ssrc, sequenceNumber }: InboundAudio) {
    this.ssrc = ssrc;
    this.#first = sequenceNumber;
    this.#highest = sequenceNumber;
  }

  get received(): number {
    return this.#received;
  }

  /** Bytes of payload. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Expected less received, since the beginning; negative when more came twice than was lost. */
  get lost(): number {
    return this.#lostBefore + this.#expectedOfRun() - this.#receivedOfRun;
  }

  /** When the newest packet came. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Counts a packet with `headerBytes` besides its payload. */
  count(packet: InboundAudio, headerBytes: number, now: number): void {
    const sequence = extendSequence(packet.sequenceNumber, this.#highest);
    if (Math.abs(sequence - this.#highest) > MAX_DROPOUT) this.#beginAnew(packet.sequenceNumber);
    else if (sequence > this.#highest) this.#highest = sequence;
    else if (sequence < this.#first) this.#first = sequence;
    this.#received++;
    this.#receivedOfRun++;
    this.#bytes += packet.payload.length;
    this.#headerBytes += headerBytes;
    this.#audioLevel = packet.audioLevel;
    this.#lastAt = now;
    this.#measure(wrapTimestamp(now * UNITS_PER_MS - packet.timestamp));
  }

  /** Takes note of the source's own report, which the other side measures the round-trip time by. */
  reported(compactNtp: number, now: number): void {
    this.#senderReport = { compactNtp, at: now };
  }

  /** What to report of it: loss since the report before this one, and all else since the beginning. */
  report(now: number): ReportBlock {
    const expected = this.#expectedOfRun();
    const expectedNow = expected - this.#expectedBefore;
    const lostNow = expectedNow - (this.#receivedOfRun - this.#receivedBefore);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#receivedOfRun;
    const report = this.#senderReport;
    return {
      ssrc: this.ssrc,
      fractionLost: expectedNow <= 0 || lostNow <= 0 ? 0 : Math.min(255, Math.floor((lostNow * 256) / expectedNow)),
      packetsLost: this.lost,
      highestSequence: wrapTimestamp(this.#highest),
      jitter: Math.floor(this.#jitter),
      lastSenderReport: report?.compactNtp ?? 0,
      delaySinceLastSenderReport: report === undefined ? 0 : compactDuration(now - report.at),
    };
  }

  /** `epochMs` is the Unix time at which the clock had 0. */
  stats(now: number, epochMs: number): InboundRtpStats {
    return {
      type: 'inbound-rtp',
      id: `inbound-rtp ${this.ssrc}`,
      timestamp: epochMs + now,
      kind: 'audio',
      ssrc: this.ssrc,
      packetsReceived: this.#received,
      packetsLost: this.lost,
      jitter: this.#jitter / UNITS_PER_MS / 1_000,
      bytesReceived: this.#bytes,
      headerBytesReceived: this.#headerBytes,
      lastPacketReceivedTimestamp: epochMs + this.#lastAt,
      audioLevel: this.#audioLevel === undefined ? undefined : linearLevel(this.#audioLevel),
    };
  }

  #expectedOfRun(): number {
    return this.#highest - this.#first + 1;
  }

  #beginAnew(sequenceNumber: number): void {
    this.#lostBefore = this.lost;
    this.#first = sequenceNumber;
    this.#highest = sequenceNumber;
    this.#receivedOfRun = 0;
    this.#expectedBefore = 0;
    this.#receivedBefore = 0;
    this.#transit = Number.NaN;
  }

  #measure(transit: number): void {
    const change = Math.abs(timestampDistance(this.#transit, transit));
    this.#transit = transit;
    if (change <= MAX_TRANSIT_CHANGE) this.#jitter += (change - this.#jitter) / 16;
  }
}
