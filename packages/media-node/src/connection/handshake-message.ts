/** The DTLS 1.2 handshake messages we look at (RFC 5246 section 7.4, RFC 6347 section 4.3.2). */
export const HandshakeType = {
  clientHello: 1,
  serverHello: 2,
  helloVerifyRequest: 3,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
} as const;

const HEADER_BYTES = 12;

/** One whole handshake message. */
export interface HandshakeMessage {
  readonly type: number;
  /** The message without its header. */
  readonly body: Uint8Array;
  /** The message with its header, as it counts in the transcript. */
  readonly bytes: Uint8Array;
}

/** Reads one whole message with its 12-byte header. Throws `RangeError` for a fragment or a wrong length. */
export function readHandshakeMessage(bytes: Uint8Array): HandshakeMessage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [length, offset, fragment] = [uint24(view, 1), uint24(view, 6), uint24(view, 9)];
  if (offset !== 0 || fragment !== length || bytes.length !== HEADER_BYTES + length) {
    throw new RangeError('Not one whole handshake message');
  }
  return { type: view.getUint8(0), body: bytes.subarray(HEADER_BYTES), bytes };
}

/** The bytes of a vector that stands at `at` behind a length of 1 to 3 bytes. Throws `RangeError` when it does not fit. */
export function readVector(bytes: Uint8Array, at: number, lengthBytes: 1 | 2 | 3): Uint8Array {
  let length = 0;
  for (let n = 0; n < lengthBytes; n++) length = length * 256 + (bytes[at + n] ?? Number.NaN);
  const start = at + lengthBytes;
  if (!(start + length <= bytes.length)) throw new RangeError('The vector does not fit');
  return bytes.subarray(start, start + length);
}

function uint24(view: DataView, at: number): number {
  return (view.getUint16(at) << 8) | view.getUint8(at + 2);
}
