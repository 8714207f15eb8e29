import { type ResampleRate, Resampler } from '@voice-bridge/core';
import { loadOpusCodec } from '@voice-bridge/media-node';
import type { Operation } from './measure.ts';

const TIMES = 200;
const FRAMES_PER_SECOND = 50;

/** Opus and resampling, one frame of 20 ms each: what is done where audio is mixed, recorded or turned into PCM. */
export async function audioOperations(): Promise<Operation[]> {
  const codec = await loadOpusCodec();
  const coding = ([24_000, 48_000] as const).flatMap((sampleRateHz) => {
    const encoder = codec.createEncoder({ sampleRateHz });
    const decoder = codec.createDecoder(sampleRateHz);
    const pcm = speechLike(sampleRateHz);
    const packet = encoder.encode(pcm);
    return [
      { name: `Opus encode, 20 ms at ${sampleRateHz} Hz`, times: TIMES, run: () => repeat(() => encoder.encode(pcm)) },
      {
        name: `Opus decode, 20 ms at ${sampleRateHz} Hz`,
        times: TIMES,
        run: () => repeat(() => decoder.decode(packet)),
      },
    ];
  });
  return [...coding, resampling(48_000, 24_000), resampling(24_000, 48_000), resampling(24_000, 16_000)];
}

function resampling(fromHz: ResampleRate, toHz: ResampleRate): Operation {
  const resampler = new Resampler(fromHz, toHz);
  const pcm = speechLike(fromHz);
  return {
    name: `resample 20 ms, ${fromHz} to ${toHz} Hz`,
    times: TIMES,
    run: () => repeat(() => resampler.process(pcm)),
  };
}

function repeat(step: () => unknown): void {
  for (let n = 0; n < TIMES; n++) step();
}

/** 20 ms of harmonics of 120 Hz. */
function speechLike(sampleRateHz: number): Int16Array {
  return Int16Array.from({ length: sampleRateHz / FRAMES_PER_SECOND }, (_, index) => {
    const phase = (2 * Math.PI * 120 * index) / sampleRateHz;
    return 4_000 * (Math.sin(phase) + Math.sin(2 * phase) / 2 + Math.sin(5 * phase) / 3);
  });
}
