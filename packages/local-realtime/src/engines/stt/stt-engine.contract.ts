import { afterEach, describe, expect, it } from 'vitest';
import { anySignal, padded } from '../engine-test-support.ts';
import type { SttEngine, SttVocabulary } from './stt-engine.ts';

const VOCABULARY: SttVocabulary = {
  phrases: ['set the lamp to (red|green|blue)', 'read my notes', 'start a timer for <seconds:duration>', 'hello'],
};

/** What every recogniser does. `say` makes sound at 16 kHz that this one can hear. */
export function sttEngineContract(
  name: string,
  create: () => SttEngine,
  say: (text: string) => Promise<Int16Array>,
): void {
  describe(`${name} as SttEngine`, () => {
    const open: SttEngine[] = [];
    const engine = (): SttEngine => {
      const made = create();
      open.push(made);
      return made;
    };
    afterEach(async () => {
      await Promise.all(open.splice(0).map((made) => made.close()));
    });

    it.each(['set the lamp to blue', 'read my notes', 'start a timer for thirty seconds'])(
      'hears "%s"',
      async (text) => {
        const sound = padded(await say(text), 300, 300);
        expect(await engine().recognise(sound, VOCABULARY, anySignal())).toEqual({ text });
      },
    );

    it('hears the same in the same sound, whatever it heard in between, and leaves the sound alone', async () => {
      const stt = engine();
      const sound = await say('set the lamp to red');
      const copy = sound.slice();
      const first = await stt.recognise(sound, VOCABULARY, anySignal());
      await stt.recognise(await say('hello'), VOCABULARY, anySignal());
      expect(await stt.recognise(sound, VOCABULARY, anySignal())).toEqual(first);
      expect(sound).toEqual(copy);
    });

    it('keeps utterances apart that come at the same time', async () => {
      const stt = engine();
      const texts = ['set the lamp to green', 'hello', 'read my notes', 'set the lamp to red'];
      const sounds = await Promise.all(texts.map(say));
      const heard = await Promise.all(sounds.map((sound) => stt.recognise(sound, VOCABULARY, anySignal())));
      expect(heard.map((result) => result.text)).toEqual(texts);
    });

    it('hears nothing in no sound and in silence', async () => {
      const stt = engine();
      expect(await stt.recognise(new Int16Array(0), VOCABULARY, anySignal())).toEqual({ text: '' });
      expect(await stt.recognise(new Int16Array(16_000), VOCABULARY, anySignal())).toEqual({ text: '' });
    });

    it('rejects with aborted when the signal has fired', async () => {
      const stt = engine();
      const sound = await say('set the lamp to blue');
      await expect(stt.recognise(sound, VOCABULARY, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
    });

    it('refuses more than 60 s', async () => {
      await expect(engine().recognise(new Int16Array(60 * 16_000 + 1), VOCABULARY, anySignal())).rejects.toThrow(
        TypeError,
      );
    });

    it('closes twice without complaint', async () => {
      const stt = create();
      await stt.recognise(await say('hello'), VOCABULARY, anySignal());
      await stt.close();
      await stt.close();
    });
  });
}
