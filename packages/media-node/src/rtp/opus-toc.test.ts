import { describe, expect, it } from 'vitest';
import { loadOpusCodec } from '../opus/evan-opus-wasm.ts';
import { MAX_OPUS_PACKET_SAMPLES, opusPacketDuration } from './opus-toc.ts';
import { OPUS_SILENCE } from './silence-fill.ts';

/** RFC 6716 section 3.1, table 2: ms per frame of configurations 0 to 31. */
const TABLE = [
  ...Array.from({ length: 3 }, () => [10, 20, 40, 60]),
  ...Array.from({ length: 2 }, () => [10, 20]),
  ...Array.from({ length: 4 }, () => [2.5, 5, 10, 20]),
].flat();

describe('opusPacketDuration', () => {
  it.each(TABLE.map((ms, configuration) => ({ configuration, ms })))(
    'reads configuration $configuration as frames of $ms ms, one or two of them',
    ({ configuration, ms }) => {
      const toc = (code: number) => Uint8Array.of((configuration << 3) | code, 0, 0);
      expect(opusPacketDuration(toc(0))).toBe(ms * 48);
      expect(opusPacketDuration(toc(1))).toBe(ms * 96);
      expect(opusPacketDuration(toc(2))).toBe(ms * 96);
    },
  );

  it('reads the frame count of code 3, up to 120 ms and no further', () => {
    expect(opusPacketDuration(Uint8Array.of(0xfb, 6))).toBe(MAX_OPUS_PACKET_SAMPLES);
    expect(opusPacketDuration(Uint8Array.of(0xfb, 0xc3))).toBe(2_880);
    expect(opusPacketDuration(Uint8Array.of(0xfb, 7))).toBeUndefined();
    expect(opusPacketDuration(Uint8Array.of(0x83, 48))).toBe(MAX_OPUS_PACKET_SAMPLES);
  });

  it('gives undefined for what is no packet', () => {
    expect(opusPacketDuration(new Uint8Array(0))).toBeUndefined();
    expect(opusPacketDuration(Uint8Array.of(0xfb))).toBeUndefined();
    expect(opusPacketDuration(Uint8Array.of(0xfb, 0))).toBeUndefined();
  });

  it('agrees with libopus, silence included', async () => {
    const codec = await loadOpusCodec();
    const encoder = codec.createEncoder({ sampleRateHz: 48_000 });
    const decoder = codec.createDecoder(48_000);
    const packets = [10, 20, 40, 60].map((ms) => encoder.encode(new Int16Array(48 * ms)));
    for (const packet of [...packets, OPUS_SILENCE]) {
      expect(opusPacketDuration(packet)).toBe(decoder.decode(packet).length);
    }
    expect(decoder.decode(OPUS_SILENCE).every((sample) => Math.abs(sample) < 2)).toBe(true);
  });
});
