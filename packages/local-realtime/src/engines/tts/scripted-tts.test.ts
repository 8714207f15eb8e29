import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { plainWords } from '../phrases.ts';
import { readToneText } from '../tone-text.ts';
import { createScriptedTts } from './scripted-tts.ts';
import { ttsEngineContract } from './tts-engine.contract.ts';

ttsEngineContract(
  'scripted',
  () => createScriptedTts(),
  async (pcm) => plainWords(readToneText(pcm, 24_000)),
);

it('has a sentence at once, and after the others when it is to give way', async () => {
  const order: string[] = [];
  const speak = async (name: string, giveWay?: () => Promise<void>) => {
    await createScriptedTts({ giveWay }).speak({ text: 'Yes.', voice: 'marin' }, new AbortController().signal);
    order.push(name);
  };
  await Promise.all([speak('patient', setImmediate), speak('hasty')]);
  expect(order).toEqual(['hasty', 'patient']);
});
