const COMMON_HEADER_BYTES = 12;
const TLV_HEADER_BYTES = 4;
const INIT_FIXED_BYTES = 16;
/** Chunks of parameters only: HEARTBEAT, HEARTBEAT ACK, ABORT, ERROR, RE-CONFIG (RFC 9260 section 3.2, RFC 6525). */
const PARAMETER_CHUNKS: readonly number[] = [4, 5, 6, 9, 130];
/** INIT and INIT ACK: parameters behind 16 fixed bytes. */
const INIT_CHUNKS: readonly number[] = [1, 2];

/**
 * Whether a parser that steps from length to length gets through this SCTP packet: every chunk and parameter counts its
 * own header (RFC 9260 section 3.2), and every chunk ends inside the packet. A length of 0 would keep it in one place
 * for ever.
 */
export function hasSoundSctpLengths(packet: unknown): boolean {
  if (!(packet instanceof Uint8Array) || packet.length < COMMON_HEADER_BYTES) return false;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  let position = COMMON_HEADER_BYTES;
  while (position + TLV_HEADER_BYTES <= packet.length) {
    const end = position + view.getUint16(position + 2);
    if (end < position + TLV_HEADER_BYTES || end > packet.length) return false;
    if (!hasSoundParameters(view, view.getUint8(position), position + TLV_HEADER_BYTES, end)) return false;
    position = padded(end);
  }
  return true;
}

function hasSoundParameters(view: DataView, chunkType: number, start: number, end: number): boolean {
  if (!PARAMETER_CHUNKS.includes(chunkType) && !INIT_CHUNKS.includes(chunkType)) return true;
  let position = INIT_CHUNKS.includes(chunkType) ? start + INIT_FIXED_BYTES : start;
  while (position + TLV_HEADER_BYTES <= end) {
    const length = view.getUint16(position + 2);
    if (length < TLV_HEADER_BYTES) return false;
    position = padded(position + length);
  }
  return true;
}

/** Chunks and parameters begin at multiples of 4; the packet's header is 12 bytes long, so positions do too. */
function padded(position: number): number {
  return Math.ceil(position / 4) * 4;
}
