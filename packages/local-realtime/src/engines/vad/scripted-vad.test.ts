import { expect, it } from 'vitest';
import { toneText } from '../tone-text.ts';
import { createScriptedVad } from './scripted-vad.ts';
import { vadEngineContract } from './vad-engine.contract.ts';
import { VAD_FRAME_SAMPLES } from './vad-engine.ts';

vadEngineContract('scripted', createScriptedVad, async () =>
  toneText('set the lamp to blue', { sampleRateHz: 16_000 }),
);

it('finds speech at the given times, whatever the sound', () => {
  const vad = createScriptedVad([
    { startMs: 64, endMs: 128 },
    { startMs: 192, endMs: 224 },
  ]);
  const silence = new Int16Array(VAD_FRAME_SAMPLES);
  const speech = Array.from({ length: 8 }, () => vad.process(silence) > 0.5);
  expect(speech).toEqual([false, false, true, true, false, false, true, false]);
});
