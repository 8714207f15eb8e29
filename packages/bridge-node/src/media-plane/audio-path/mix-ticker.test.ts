import { ManualClock } from '@voice-bridge/core/testing';
import { expect, it } from 'vitest';
import { MixTicker } from './mix-ticker.ts';

it('ticks every 20 ms, and sessions that begin at other times tick at other times', () => {
  const clock = new ManualClock(1_001);
  const frames: number[] = [];
  const tickers = [0, 1].map(() => {
    const ticker = new MixTicker(clock, (frameTime) => frames.push(frameTime));
    ticker.start();
    clock.advance(4);
    return ticker;
  });
  clock.advance(40);
  for (const ticker of tickers) ticker.stop();
  clock.advance(100);
  expect(frames).toEqual([1_002, 1_006, 1_022, 1_026, 1_042, 1_046]);
});

it('lets in what arrived while the process was busy before it mixes', () => {
  const manual = new ManualClock(1_000);
  let busyMs = 0;
  const order: string[] = [];
  const clock = { now: () => manual.now() + busyMs, after: manual.after.bind(manual) };
  const ticker = new MixTicker(clock, (frameTime) => order.push(`frame ${frameTime}`));
  ticker.start();
  manual.advance(20);
  busyMs = 10;
  manual.after(20, () => order.push('packet'));
  manual.advance(20);
  ticker.stop();
  expect(order).toEqual(['frame 1000', 'frame 1020', 'packet', 'frame 1040']);
});

it('lets in once more what arrived while the process was busy letting in', () => {
  const manual = new ManualClock(1_000);
  let busyMs = 0;
  const order: string[] = [];
  const clock = { now: () => manual.now() + busyMs, after: manual.after.bind(manual) };
  const ticker = new MixTicker(clock, (frameTime) => order.push(`frame ${frameTime}`));
  ticker.start();
  manual.advance(20);
  busyMs = 10;
  manual.after(20, () => {
    order.push('packet');
    busyMs = 50;
    manual.after(0, () => order.push('later packet'));
  });
  manual.advance(20);
  ticker.stop();
  const [before, between, after] = [['frame 1000', 'frame 1020'], ['frame 1040'], ['frame 1060', 'frame 1080']];
  expect(order).toEqual([...before, 'packet', ...between, 'later packet', ...after]);
});

it('goes on while every turn of the process is late, one letting in for each', () => {
  const manual = new ManualClock(1_000);
  let busyMs = 0;
  const frames: number[] = [];
  let lettingIn = 0;
  const clock = {
    now: () => manual.now() + busyMs,
    after: (delayMs: number, task: () => void) =>
      manual.after(delayMs, () => {
        if (delayMs <= 0) lettingIn++;
        busyMs += 30;
        task();
      }),
  };
  const ticker = new MixTicker(clock, (frameTime) => {
    frames.push(frameTime);
    if (frames.length === 100) ticker.stop();
  });
  ticker.start();
  manual.advance(20);
  expect(frames).toEqual(Array.from({ length: 100 }, (_, n) => 1_000 + n * 20));
  expect(lettingIn).toBeLessThan(80);
});
