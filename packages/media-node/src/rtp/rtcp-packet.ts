import { type Parsed, parsedOk, parsedProblem } from '@voice-bridge/core';
import { uint16, uint32 } from './rtp-packet.ts';

/** Packet types (RFC 3550 section 12.1). */
export const RTCP_TYPES = { senderReport: 200, receiverReport: 201, sourceDescription: 202, goodbye: 203 } as const;
/** Bytes of one report block (RFC 3550 section 6.4.1). */
export const REPORT_BLOCK_BYTES = 24;
/** The item of a source description that names the participant (RFC 3550 section 6.5.1). */
export const CNAME_ITEM = 1;

/** Packets in one compound packet: sane ones have a handful. */
const MAX_PACKETS = 64;
const HEADER_BYTES = 4;
const SSRC_BYTES = 4;
const SENDER_INFO_BYTES = 20;
const END_OF_ITEMS = 0;

/** How one receiver got one source (RFC 3550 section 6.4.1). */
export interface ReportBlock {
  /** The source that is reported on. */
  readonly ssrc: number;
  /** Of the packets expected since the report before, in 256ths. */
  readonly fractionLost: number;
  /** Since the beginning; negative when duplicates came. */
  readonly packetsLost: number;
  /** Wraps in the upper 16 bits, the highest sequence number in the lower. */
  readonly highestSequence: number;
  /** In units of the RTP timestamp. */
  readonly jitter: number;
  /** The middle 32 bits of the NTP time of the last sender report of the source; 0: there was none. */
  readonly lastSenderReport: number;
  /** Since that report came, in 1/65,536 s. */
  readonly delaySinceLastSenderReport: number;
}

/** One RTCP packet of a compound one. */
export type RtcpPacket =
  | {
      readonly type: 'senderReport';
      readonly ssrc: number;
      /** NTP time (RFC 5905): seconds since 1900, and 2^-32 s. */
      readonly ntpSeconds: number;
      readonly ntpFraction: number;
      readonly rtpTimestamp: number;
      readonly packetCount: number;
      readonly octetCount: number;
      readonly reports: readonly ReportBlock[];
    }
  | { readonly type: 'receiverReport'; readonly ssrc: number; readonly reports: readonly ReportBlock[] }
  | {
      readonly type: 'sourceDescription';
      readonly sources: readonly { readonly ssrc: number; readonly cname: string | undefined }[];
    }
  | { readonly type: 'goodbye'; readonly ssrcs: readonly number[] }
  /** Feedback, application-defined and unknown packets; only their length was checked. */
  | { readonly type: 'other'; readonly packetType: number };

/** Where one packet of a compound one lies, without its header and padding. */
interface Body {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** The five bits of the header that count what follows. */
  readonly count: number;
}

/**
 * Reads the decrypted compound packet in the first `length` bytes (RFC 3550 section 6.1; also a reduced-size one, RFC 5506).
 * Every length in it must fit exactly, or nothing of it counts. Never throws.
 */
export function parseRtcp(bytes: Uint8Array, length: number): Parsed<readonly RtcpPacket[]> {
  if (length > bytes.length || length < HEADER_BYTES) return parsedProblem('The RTCP packet is too short');
  const packets: RtcpPacket[] = [];
  for (let start = 0; start < length; ) {
    const end = start + HEADER_BYTES + uint16(bytes, start + 2) * 4;
    const first = bytes[start] ?? 0;
    if (start + HEADER_BYTES > length || end > length) return parsedProblem('An RTCP packet is cut off');
    if (first >> 6 !== 2) return parsedProblem('An RTCP packet is of another version');
    const padding = (first & 0x20) === 0 ? 0 : paddingOf(bytes, start, end, length);
    if (padding === undefined) return parsedProblem('The padding of an RTCP packet is wrong');
    const body = { bytes, start: start + HEADER_BYTES, end: end - padding, count: first & 0x1f };
    const packet = readPacket(bytes[start + 1] ?? 0, body);
    if (packet === undefined) return parsedProblem('An RTCP packet is shorter than what it says it holds');
    packets.push(packet);
    if (packets.length > MAX_PACKETS) return parsedProblem('The compound RTCP packet holds too many packets');
    start = end;
  }
  return parsedOk(packets);
}

/** Only the last packet may be padded, with whole words (RFC 3550 section 6.4.1). */
function paddingOf(bytes: Uint8Array, start: number, end: number, length: number): number | undefined {
  const padding = bytes[end - 1] ?? 0;
  const sound = end === length && padding > 0 && padding % 4 === 0 && padding <= end - start - HEADER_BYTES;
  return sound ? padding : undefined;
}

function readPacket(packetType: number, body: Body): RtcpPacket | undefined {
  switch (packetType) {
    case RTCP_TYPES.senderReport:
      return readSenderReport(body);
    case RTCP_TYPES.receiverReport:
      return readReceiverReport(body);
    case RTCP_TYPES.sourceDescription:
      return readSourceDescription(body);
    case RTCP_TYPES.goodbye:
      return readGoodbye(body);
    default:
      return { type: 'other', packetType };
  }
}

function readSenderReport(body: Body): RtcpPacket | undefined {
  const { bytes, start } = body;
  const reports = readReports(body, start + SSRC_BYTES + SENDER_INFO_BYTES);
  if (reports === undefined) return undefined;
  return {
    type: 'senderReport',
    ssrc: uint32(bytes, start),
    ntpSeconds: uint32(bytes, start + 4),
    ntpFraction: uint32(bytes, start + 8),
    rtpTimestamp: uint32(bytes, start + 12),
    packetCount: uint32(bytes, start + 16),
    octetCount: uint32(bytes, start + 20),
    reports,
  };
}

function readReceiverReport(body: Body): RtcpPacket | undefined {
  const reports = readReports(body, body.start + SSRC_BYTES);
  return reports === undefined ? undefined : { type: 'receiverReport', ssrc: uint32(body.bytes, body.start), reports };
}

/** What is behind the blocks is a profile's extension and is left alone (RFC 3550 section 6.4.3). */
function readReports({ bytes, end, count }: Body, start: number): readonly ReportBlock[] | undefined {
  if (start + count * REPORT_BLOCK_BYTES > end) return undefined;
  return Array.from({ length: count }, (_, index) => readReport(bytes, start + index * REPORT_BLOCK_BYTES));
}

function readReport(bytes: Uint8Array, at: number): ReportBlock {
  const loss = uint32(bytes, at + 4);
  return {
    ssrc: uint32(bytes, at),
    fractionLost: loss >>> 24,
    packetsLost: (loss << 8) >> 8,
    highestSequence: uint32(bytes, at + 8),
    jitter: uint32(bytes, at + 12),
    lastSenderReport: uint32(bytes, at + 16),
    delaySinceLastSenderReport: uint32(bytes, at + 20),
  };
}

function readSourceDescription({ bytes, start, end, count }: Body): RtcpPacket | undefined {
  const sources: { ssrc: number; cname: string | undefined }[] = [];
  let at = start;
  for (let source = 0; source < count; source++) {
    if (at + SSRC_BYTES > end) return undefined;
    const ssrc = uint32(bytes, at);
    let cname: string | undefined;
    at += SSRC_BYTES;
    while (at < end && bytes[at] !== END_OF_ITEMS) {
      const text = at + 2;
      const next = text + (bytes[at + 1] ?? 0);
      if (text > end || next > end) return undefined;
      if (bytes[at] === CNAME_ITEM) cname ??= Buffer.from(bytes.subarray(text, next)).toString('utf8');
      at = next;
    }
    // At least one null byte ends the items, and as many as it takes to fill a word.
    if (at >= end) return undefined;
    at += 4 - ((at - start) % 4);
    sources.push({ ssrc, cname });
  }
  return at <= end ? { type: 'sourceDescription', sources } : undefined;
}

function readGoodbye({ bytes, start, end, count }: Body): RtcpPacket | undefined {
  const reason = start + count * SSRC_BYTES;
  if (reason > end || (reason < end && reason + 1 + (bytes[reason] ?? 0) > end)) return undefined;
  return { type: 'goodbye', ssrcs: Array.from({ length: count }, (_, index) => uint32(bytes, start + index * 4)) };
}
