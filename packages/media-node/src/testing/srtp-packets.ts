import { setUint16, setUint32, writeRtpHeader } from '../rtp/rtp-packet.ts';
import type { SrtpKeys, SrtpProfile } from '../srtp/srtp-keys.ts';

/** Both profiles, for tests that hold for each. */
export const SRTP_PROFILES = ['AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_128_GCM'] as const;

/** Keys of the profile, others for each `seed`. */
export function srtpKeys(profile: SrtpProfile, seed = 1): SrtpKeys {
  const bytes = (length: number, factor: number) =>
    Uint8Array.from({ length }, (_, index) => (seed * 31 + index * factor) & 0xff);
  return { profile, masterKey: bytes(16, 7), masterSalt: bytes(profile === 'AEAD_AES_128_GCM' ? 12 : 14, 13) };
}

/** A packet in a buffer with room for what protection adds. */
export interface RoomyPacket {
  readonly buffer: Uint8Array;
  readonly length: number;
}

/** An RTP packet whose payload tells its number. */
export function rtpPacket(sequenceNumber: number, ssrc = 5, payloadBytes = 80): RoomyPacket {
  const buffer = new Uint8Array(12 + payloadBytes + 20);
  const fields = { sequenceNumber: sequenceNumber & 0xffff, timestamp: (sequenceNumber * 960) >>> 0, marker: false };
  const start = writeRtpHeader(buffer, ssrc, 111, fields);
  for (let at = start; at < start + payloadBytes; at++) buffer[at] = (sequenceNumber + at) & 0xff;
  return { buffer, length: start + payloadBytes };
}

/** A sender report without report blocks, with as many words of profile-specific extension as given (RFC 3550 section 6.4.1). */
export function rtcpPacket(ssrc = 5, words = 0): RoomyPacket {
  const length = 28 + words * 4;
  const buffer = new Uint8Array(length + 20);
  buffer.set([0x80, 200]);
  setUint16(buffer, 2, length / 4 - 1);
  setUint32(buffer, 4, ssrc);
  for (let at = 8; at < length; at++) buffer[at] = at;
  return { buffer, length };
}
