import { afterEach, describe, expect, it } from 'vitest';
import { anySignal } from '../engine-test-support.ts';
import { TTS_SAMPLE_RATE_HZ, type TtsEngine } from './tts-engine.ts';

const SENTENCE = 'The lamp is blue now.';

/** What every voice does. `read` gives back, in small letters without punctuation, what was said in sound at 24 kHz. */
export function ttsEngineContract(
  name: string,
  create: () => TtsEngine,
  read?: (pcm: Int16Array) => Promise<string>,
): void {
  describe(`${name} as TtsEngine`, () => {
    const open: TtsEngine[] = [];
    const engine = (): TtsEngine => {
      const made = create();
      open.push(made);
      return made;
    };
    afterEach(async () => {
      await Promise.all(open.splice(0).map((made) => made.close()));
    });

    it('speaks a sentence: audible, not clipped, at 24 kHz', async () => {
      const pcm = await engine().speak({ text: SENTENCE, voice: 'marin' }, anySignal());
      const seconds = pcm.length / TTS_SAMPLE_RATE_HZ;
      expect(seconds).toBeGreaterThan(0.8);
      expect(seconds).toBeLessThan(4);
      expect(pcm.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)).toBeGreaterThan(3_000);
      expect(pcm.filter((sample) => Math.abs(sample) >= 32_767).length).toBeLessThan(5);
    });

    it('says the same in the same way, each time in a buffer of its own', async () => {
      const tts = engine();
      const first = await tts.speak({ text: SENTENCE, voice: 'marin' }, anySignal());
      const copy = first.slice();
      const second = await tts.speak({ text: SENTENCE, voice: 'marin' }, anySignal());
      expect(second).toEqual(first);
      second.fill(0);
      expect(first).toEqual(copy);
    });

    it.each([
      [0.5, 2],
      [1.5, 1 / 1.5],
    ])('at speed %f a sentence takes %f times as long', async (speed, factor) => {
      const tts = engine();
      const normal = await tts.speak({ text: SENTENCE, voice: 'marin' }, anySignal());
      const other = await tts.speak({ text: SENTENCE, voice: 'marin', speed }, anySignal());
      expect(other.length / normal.length).toBeGreaterThan(factor * 0.85);
      expect(other.length / normal.length).toBeLessThan(factor * 1.15);
    });

    it.each([0.2, 1.6, Number.NaN])('refuses speed %f', async (speed) => {
      await expect(engine().speak({ text: SENTENCE, voice: 'marin', speed }, anySignal())).rejects.toThrow(TypeError);
    });

    it.each(['', '   ', '...', '🎉'])('has nothing to say for "%s"', async (text) => {
      expect(await engine().speak({ text, voice: 'marin' }, anySignal())).toEqual(new Int16Array(0));
    });

    it('speaks for a voice that nobody knows, and text of any script and length', async () => {
      const tts = engine();
      expect((await tts.speak({ text: 'Hello.', voice: 'nobody' }, anySignal())).length).toBeGreaterThan(5_000);
      expect(
        (await tts.speak({ text: '“Naïve” café – 5 € & 20 %\u0000!', voice: 'marin' }, anySignal())).length,
      ).toBeGreaterThan(5_000);
      const long = 'This goes on for quite a while. '.repeat(20);
      expect((await tts.speak({ text: long, voice: 'marin' }, anySignal())).length).toBeGreaterThan(
        20 * TTS_SAMPLE_RATE_HZ,
      );
    });

    it('rejects with aborted when the signal has fired', async () => {
      const spoken = engine().speak({ text: SENTENCE, voice: 'marin' }, AbortSignal.abort());
      await expect(spoken).rejects.toMatchObject({ code: 'aborted' });
    });

    if (read !== undefined) {
      it('is understood', async () => {
        const pcm = await engine().speak({ text: SENTENCE, voice: 'marin' }, anySignal());
        expect(await read(pcm)).toBe('the lamp is blue now');
      });
    }

    it('closes twice without complaint', async () => {
      const tts = create();
      await tts.close();
      await tts.close();
    });
  });
}
