import { ManualClock } from '@voice-bridge/core/testing';
import { loadOpusCodec } from '@voice-bridge/media-node';
import { expect, it } from 'vitest';
import { PLAYOUT_FRAME_MS, PLAYOUT_FRAME_SAMPLES } from './playout.ts';
import { SpareTime } from './spare-time.ts';
import { SpeechOutput } from './speech-output.ts';

it('codes what is due soon with little trouble and the rest with more, and with little again when it has fallen behind', async () => {
  const codec = await loadOpusCodec();
  const clock = new ManualClock();
  const trouble: number[] = [];
  const spareTime = new SpareTime((task) => clock.after(0, task));
  let sent = 0;
  const output = new SpeechOutput(
    {
      createEncoder: () => {
        const encoder = codec.createEncoder({ sampleRateHz: 24_000 });
        return {
          sampleRateHz: encoder.sampleRateHz,
          encode: (pcm) => encoder.encode(pcm),
          setComplexity: (complexity) => {
            trouble.push(complexity);
            encoder.setComplexity(complexity);
          },
          close: () => encoder.close(),
        };
      },
      spareTime,
      send: () => sent++,
      onTurned: () => {},
      onDrained: () => {},
      firstSequenceNumber: 0,
      firstTimestamp: 0,
    },
    clock.now(),
  );
  const pcm = new Int16Array(100 * PLAYOUT_FRAME_SAMPLES).fill(7);
  output.play({ responseId: 'resp_1', itemId: 'item_1', pcm }, clock.now());
  clock.advance(0);
  // One at once, then six of 20 ms: 120 ms; the rest of 400 ms needs no hurry.
  expect(trouble).toEqual([...Array<number>(7).fill(1), ...Array<number>(14).fill(5)]);
  trouble.length = 0;
  // Nobody had spare time for 22 packets: 20 are coded already.
  for (let tick = 1; tick <= 22; tick++) output.tick(tick * PLAYOUT_FRAME_MS);
  expect([sent, trouble]).toEqual([23, [1, 1]]);
  output.close();
});
