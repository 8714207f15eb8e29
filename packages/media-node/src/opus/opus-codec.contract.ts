import { describe, expect, it } from 'vitest';
import type { OpusCodec, OpusSampleRate } from './opus-codec.ts';

/** What every implementation of the codec port does. */
export function opusCodecContract(name: string, load: () => Promise<OpusCodec>): void {
  describe(`${name} as OpusCodec`, () => {
    it.each([8_000, 12_000, 16_000, 24_000, 48_000] as const)('codes and decodes speech at %i Hz', async (rate) => {
      const { codec, packets, pcm } = await encodeVoice(load, rate, 1_000);
      const decoder = codec.createDecoder(rate);
      const decoded = concat(packets.map((packet) => decoder.decode(packet)));
      expect(decoded.length).toBe(pcm.length);
      expect(correlation(pcm, decoded, rate)).toBeGreaterThan(0.9);
      decoder.close();
    });

    it.each([10, 20, 40, 60])('makes packets of %i ms', async (durationMs) => {
      const codec = await load();
      const encoder = codec.createEncoder({ sampleRateHz: 24_000 });
      const packet = encoder.encode(voice(24_000, durationMs));
      expect(codec.createDecoder(48_000).decode(packet).length).toBe(48 * durationMs);
    });

    it('decodes one stream at any rate: 24 kHz packets to 16 and 48 kHz', async () => {
      const { codec, packets } = await encodeVoice(load, 24_000, 400);
      for (const rate of [16_000, 48_000] as const) {
        const decoder = codec.createDecoder(rate);
        const decoded = concat(packets.map((packet) => decoder.decode(packet)));
        expect(correlation(voice(rate, 400), decoded, rate)).toBeGreaterThan(0.9);
      }
    });

    it('rebuilds lost packets from FEC far better than by concealment', async () => {
      const { codec, packets } = await encodeVoice(load, 24_000, 6_000);
      const lost = (index: number) => index % 10 === 7;
      const lossless = codec.createDecoder(24_000);
      const fec = codec.createDecoder(24_000);
      const plc = codec.createDecoder(24_000);
      const reference: Int16Array[] = [];
      const rebuilt: Int16Array[] = [];
      const concealed: Int16Array[] = [];
      for (const [index, packet] of packets.entries()) {
        reference.push(lossless.decode(packet));
        const next = packets[index + 1];
        if (!lost(index) || next === undefined) {
          rebuilt.push(fec.decode(packet));
          concealed.push(plc.decode(packet));
          continue;
        }
        rebuilt.push(fec.decodeLost(next, 20));
        concealed.push(plc.conceal(20));
      }
      const fecDb = signalToNoise(concat(reference), concat(rebuilt));
      const plcDb = signalToNoise(concat(reference), concat(concealed));
      expect(fecDb).toBeGreaterThan(18);
      expect(plcDb).toBeGreaterThan(3);
      expect(fecDb - plcDb).toBeGreaterThan(6);
    });

    it('conceals any time from 2.5 to 120 ms, going on from what was heard', async () => {
      const { codec, packets } = await encodeVoice(load, 48_000, 200);
      const decoder = codec.createDecoder(48_000);
      for (const packet of packets) decoder.decode(packet);
      expect(level(decoder.conceal(20))).toBeGreaterThan(300);
      for (const durationMs of [2.5, 5, 10, 60, 120]) {
        expect(decoder.conceal(durationMs).length).toBe(48 * durationMs);
      }
      for (const durationMs of [0, 1, 12, 140, Number.NaN]) {
        expect(() => decoder.conceal(durationMs)).toThrow(TypeError);
      }
    });

    it('refuses bytes that are no Opus packet, and goes on after that', async () => {
      const { codec, packets } = await encodeVoice(load, 24_000, 60);
      const decoder = codec.createDecoder(24_000);
      for (const bad of [new Uint8Array(0), Uint8Array.of(0xff), Uint8Array.of(0xfb, 0x3f), new Uint8Array(9_000)]) {
        expect(() => decoder.decode(bad)).toThrow(TypeError);
      }
      expect(packets.map((packet) => decoder.decode(packet).length)).toEqual([480, 480, 480]);
    });

    it('gives every call its own result', async () => {
      const { codec, packets } = await encodeVoice(load, 24_000, 200);
      const decoder = codec.createDecoder(24_000);
      const first = decoder.decode(packets[4] ?? new Uint8Array(0));
      const copy = first.slice();
      decoder.decode(packets[5] ?? new Uint8Array(0));
      expect(first).toEqual(copy);
    });

    it('follows the bitrate', async () => {
      const bytesAt = async (bitrate: number) => {
        const { packets } = await encodeVoice(load, 24_000, 2_000, bitrate);
        return packets.reduce((sum, packet) => sum + packet.length, 0);
      };
      expect(await bytesAt(48_000)).toBeGreaterThan(1.5 * (await bytesAt(16_000)));
    });

    it('may be told to take less trouble between two frames, and is heard on without a break', async () => {
      const codec = await load();
      const encoder = codec.createEncoder({ sampleRateHz: 24_000 });
      const decoder = codec.createDecoder(24_000);
      const pcm = voice(24_000, 1_000);
      const frames: Int16Array[] = [];
      for (let start = 0; start < pcm.length; start += 480) {
        encoder.setComplexity(start % 4_800 < 2_400 ? 1 : 5);
        frames.push(decoder.decode(encoder.encode(pcm.subarray(start, start + 480))));
      }
      expect(correlation(pcm, concat(frames), 24_000)).toBeGreaterThan(0.9);
      for (const wrong of [-1, 11, 1.5]) expect(() => encoder.setComplexity(wrong)).toThrow(TypeError);
    });

    it('refuses frames and settings out of range', async () => {
      const codec = await load();
      const encoder = codec.createEncoder({ sampleRateHz: 24_000 });
      expect(() => encoder.encode(new Int16Array(481))).toThrow(TypeError);
      expect(() => encoder.encode(new Int16Array(0))).toThrow(TypeError);
      expect(() => codec.createEncoder({ sampleRateHz: 24_000, complexity: 11 })).toThrow(TypeError);
      expect(() => codec.createEncoder({ sampleRateHz: 24_000, bitrate: 100 })).toThrow(TypeError);
      expect(() => codec.createEncoder({ sampleRateHz: 24_000, expectedLossPercent: -1 })).toThrow(TypeError);
    });

    it('is over after close, which may be called twice', async () => {
      const codec = await load();
      const decoder = codec.createDecoder(24_000);
      const encoder = codec.createEncoder({ sampleRateHz: 24_000 });
      for (const one of [decoder, encoder, decoder, encoder]) one.close();
      expect(() => decoder.conceal(20)).toThrow(TypeError);
      expect(() => encoder.encode(new Int16Array(480))).toThrow(TypeError);
      expect(() => encoder.setComplexity(5)).toThrow(TypeError);
    });

    it('holds hundreds of codecs at once and frees them', async () => {
      const codec = await load();
      const packet = codec.createEncoder({ sampleRateHz: 24_000 }).encode(voice(24_000, 20));
      const round = () => {
        const decoders = Array.from({ length: 300 }, () => codec.createDecoder(48_000));
        const encoders = Array.from({ length: 100 }, () => codec.createEncoder({ sampleRateHz: 24_000 }));
        expect(decoders.every((decoder) => decoder.decode(packet).length === 960)).toBe(true);
        for (const one of [...decoders, ...encoders]) one.close();
      };
      round();
      const afterOne = process.memoryUsage().external;
      for (let more = 0; more < 5; more++) round();
      expect(process.memoryUsage().external - afterOne).toBeLessThan(8_000_000);
    });
  });
}

async function encodeVoice(load: () => Promise<OpusCodec>, rate: OpusSampleRate, durationMs: number, bitrate = 32_000) {
  const codec = await load();
  const encoder = codec.createEncoder({ sampleRateHz: rate, bitrate });
  const pcm = voice(rate, durationMs);
  const frame = rate / 50;
  const packets: Uint8Array[] = [];
  for (let start = 0; start < pcm.length; start += frame)
    packets.push(encoder.encode(pcm.subarray(start, start + frame)));
  encoder.close();
  return { codec, packets, pcm };
}

/** Something like a vowel: a gliding fundamental with harmonics under a formant, swelling four times a second. */
function voice(rate: number, durationMs: number): Int16Array {
  const pcm = new Int16Array((rate * durationMs) / 1_000);
  let phase = 0;
  for (let i = 0; i < pcm.length; i++) {
    const t = i / rate;
    const pitch = 140 + 25 * Math.sin(2 * Math.PI * 0.7 * t);
    phase += (2 * Math.PI * pitch) / rate;
    let sum = 0;
    for (let harmonic = 1; harmonic * pitch < 2_500; harmonic++) {
      sum += Math.sin(harmonic * phase) / (1 + ((harmonic * pitch - 600) / 350) ** 2);
    }
    pcm[i] = 3_500 * sum * (0.6 + 0.4 * Math.sin(2 * Math.PI * 4 * t));
  }
  return pcm;
}

/** The best normalised correlation over codec delays up to 20 ms. */
function correlation(expected: Int16Array, actual: Int16Array, rate: number): number {
  let best = 0;
  for (let delay = 0; delay <= rate / 50; delay++) {
    let [xy, xx, yy] = [0, 0, 0];
    for (let i = 0; i + delay < actual.length; i++) {
      const x = expected[i] ?? 0;
      const y = actual[i + delay] ?? 0;
      xy += x * y;
      xx += x * x;
      yy += y * y;
    }
    best = Math.max(best, xy / Math.sqrt(xx * yy + 1));
  }
  return best;
}

function signalToNoise(reference: Int16Array, actual: Int16Array): number {
  let [signal, noise] = [0, 1];
  for (const [i, sample] of reference.entries()) {
    signal += sample ** 2;
    noise += (sample - (actual[i] ?? 0)) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

function level(pcm: Int16Array): number {
  return Math.sqrt(pcm.reduce((sum, sample) => sum + sample ** 2, 0) / pcm.length);
}

function concat(frames: readonly Int16Array[]): Int16Array {
  return Int16Array.from(frames.flatMap((frame) => [...frame]));
}
