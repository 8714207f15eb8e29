/** Chunk types of RFC 9260 section 3.2, RFC 3758 and RFC 6525 that need a look inside. */
const ChunkType = { data: 0, init: 1, sack: 3, reconfig: 130, forwardTsn: 192 } as const;

/** Limits for what one peer may have us do and keep. The largest packet is that of a jumbo frame. */
export const SCTP_LIMITS = {
  packetBytes: 9_216,
  chunksInPacket: 64,
  /** Chunks that are no data: the library answers nearly each of them with a packet. */
  controlChunksInPacket: 8,
  /** Requests in one RE-CONFIG chunk (RFC 6525 section 3.1). */
  requestsInReconfig: 2,
  inboundStreams: 64,
  /** Chunks that wait for the rest of their message, on all streams. */
  waitingChunks: 2_048,
  /** How far a chunk may be ahead of the last one without a gap before it. */
  ahead: 512,
  /** Chunks behind a gap, which the library sorts anew for every chunk: 40 µs for so many, 0.7 ms for 512. */
  misordered: 128,
} as const;

/** What of the library's SCTP association tells whether a packet is within bounds. */
export interface SctpAssociation {
  readonly associationState: number;
  /** The last number up to which nothing is missing; undefined before the peer's INIT. */
  readonly lastReceivedTsn?: number | undefined;
  /** The number of our next chunk. */
  readonly localTsn: number;
  /** Bytes of the receive window that are free. */
  readonly advertisedRwnd: number;
  /** Numbers behind a gap. */
  readonly sackMisOrdered: { readonly size: number };
  readonly inboundStreams: Readonly<Record<number, { readonly reassembly: readonly unknown[] }>>;
}

const ESTABLISHED = 4;
const COMMON_HEADER_BYTES = 12;
const DATA_HEADER_BYTES = 16;
const SACK_BYTES = 16;
const FORWARD_TSN_BYTES = 8;
const HALF_OF_ALL_NUMBERS = 2 ** 31;

/** A chunk, found by lengths that are sound. */
interface Chunk {
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Whether the association can take this packet, whose lengths are sound, without work or memory out of proportion:
 * numbers within reach, acknowledgements only of what was sent, and no more streams and waiting chunks than
 * {@link SCTP_LIMITS} say. The library checks none of it.
 */
export function isWithinSctpLimits(packet: Uint8Array, association: SctpAssociation): boolean {
  if (packet.length > SCTP_LIMITS.packetBytes) return false;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  const chunks = chunksOf(view);
  const data = chunks.filter(({ type }) => type === ChunkType.data);
  if (chunks.length > SCTP_LIMITS.chunksInPacket) return false;
  if (chunks.length - data.length > SCTP_LIMITS.controlChunksInPacket) return false;
  return (
    chunks.every((chunk) => isSoundChunk(view, chunk, association)) &&
    hasRoomForStreams(view, chunks, association) &&
    (data.length === 0 || hasRoomForData(data.length, association))
  );
}

function chunksOf(view: DataView): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let start = COMMON_HEADER_BYTES; start + 4 <= view.byteLength; ) {
    const end = start + view.getUint16(start + 2);
    chunks.push({ type: view.getUint8(start), start, end });
    start = Math.ceil(end / 4) * 4;
  }
  return chunks;
}

function isSoundChunk(view: DataView, chunk: Chunk, association: SctpAssociation): boolean {
  const { type, start, end } = chunk;
  if (type === ChunkType.data)
    return end - start > DATA_HEADER_BYTES && isInReach(view.getUint32(start + 4), association);
  if (type === ChunkType.sack) return isSoundSack(view, chunk, association);
  if (type === ChunkType.reconfig) return isSoundReconfig(view, chunk);
  if (type === ChunkType.forwardTsn) return end - start >= FORWARD_TSN_BYTES && (end - start) % 4 === 0;
  // An INIT within an association would begin another one: numbers and streams of the peer's choice.
  return type !== ChunkType.init || association.associationState !== ESTABLISHED;
}

function isInReach(number: number, { lastReceivedTsn, sackMisOrdered }: SctpAssociation): boolean {
  if (lastReceivedTsn === undefined) return false;
  const ahead = (number - lastReceivedTsn) >>> 0;
  if (ahead <= 1 || ahead > HALF_OF_ALL_NUMBERS) return true;
  return ahead <= SCTP_LIMITS.ahead && sackMisOrdered.size < SCTP_LIMITS.misordered;
}

/** Gap blocks (RFC 9260 section 3.3.4) in order and within what was sent: the library counts through each of them. */
function isSoundSack(view: DataView, { start, end }: Chunk, { localTsn }: SctpAssociation): boolean {
  if (end - start < SACK_BYTES) return false;
  const gaps = view.getUint16(start + 12);
  const duplicates = view.getUint16(start + 14);
  if (end - start !== SACK_BYTES + 4 * (gaps + duplicates)) return false;
  const sent = (localTsn - 1 - view.getUint32(start + 4)) >>> 0;
  if (sent >= HALF_OF_ALL_NUMBERS) return false;
  let last = 0;
  for (let at = start + SACK_BYTES; at < start + SACK_BYTES + 4 * gaps; at += 4) {
    const [from, to] = [view.getUint16(at), view.getUint16(at + 2)];
    if (from <= last || to < from || to > sent) return false;
    last = to;
  }
  return true;
}

function isSoundReconfig(view: DataView, { start, end }: Chunk): boolean {
  let requests = 0;
  for (let at = start + 4; at + 4 <= end; at = Math.ceil((at + view.getUint16(at + 2)) / 4) * 4) requests++;
  return requests <= SCTP_LIMITS.requestsInReconfig;
}

/** The library keeps a record of every stream that is named once. */
function hasRoomForStreams(view: DataView, chunks: readonly Chunk[], { inboundStreams }: SctpAssociation): boolean {
  const named = new Set<number>();
  for (const { type, start, end } of chunks) {
    if (type === ChunkType.data) named.add(view.getUint16(start + 8));
    if (type !== ChunkType.forwardTsn) continue;
    for (let at = start + FORWARD_TSN_BYTES; at < end; at += 4) named.add(view.getUint16(at));
  }
  const added = [...named].filter((stream) => inboundStreams[stream] === undefined).length;
  return added === 0 || Object.keys(inboundStreams).length + added <= SCTP_LIMITS.inboundStreams;
}

function hasRoomForData(chunks: number, { inboundStreams, advertisedRwnd }: SctpAssociation): boolean {
  if (advertisedRwnd <= 0) return false;
  let waiting = chunks;
  for (const { reassembly } of Object.values(inboundStreams)) waiting += reassembly.length;
  return waiting <= SCTP_LIMITS.waitingChunks;
}
