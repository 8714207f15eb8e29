import { expect, it } from 'vitest';
import { anySignal } from '../engine-test-support.ts';
import { toneText } from '../tone-text.ts';
import { createScriptedStt } from './scripted-stt.ts';
import { sttEngineContract } from './stt-engine.contract.ts';

const say = async (text: string) => toneText(text, { sampleRateHz: 16_000 });

sttEngineContract('scripted (tones)', () => createScriptedStt(), say);

it('hears the n-th text in the n-th utterance, then nothing', async () => {
  const stt = createScriptedStt(['one', 'two']);
  const heard = [];
  for (const sound of ['a', 'b', 'c']) heard.push(await stt.recognise(await say(sound), { phrases: [] }, anySignal()));
  expect(heard).toEqual([{ text: 'one' }, { text: 'two' }, { text: '' }]);
});

it('takes sound that goes on for the same utterance', async () => {
  const stt = createScriptedStt(['one', 'two']);
  const whole = await say('set the lamp');
  await stt.recognise(whole.slice(0, 5_000), { phrases: [] }, anySignal());
  expect(await stt.recognise(whole, { phrases: [] }, anySignal())).toEqual({ text: 'one' });
  expect(await stt.recognise(await say('x'), { phrases: [] }, anySignal())).toEqual({ text: 'two' });
});
