import { expect, it } from 'vitest';
import { noise } from '../engine-test-support.ts';
import { createSileroVad } from './silero-vad.ts';
import { framesOf } from './vad-engine.contract.ts';

const SECONDS = 20;

it('takes a fraction of the time that the sound lasts', () => {
  const vad = createSileroVad();
  const frames = framesOf(noise(SECONDS * 16_000, 1_000));
  for (const frame of frames) vad.process(frame);
  const before = process.cpuUsage();
  for (const frame of frames) vad.process(frame);
  const { user, system } = process.cpuUsage(before);
  // Wanted: 22 ms of CPU per second of sound. Tests assert three times that.
  expect((user + system) / 1_000 / SECONDS).toBeLessThan(66);
});
