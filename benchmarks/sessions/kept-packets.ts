import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpusDecoder } from '@voice-bridge/media-node';
import { HEARD_RATE_HZ, type HeardCall } from './heard-call.ts';
import { PACKET_MS } from './numbered-speech.ts';

/** A packet that a leg of the generator said. Times in ms. */
export interface SaidPacket {
  readonly at: number;
  /** How late it was. */
  readonly lateMs: number;
}

/** A packet that a leg of the generator heard; the kernel's time, in ms. */
export interface HeardPacket {
  readonly at: number;
  readonly timestamp: number;
  readonly sequenceNumber: number;
  readonly payload: Uint8Array;
}

const SAID_BYTES = 16;
const HEARD_BYTES = 16;
const FRAME_SAMPLES = (HEARD_RATE_HZ * PACKET_MS) / 1_000;
const NS_PER_MS = 1e6;

/** A speech as the generator reads it: of each packet its level (RFC 6464), its length, and its bytes. */
export function speechFile(packets: readonly Uint8Array[], levelOf: (packet: number) => number): Uint8Array {
  return Buffer.concat(
    packets.flatMap((packet, number) => [
      Uint8Array.of(levelOf(number), packet.length >> 8, packet.length & 0xff),
      packet,
    ]),
  );
}

/** What leg `leg` said, from its first packet on, of what the generator wrote into a folder. */
export function readSaid(folder: string, leg: number): readonly SaidPacket[] {
  const bytes = readFileSync(join(folder, `${leg}.said`));
  return Array.from({ length: bytes.length / SAID_BYTES }, (_, n) => ({
    at: Number(bytes.readBigInt64BE(n * SAID_BYTES)) / NS_PER_MS,
    lateMs: Number(bytes.readBigInt64BE(n * SAID_BYTES + 8)) / NS_PER_MS,
  }));
}

/** What leg `leg` heard, as it came. */
export function readHeard(folder: string, leg: number): readonly HeardPacket[] {
  const bytes = readFileSync(join(folder, `${leg}.heard`));
  const packets: HeardPacket[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + HEARD_BYTES + bytes.readUInt16BE(at + 14);
    packets.push({
      at: Number(bytes.readBigInt64BE(at)) / NS_PER_MS,
      timestamp: bytes.readUInt32BE(at + 8),
      sequenceNumber: bytes.readUInt16BE(at + 12),
      payload: bytes.subarray(at + HEARD_BYTES, end),
    });
    at = end;
  }
  return packets;
}

/** How many sequence numbers are missing between the first and the last packet, and how many came twice. */
export function missingIn(packets: readonly HeardPacket[]): { readonly lost: number; readonly repeated: number } {
  const numbers = new Set<number>();
  let [at, last] = [0, packets[0]?.sequenceNumber ?? 0];
  let [lowest, highest] = [0, 0];
  for (const { sequenceNumber } of packets) {
    at += ((sequenceNumber - last) << 16) >> 16;
    last = sequenceNumber;
    numbers.add(at);
    lowest = Math.min(lowest, at);
    highest = Math.max(highest, at);
  }
  const span = packets.length === 0 ? 0 : highest - lowest + 1;
  return { lost: span - numbers.size, repeated: packets.length - numbers.size };
}

/** Packets of 20 ms as sound, one behind the other, at the rate the decoder gives. The decoder is the caller's. */
export function decodeCall(packets: readonly Pick<HeardPacket, 'at' | 'payload'>[], decoder: OpusDecoder): HeardCall {
  const pcm = new Int16Array(packets.length * FRAME_SAMPLES);
  for (const [index, { payload }] of packets.entries()) {
    pcm.set(decoder.decode(payload).subarray(0, FRAME_SAMPLES), index * FRAME_SAMPLES);
  }
  return { pcm, frameAt: packets.map(({ at }) => at), frameSamples: FRAME_SAMPLES, isPlayed: true };
}
