import type { SrtpKeys } from '@voice-bridge/media-node/testing';

/** The profiles, with the bytes of their salts. */
export const PROFILES = [
  { profile: 'AES_CM_128_HMAC_SHA1_80', saltBytes: 14 },
  { profile: 'AEAD_AES_128_GCM', saltBytes: 12 },
] as const;

/** An RTP packet of 156 bytes: 132 of them payload, as 20 ms of speech at 52 kbit/s, 12 of header extension. */
export const PACKET_BYTES = 156;
const PAYLOAD_BYTES = 132;
/** Most that protection adds. */
const ROOM = 20;

/** Keys of a profile, others for each seed. */
export function keysOf({ profile, saltBytes }: (typeof PROFILES)[number], seed: number): SrtpKeys {
  return { profile, masterKey: new Uint8Array(16).fill(seed), masterSalt: new Uint8Array(saltBytes).fill(seed + 1) };
}

/** Buffers for `count` packets, each with room for what protection adds. */
export function packetBuffers(count: number): Buffer[] {
  return Array.from({ length: count }, () => Buffer.alloc(PACKET_BYTES + ROOM));
}

/** Writes the plain packet with this endless sequence number into the buffer. */
export function writePacket(buffer: Buffer, sequence: number): void {
  buffer.fill(0);
  buffer.writeUInt16BE(0x906f, 0);
  buffer.writeUInt16BE(sequence & 0xffff, 2);
  buffer.writeUInt32BE((sequence * 960) >>> 0, 4);
  buffer.writeUInt32BE(5, 8);
  buffer.writeUInt32BE(0xbede0002, 12);
  buffer.writeUInt32BE(0x10140000, 16);
  buffer.fill(0xf8, PACKET_BYTES - PAYLOAD_BYTES, PACKET_BYTES);
}
