import { loadOpusCodec } from '@voice-bridge/media-node';
import { describe, expect, it } from 'vitest';
import { mixed, noise, spoken } from './engine-test-support.ts';
import { readToneText, toneText } from './tone-text.ts';

const TEXTS = [
  'hello world',
  'aaabbb  cc, 1,000!',
  "i don't know... really? no",
  'pack my box with five dozen liquor jugs 0123456789',
];

describe('text as tones', () => {
  it.each([40, 60, 90])('is read back at %i ms per character', (characterMs) => {
    for (const text of TEXTS)
      expect(readToneText(toneText(text, { sampleRateHz: 16_000, characterMs }), 16_000)).toBe(text);
  });

  it('is read back after Opus, at another rate, with every twentieth packet lost', async () => {
    const codec = await loadOpusCodec();
    for (const text of TEXTS) {
      const encoder = codec.createEncoder({ sampleRateHz: 24_000 });
      const decoder = codec.createDecoder(16_000);
      const pcm = new Int16Array(Math.ceil((toneText(text, { sampleRateHz: 24_000 }).length + 4_800) / 480) * 480);
      pcm.set(toneText(text, { sampleRateHz: 24_000 }), 2_400);
      const decoded: number[] = [];
      for (let place = 0; place < pcm.length; place += 480) {
        const packet = encoder.encode(pcm.subarray(place, place + 480));
        const lost = (place / 480) % 20 === 7;
        for (const sample of lost ? decoder.conceal(20) : decoder.decode(packet)) decoded.push(sample);
      }
      expect(readToneText(Int16Array.from(decoded), 16_000)).toBe(text);
    }
  });

  it('is read back through noise 15 dB below it', () => {
    const sound = toneText('set the lamp to blue', { sampleRateHz: 16_000 });
    expect(readToneText(mixed(sound, noise(sound.length, 1_000)), 16_000)).toBe('set the lamp to blue');
  });

  it('is not found in silence, noise or speech', async () => {
    expect(readToneText(new Int16Array(16_000), 16_000)).toBe('');
    expect(readToneText(noise(16_000, 3_000), 16_000)).toBe('');
    expect(readToneText(await spoken('set the lamp to blue'), 16_000).length).toBeLessThan(4);
  });

  it('takes capitals for small letters and what it does not know for spaces', () => {
    expect(readToneText(toneText('Hé LLO', { sampleRateHz: 16_000 }), 16_000)).toBe('h  llo');
  });
});
