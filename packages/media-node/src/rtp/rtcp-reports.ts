import type { MediaStats, OutboundRtpStats, RemoteInboundRtpStats } from '@voice-bridge/core';
import type { InboundAudio, OutboundAudio } from '../connection/media-connection.ts';
import { compactNtp, type NtpTime, ntpTime, roundTripSeconds } from './ntp-time.ts';
import { Reception } from './reception.ts';
import { reportInterval } from './rtcp-interval.ts';
import { parseRtcp, type ReportBlock } from './rtcp-packet.ts';
import { type SenderInfo, writeGoodbye, writeName, writeReport } from './rtcp-writer.ts';
import { timestampDistance, wrapTimestamp } from './sequence.ts';

const UNITS_PER_MS = 48;
/** Sources counted apart; beyond them the one that was silent longest is forgotten. */
const MAX_SOURCES = 8;
/** What UDP and IP put in front of a packet counts as RTCP bandwidth (RFC 3550 section 6.2). */
const UDP_IP_BYTES = 28;
/** What our first compound packet is expected to be long: a report with one block, and a short name. */
const FIRST_BYTES = 90;

/** Who reports. */
export interface RtcpReportsOptions {
  /** Of our outbound stream. */
  readonly ssrc: number;
  /** The name that our session description gives with it. */
  readonly cname: string;
  /** Unix time in ms at which the clock that gives `now` had 0. */
  readonly epochMs: number;
  /** Numbers from 0 to 1. */
  readonly random: () => number;
}

/**
 * The RTCP of one connection (RFC 3550 section 6): counts what comes and goes, reads the other side's reports, and writes
 * ours when they are due. Every `now` is in ms, on one clock.
 */
export class RtcpReports {
  readonly #options: RtcpReportsOptions;
  readonly #startedAt: number;
  readonly #receptions = new Map<number, Reception>();
  /** The source heard last. */
  #newest: Reception | undefined;
  readonly #forgotten = { received: 0, lost: 0, bytes: 0 };
  readonly #sent = { packets: 0, bytes: 0, headerBytes: 0, timestamp: 0, at: Number.NEGATIVE_INFINITY };
  /** What the other side last said of our stream. */
  #remote: ReportBlock | undefined;
  #roundTripTime: number | undefined;
  #roundTrips = { total: 0, count: 0 };
  #averageBytes = FIRST_BYTES + UDP_IP_BYTES;
  /** When we reported last, and the time before; until then when we began. */
  #reportedAt: number;
  #reportedBefore: number;
  #reports = 0;
  #nextAt: number;

  constructor(options: RtcpReportsOptions, now: number) {
    this.#options = options;
    this.#startedAt = now;
    this.#reportedAt = now;
    this.#reportedBefore = now;
    this.#nextAt = now + this.#interval();
  }

  /** Packets received, of every source. */
  get packetsReceived(): number {
    return this.#sum('received');
  }

  /** Packets missing, of every source; never negative, though packets that came twice count as received. */
  get packetsLost(): number {
    return Math.max(0, this.#sum('lost'));
  }

  /** Bytes of payload received, of every source. */
  get bytesReceived(): number {
    return this.#sum('bytes');
  }

  get packetsSent(): number {
    return this.#sent.packets;
  }

  /** Bytes of payload sent. */
  get bytesSent(): number {
    return this.#sent.bytes;
  }

  /** When `pull` has something to send, unless it finds then that it is too early still. */
  get nextAt(): number {
    return this.#nextAt;
  }

  /** Counts one inbound packet, with `headerBytes` besides its payload. */
  rtpReceived(packet: InboundAudio, headerBytes: number, now: number): void {
    let reception = this.#newest;
    if (reception?.ssrc !== packet.ssrc) {
      reception = this.#receptions.get(packet.ssrc) ?? this.#newSource(packet);
      this.#newest = reception;
    }
    reception.count(packet, headerBytes, now);
  }

  /** Counts one packet of ours, with `headerBytes` besides its payload. */
  rtpSent(packet: OutboundAudio, headerBytes: number, now: number): void {
    const sent = this.#sent;
    sent.packets++;
    sent.bytes += packet.payload.length;
    sent.headerBytes += headerBytes;
    // A reordered packet is from earlier: the line of time is the newest one's.
    if (sent.packets > 1 && timestampDistance(sent.timestamp, packet.timestamp) <= 0) return;
    sent.timestamp = packet.timestamp;
    sent.at = now;
  }

  /** Takes the decrypted compound packet in the first `length` bytes; false, and nothing of it counts, when it is malformed. */
  push(bytes: Uint8Array, length: number, now: number): boolean {
    const packets = parseRtcp(bytes, length);
    if (!packets.ok) return false;
    this.#weigh(length);
    for (const packet of packets.value) {
      if (packet.type !== 'senderReport' && packet.type !== 'receiverReport') continue;
      if (packet.type === 'senderReport') {
        const time = compactNtp({ seconds: packet.ntpSeconds, fraction: packet.ntpFraction });
        this.#receptions.get(packet.ssrc)?.reported(time, now);
      }
      for (const block of packet.reports) if (block.ssrc === this.#options.ssrc) this.#takeReport(block, now);
    }
    return true;
  }

  /** Writes the report that is due; gives its length, 0 when it is too early. Drawn anew at that moment (RFC 3550 section 6.3.6). */
  pull(bytes: Uint8Array, now: number): number {
    if (now < this.#nextAt) return 0;
    this.#nextAt = this.#reportedAt + this.#interval();
    if (now < this.#nextAt) return 0;
    const length = this.#write(bytes, now);
    this.#weigh(length);
    this.#reports++;
    this.#reportedBefore = this.#reportedAt;
    this.#reportedAt = now;
    this.#nextAt = now + this.#interval();
    return length;
  }

  /** Writes the last report of our stream, with its end (RFC 3550 section 6.3.7: at once, as there are few of us); gives its length. */
  goodbye(bytes: Uint8Array, now: number): number {
    return writeGoodbye(bytes, this.#write(bytes, now), this.#options.ssrc);
  }

  /** The entries of `getStats()` that are about streams, in Unix time. */
  stats(now: number): readonly MediaStats[] {
    const { epochMs } = this.#options;
    const remote = this.#remoteStats(epochMs + now);
    return [
      ...[...this.#receptions.values()].map((reception) => reception.stats(now, epochMs)),
      this.#outboundStats(epochMs + now),
      ...(remote === undefined ? [] : [remote]),
    ];
  }

  #newSource(packet: InboundAudio): Reception {
    if (this.#receptions.size >= MAX_SOURCES) this.#forgetOne();
    const reception = new Reception(packet);
    this.#receptions.set(packet.ssrc, reception);
    return reception;
  }

  #forgetOne(): void {
    const [oldest] = [...this.#receptions.values()].sort((a, b) => a.lastAt - b.lastAt);
    if (oldest === undefined) return;
    this.#receptions.delete(oldest.ssrc);
    this.#forgotten.received += oldest.received;
    this.#forgotten.lost += oldest.lost;
    this.#forgotten.bytes += oldest.bytes;
  }

  #sum(name: 'received' | 'lost' | 'bytes'): number {
    let sum = this.#forgotten[name];
    for (const reception of this.#receptions.values()) sum += reception[name];
    return sum;
  }

  #takeReport(block: ReportBlock, now: number): void {
    this.#remote = block;
    const measured = roundTripSeconds(this.#ntp(now), block.lastSenderReport, block.delaySinceLastSenderReport);
    // Nothing of ours can be older than we are: what says so is made up.
    if (measured === undefined || measured * 1_000 > now - this.#startedAt) return;
    this.#roundTripTime = measured;
    this.#roundTrips = { total: this.#roundTrips.total + measured, count: this.#roundTrips.count + 1 };
  }

  #write(bytes: Uint8Array, now: number): number {
    const { ssrc, cname } = this.#options;
    const heard = [...this.#receptions.values()].filter(({ lastAt }) => lastAt > this.#reportedAt);
    const blocks = heard.map((reception) => reception.report(now));
    const sender = this.#weSend() ? this.#senderInfo(now) : undefined;
    return writeName(bytes, writeReport(bytes, 0, ssrc, sender, blocks), ssrc, cname);
  }

  #senderInfo(now: number): SenderInfo {
    const { packets, bytes, timestamp, at } = this.#sent;
    const { seconds, fraction } = this.#ntp(now);
    return {
      ntpSeconds: seconds,
      ntpFraction: fraction,
      rtpTimestamp: wrapTimestamp(timestamp + Math.round((now - at) * UNITS_PER_MS)),
      packetCount: packets,
      octetCount: bytes,
    };
  }

  /** Whether we sent audio since the report before the last one (RFC 3550 section 6.4). */
  #weSend(): boolean {
    return this.#sent.at >= this.#reportedBefore;
  }

  #interval(): number {
    const sources = [...this.#receptions.values()];
    const weSend = this.#weSend();
    const conditions = {
      members: 1 + Math.max(1, sources.length),
      senders: (weSend ? 1 : 0) + sources.filter(({ lastAt }) => lastAt >= this.#reportedBefore).length,
      weSend,
      averageBytes: this.#averageBytes,
      initial: this.#reports === 0,
    };
    return reportInterval(conditions, this.#options.random());
  }

  #weigh(length: number): void {
    this.#averageBytes += (length + UDP_IP_BYTES - this.#averageBytes) / 16;
  }

  #ntp(now: number): NtpTime {
    return ntpTime(this.#options.epochMs + now);
  }

  #outboundStats(timestamp: number): OutboundRtpStats {
    const { packets, bytes, headerBytes } = this.#sent;
    const { ssrc } = this.#options;
    return {
      type: 'outbound-rtp',
      id: `outbound-rtp ${ssrc}`,
      timestamp,
      kind: 'audio',
      ssrc,
      packetsSent: packets,
      bytesSent: bytes,
      headerBytesSent: headerBytes,
    };
  }

  #remoteStats(timestamp: number): RemoteInboundRtpStats | undefined {
    const report = this.#remote;
    if (report === undefined) return undefined;
    const { ssrc } = this.#options;
    return {
      type: 'remote-inbound-rtp',
      id: `remote-inbound-rtp ${ssrc}`,
      timestamp,
      kind: 'audio',
      ssrc,
      localId: `outbound-rtp ${ssrc}`,
      packetsLost: report.packetsLost,
      fractionLost: report.fractionLost / 256,
      jitter: report.jitter / UNITS_PER_MS / 1_000,
      roundTripTime: this.#roundTripTime,
      totalRoundTripTime: this.#roundTrips.total,
      roundTripTimeMeasurements: this.#roundTrips.count,
    };
  }
}
