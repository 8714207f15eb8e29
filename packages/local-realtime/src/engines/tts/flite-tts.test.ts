import { describe, expect, it } from 'vitest';
import { anySignal } from '../engine-test-support.ts';
import { runFlite } from './flite-program.ts';
import { createFliteTts } from './flite-tts.ts';
import { FLITE_VOICES, fliteVoice } from './flite-voices.ts';
import { ttsEngineContract } from './tts-engine.contract.ts';

ttsEngineContract('flite', createFliteTts);

describe('Flite', () => {
  it('gives every voice of OpenAI a voice, women to women where it has one, and uses all five', () => {
    const names = ['alloy', 'ash', 'ballad', 'coral', 'echo', 'sage', 'shimmer', 'verse', 'marin', 'cedar'];
    const voices = names.map(fliteVoice);
    expect(new Set(voices)).toEqual(new Set(FLITE_VOICES));
    expect([fliteVoice('marin'), fliteVoice('cedar'), fliteVoice('kal'), fliteVoice('unheard of')]).toEqual([
      'slt',
      'rms',
      'kal',
      'slt',
    ]);
  });

  it('speaks with five different voices', async () => {
    const tts = createFliteTts();
    const sounds = await Promise.all(
      FLITE_VOICES.map((voice) => tts.speak({ text: 'Hello there.', voice }, anySignal())),
    );
    for (const sound of sounds) expect(sound.length).toBeGreaterThan(12_000);
    expect(new Set(sounds.map((sound) => sound.join())).size).toBe(5);
  });

  it('is resampled without delay or loss of level', async () => {
    const { pcm, sampleRateHz } = runFlite('Hello there.', 'slt', 1);
    expect(sampleRateHz).toBe(16_000);
    const resampled = await createFliteTts().speak({ text: 'Hello there.', voice: 'slt' }, anySignal());
    expect(resampled.length).toBe(Math.round(pcm.length * 1.5));
    // Every other sample of the one is every third of the other.
    const pairs = Array.from(
      { length: Math.floor(pcm.length / 2) },
      (_, n) => [pcm[2 * n] ?? 0, resampled[3 * n] ?? 0] as const,
    );
    const difference = Math.sqrt(pairs.reduce((sum, [a, b]) => sum + (a - b) ** 2, 0));
    const level = Math.sqrt(pairs.reduce((sum, [a]) => sum + a ** 2, 0));
    expect(difference / level).toBeLessThan(0.15);
  });
});
