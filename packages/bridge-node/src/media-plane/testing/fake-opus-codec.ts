import { bytesToPcm16, frameSamples, PCM_RATE_HZ, pcm16ToBytes } from '@voice-bridge/core';
import {
  OPUS_SILENCE,
  type OpusCodec,
  type OpusDecoder,
  type OpusEncoder,
  opusPacketDuration,
} from '@voice-bridge/media-node';

/** TOC bytes by ms: CELT, fullband, mono, one to three frames of 20 ms or one of 10 (RFC 6716 section 3.1). */
const HEADERS: Readonly<Record<number, readonly number[]>> = { 10: [0xf0], 20: [0xf8], 40: [0xf9], 60: [0xfb, 3] };

/** A codec of 24 kHz that loses nothing: what comes out is what went in. Counts what it had to make up, in ms. */
export class FakeOpusCodec implements OpusCodec {
  concealedMs = 0;
  rebuiltMs = 0;
  encodedFrames = 0;
  decodedPackets = 0;
  /** Codecs that were made and not closed. */
  open = 0;

  readonly createEncoder = (): OpusEncoder => {
    this.open++;
    return {
      sampleRateHz: PCM_RATE_HZ,
      encode: (pcm) => {
        this.encodedFrames++;
        return fakeOpusPacket(pcm);
      },
      setComplexity: () => {},
      close: () => {
        this.open--;
      },
    };
  };

  readonly createDecoder = (): OpusDecoder => {
    this.open++;
    return {
      sampleRateHz: PCM_RATE_HZ,
      decode: (packet) => {
        this.decodedPackets++;
        return fakeOpusSound(packet);
      },
      decodeLost: (_next, durationMs) => {
        this.rebuiltMs += durationMs;
        return silence(durationMs);
      },
      conceal: (durationMs) => {
        this.concealedMs += durationMs;
        return silence(durationMs);
      },
      close: () => {
        this.open--;
      },
    };
  };
}

/** PCM of 10, 20, 40 or 60 ms as a packet of the fake codec. */
export function fakeOpusPacket(pcm: Int16Array): Uint8Array {
  const header = HEADERS[(pcm.length * 20) / frameSamples(PCM_RATE_HZ)];
  if (header === undefined) throw new TypeError(`No packet has ${pcm.length} samples`);
  const packet = new Uint8Array(header.length + pcm.length * 2);
  packet.set(header);
  packet.set(pcm16ToBytes(pcm), header.length);
  return packet;
}

/** What a packet of the fake codec sounds like; throws for others but silence, as the codec does. */
export function fakeOpusSound(packet: Uint8Array): Int16Array {
  const samples = (opusPacketDuration(packet) ?? 0) / 2;
  if (packet.length === OPUS_SILENCE.length) return new Int16Array(samples);
  const pcm = bytesToPcm16(packet.subarray(packet[0] === 0xfb ? 2 : 1));
  if (samples === 0 || pcm.length !== samples) throw new TypeError('Not a packet of the fake codec');
  return pcm;
}

function silence(durationMs: number): Int16Array {
  return new Int16Array((durationMs * PCM_RATE_HZ) / 1_000);
}
