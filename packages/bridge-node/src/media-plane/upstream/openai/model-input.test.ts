import type { Clock } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { loadOpusCodec } from '@voice-bridge/media-node';
import { beforeAll, expect, it } from 'vitest';
import { ModelInput } from './model-input.ts';

let codec: Awaited<ReturnType<typeof loadOpusCodec>>;

beforeAll(async () => {
  codec = await loadOpusCodec();
});

/** An input, and a speaker of one packet of tone per 20 ms. */
function start() {
  const clock = new ManualClock(1_000);
  const frames: { readonly at: number; readonly level: number; readonly length: number }[] = [];
  const input = new ModelInput({
    clock,
    decoder: codec.createDecoder(24_000),
    take: (frame) => frames.push({ at: clock.now(), level: Math.max(...frame), length: frame.length }),
  });
  const encoder = codec.createEncoder({ sampleRateHz: 24_000 });
  const packets = Array.from({ length: 100 }, (_, number) => {
    const pcm = Int16Array.from(
      { length: 480 },
      (_, n) => 8_000 * Math.sin((2 * Math.PI * 300 * (number * 480 + n)) / 24_000),
    );
    return {
      sequenceNumber: (65_500 + number) & 0xffff,
      timestamp: (number * 960) >>> 0,
      marker: false,
      payload: encoder.encode(pcm),
    };
  });
  const push = (...numbers: readonly number[]) => {
    for (const number of numbers) {
      const packet = packets[number];
      if (packet !== undefined) input.push(packet);
    }
  };
  return { clock, frames, input, push };
}

it('gives the model 20 ms every 20 ms from the start, silence while there is nothing', () => {
  const { clock, frames, input } = start();
  clock.advance(1_000);
  expect(frames).toHaveLength(50);
  expect(frames.every(({ level, length }) => level === 0 && length === 480)).toBe(true);
  input.close();
  expect(clock.pending).toBe(0);
});

it('gives speech on within 60 ms, in order, whatever overtook what', () => {
  const { clock, frames, push } = start();
  clock.advance(200);
  for (let number = 0; number < 40; number += 2) {
    push(number + 1, number);
    clock.advance(40);
  }
  const spoken = frames.filter(({ level }) => level > 4_000);
  expect((spoken[0]?.at ?? 0) - 1_200).toBeLessThanOrEqual(60);
  expect(spoken.length).toBeGreaterThanOrEqual(37);
});

it('covers what is lost, so that speech stays as long as it was', () => {
  const { clock, frames, push } = start();
  for (let number = 0; number < 50; number++) {
    if (number % 10 !== 5) push(number);
    clock.advance(20);
  }
  clock.advance(200);
  expect(frames).toHaveLength(60);
  expect(frames.filter(({ level }) => level > 2_000).length).toBeGreaterThanOrEqual(49);
});

it('does not make up for time in which the process stood still', () => {
  let now = 1_000;
  let wake = () => {};
  const clock: Clock = {
    now: () => now,
    after: (_delayMs, task) => {
      wake = task;
      return () => {};
    },
  };
  let frames = 0;
  const input = new ModelInput({ clock, decoder: codec.createDecoder(24_000), take: () => frames++ });
  now += 300;
  wake();
  expect(frames).toBe(1);
  now += 60_000;
  wake();
  expect(frames).toBe(2);
  input.close();
});

it('gives on all that came at once after a stall, and soon', () => {
  const { clock, frames, push } = start();
  clock.advance(100);
  push(...Array.from({ length: 60 }, (_, number) => number));
  clock.advance(300);
  expect(frames.filter(({ level }) => level > 4_000).length).toBeGreaterThanOrEqual(58);
});

it('passes over what is no Opus packet', () => {
  const { clock, frames, input } = start();
  input.push({ sequenceNumber: 1, timestamp: 0, marker: false, payload: new Uint8Array(0) });
  input.push({ sequenceNumber: 2, timestamp: 960, marker: false, payload: Uint8Array.of(0xff, 0xff, 0xff) });
  clock.advance(200);
  expect(frames).toHaveLength(10);
});
