import { describe, expect, it } from 'vitest';
import { AudioBench } from '../testing/audio-bench.ts';
import { toneFrame } from '../testing/tones.ts';

const [A, B] = [400, 1_000];
/** 20 dB below full scale, as RFC 6464 gives it: 0.1. */
const LOUD = 20;
const SILENT = 127;

describe('levels', () => {
  it('are what senders say of themselves (RFC 6464), in linear measure, also while nothing is decoded', () => {
    const bench = new AudioBench();
    bench.join('a', 'b');
    bench.frames(20, (index) => bench.speak('a', toneFrame(A, index), LOUD));
    expect(bench.levels.at(-1)).toMatchObject({ levels: { a: 0.1, b: 0 }, active: 'a' });
    expect(bench.codec.open).toBe(0);
  });

  it('are measured where senders say nothing', () => {
    const bench = new AudioBench();
    bench.join('a');
    bench.joinPcm('p');
    bench.frames(30, (index) => {
      bench.speak('a', toneFrame(A, index, 16_384));
      bench.path.pushPcm('p', toneFrame(B, index, 8_192));
    });
    expect(bench.levels.at(-1)?.levels).toEqual({ a: 0.355, p: 0.175 });
  });

  it('are told at most five times a second, and only when something changes', () => {
    const bench = new AudioBench();
    bench.join('a', 'b');
    bench.frames(500, (index) => bench.speak('a', toneFrame(A, index), index < 100 ? index % 60 : LOUD));
    const gaps = bench.levels.map(({ at }, index) => at - (bench.levels[index - 1]?.at ?? Number.NEGATIVE_INFINITY));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(200);
    expect(bench.levels.filter(({ at }) => at > 1_000 + 2_600)).toEqual([]);
    expect(bench.levels.length).toBeGreaterThan(5);
  });

  it('are nothing for who is muted, and fall when packets stop', () => {
    const bench = new AudioBench();
    bench.join('a', 'b');
    bench.frames(50, (index) => bench.speak('a', toneFrame(A, index), LOUD));
    bench.path.set('a', { muted: true });
    bench.frames(20, (index) => bench.speak('a', toneFrame(A, index), LOUD));
    expect(bench.levels.at(-1)).toMatchObject({ levels: { a: 0, b: 0 }, active: null });
    bench.path.set('a', { muted: false });
    bench.frames(20, (index) => bench.speak('a', toneFrame(A, index), LOUD));
    expect(bench.levels.at(-1)?.active).toBe('a');
    bench.frames(100);
    expect(bench.levels.at(-1)).toMatchObject({ levels: { a: 0, b: 0 }, active: null });
  });

  it('are told to nobody who is alone; that somebody speaks is', () => {
    const bench = new AudioBench();
    bench.join('a');
    bench.frames(100, (index) => bench.speak('a', toneFrame(A, index), index % 40));
    expect(bench.levels.map(({ active }) => active)).toEqual(['a']);
  });

  it('know who speaks when the only one who sends does not say how loud it is', () => {
    const bench = new AudioBench();
    bench.join('a', 'b');
    bench.frames(20, (index) => bench.speak('a', toneFrame(A, index)));
    expect(bench.levels.at(-1)?.active).toBe('a');
    bench.path.set('a', { muted: true });
    bench.frames(20, (index) => bench.speak('a', toneFrame(A, index)));
    expect(bench.levels.at(-1)?.active).toBeNull();
  });

  it('change who is active once somebody else is clearly louder, not with every word', () => {
    const bench = new AudioBench();
    bench.join('a', 'b');
    bench.frames(200, (index) => {
      bench.speak('a', toneFrame(A, index), index < 100 ? LOUD : SILENT);
      bench.speak('b', toneFrame(B, index), index < 100 ? SILENT : LOUD);
    });
    const active = bench.levels.map((levels) => levels.active);
    expect(active.filter((id, index) => id !== active[index - 1])).toEqual(['a', 'b']);
  });
});
