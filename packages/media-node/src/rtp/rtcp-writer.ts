import { CNAME_ITEM, REPORT_BLOCK_BYTES, type ReportBlock, RTCP_TYPES } from './rtcp-packet.ts';
import { setUint16, setUint32 } from './rtp-packet.ts';

/** Most report blocks in one packet (RFC 3550 section 6.4.1). */
export const MAX_REPORTS = 31;

const VERSION_BITS = 0x80;
const LOWEST_LOSS = -0x80_0000;
const HIGHEST_LOSS = 0x7f_ffff;

/** What a sender says of its stream (RFC 3550 section 6.4.1). */
export interface SenderInfo {
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  /** The same moment on the stream's own line. */
  readonly rtpTimestamp: number;
  readonly packetCount: number;
  /** Bytes of payload. */
  readonly octetCount: number;
}

/** Writes a sender report (RFC 3550 section 6.4.1), or without `sender` a receiver report, at `at`; says where it ends. */
export function writeReport(
  bytes: Uint8Array,
  at: number,
  ssrc: number,
  sender: SenderInfo | undefined,
  reports: readonly ReportBlock[],
): number {
  let end = at + 4;
  setUint32(bytes, end, ssrc);
  end += 4;
  if (sender !== undefined) end = writeSenderInfo(bytes, end, sender);
  const blocks = reports.slice(0, MAX_REPORTS);
  for (const block of blocks) end = writeBlock(bytes, end, block);
  const type = sender === undefined ? RTCP_TYPES.receiverReport : RTCP_TYPES.senderReport;
  return writeHeader(bytes, at, end, blocks.length, type);
}

/** Writes the description of one source, its name alone (RFC 3550 section 6.5.1): at most 255 bytes of it. */
export function writeName(bytes: Uint8Array, at: number, ssrc: number, cname: string): number {
  const name = new TextEncoder().encode(cname).subarray(0, 255);
  setUint32(bytes, at + 4, ssrc);
  bytes[at + 8] = CNAME_ITEM;
  bytes[at + 9] = name.length;
  bytes.set(name, at + 10);
  const items = at + 10 + name.length;
  const end = items + 4 - ((items - at) % 4);
  bytes.fill(0, items, end);
  return writeHeader(bytes, at, end, 1, RTCP_TYPES.sourceDescription);
}

/** Writes the end of one source (RFC 3550 section 6.6). */
export function writeGoodbye(bytes: Uint8Array, at: number, ssrc: number): number {
  setUint32(bytes, at + 4, ssrc);
  return writeHeader(bytes, at, at + 8, 1, RTCP_TYPES.goodbye);
}

function writeHeader(bytes: Uint8Array, at: number, end: number, count: number, type: number): number {
  bytes[at] = VERSION_BITS | count;
  bytes[at + 1] = type;
  setUint16(bytes, at + 2, (end - at) / 4 - 1);
  return end;
}

function writeSenderInfo(bytes: Uint8Array, at: number, sender: SenderInfo): number {
  setUint32(bytes, at, sender.ntpSeconds);
  setUint32(bytes, at + 4, sender.ntpFraction);
  setUint32(bytes, at + 8, sender.rtpTimestamp);
  setUint32(bytes, at + 12, sender.packetCount);
  setUint32(bytes, at + 16, sender.octetCount);
  return at + 20;
}

function writeBlock(bytes: Uint8Array, at: number, block: ReportBlock): number {
  const lost = Math.min(HIGHEST_LOSS, Math.max(LOWEST_LOSS, block.packetsLost));
  setUint32(bytes, at, block.ssrc);
  setUint32(bytes, at + 4, (block.fractionLost << 24) | (lost & 0xff_ffff));
  setUint32(bytes, at + 8, block.highestSequence);
  setUint32(bytes, at + 12, block.jitter);
  setUint32(bytes, at + 16, block.lastSenderReport);
  setUint32(bytes, at + 20, block.delaySinceLastSenderReport);
  return at + REPORT_BLOCK_BYTES;
}
