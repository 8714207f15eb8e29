import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { plainWords } from '../phrases.ts';
import { readToneText } from '../tone-text.ts';
import { createScriptedTts } from './scripted-tts.ts';
import { ttsEngineContract } from './tts-engine.contract.ts';

const read = async (pcm: Int16Array) => plainWords(readToneText(pcm, 24_000));
ttsEngineContract('scripted', () => createScriptedTts(), read);
ttsEngineContract('scripted, giving way', () => createScriptedTts({ giveWay: setImmediate }), read);

it('has a sentence at once, and after the others when it is to give way', async () => {
  const order: string[] = [];
  const speak = async (name: string, giveWay?: () => Promise<void>) => {
    await createScriptedTts({ giveWay }).speak({ text: 'Yes.', voice: 'marin' }, new AbortController().signal);
    order.push(name);
  };
  await Promise.all([speak('patient', setImmediate), speak('hasty')]);
  expect(order).toEqual(['hasty', 'patient']);
});

it('makes no sentence that was given up while it gave way', async () => {
  const abort = new AbortController();
  const sentence = createScriptedTts({ giveWay: setImmediate }).speak({ text: 'Yes.', voice: 'marin' }, abort.signal);
  abort.abort();
  await expect(sentence).rejects.toMatchObject({ code: 'aborted' });
});
