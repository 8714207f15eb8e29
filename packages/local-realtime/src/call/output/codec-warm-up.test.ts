import { ManualClock } from '@voice-bridge/core/testing';
import { loadOpusCodec, type OpusCodec } from '@voice-bridge/media-node';
import { expect, it } from 'vitest';
import { warmUp } from './codec-warm-up.ts';
import { SpareTime } from './spare-time.ts';

/** The real codec, which counts the packets it makes. */
async function countedCodec() {
  const codec = await loadOpusCodec();
  const made = { packets: 0, open: 0 };
  const counted: OpusCodec = {
    createDecoder: (rate) => codec.createDecoder(rate),
    createEncoder: (options) => {
      const encoder = codec.createEncoder(options);
      made.open++;
      return {
        sampleRateHz: encoder.sampleRateHz,
        setComplexity: (complexity) => encoder.setComplexity(complexity),
        encode: (pcm) => {
          made.packets++;
          return encoder.encode(pcm);
        },
        close: () => {
          made.open--;
          encoder.close();
        },
      };
    },
  };
  return { counted, made };
}

it('codes sound for nobody, once for each codec, and leaves nothing behind', async () => {
  const { counted, made } = await countedCodec();
  const clock = new ManualClock();
  const spareTime = new SpareTime((task) => clock.after(0, task));
  for (let call = 0; call < 3; call++) warmUp(counted, spareTime);
  expect(made).toEqual({ packets: 0, open: 1 });
  clock.advance(0);
  expect(made).toEqual({ packets: 150, open: 0 });
  warmUp(counted, spareTime);
  expect([made.packets, clock.pending]).toEqual([150, 0]);
});

it('lets what is for somebody be done first', async () => {
  const { counted, made } = await countedCodec();
  const clock = new ManualClock();
  const spareTime = new SpareTime((task) => clock.after(0, task));
  warmUp(counted, spareTime);
  const before: number[] = [];
  spareTime.add({
    doneAheadMs: 400,
    doSome: () => before.push(made.packets) < 2,
  });
  clock.advance(0);
  expect(before).toEqual([0, 0]);
});
