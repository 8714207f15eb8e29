import { describe, expect, it } from 'vitest';
import { AudioBench, lineOf } from '../testing/audio-bench.ts';
import { amplitudeOf, toneFrame } from '../testing/tones.ts';

const [A, B, C] = [400, 1_000, 1_700];
const SILENT_FRAME = new Int16Array(480);

describe('several speakers', () => {
  it('are each recognised in what the model hears, and decoded only while they are several [S-1.3] [S-0.49]', () => {
    const bench = new AudioBench();
    bench.join('a', 'b');
    const open = [bench.codec.open];
    bench.frames(50, (index) => {
      bench.speak('a', toneFrame(A, index));
      if (index >= 20) bench.speak('b', toneFrame(B, index, 2_000));
    });
    open.push(bench.codec.open);
    const sound = bench.heardBy('model', 20);
    expect([A, B, C].map((hz) => Math.round(amplitudeOf(hz, sound) / 100))).toEqual([40, 20, 0]);
    bench.path.remove('b');
    bench.frames(10, (index) => bench.speak('a', toneFrame(A, 50 + index)));
    open.push(bench.codec.open);
    expect(open).toEqual([0, 3, 0]);
    expect(Math.round(amplitudeOf(B, bench.heardBy('model', 7)))).toBe(0);
  });

  it.each([0, 7, 13, 19])(
    'come and go %i ms after the first without anything of it lost or heard twice, on one line',
    (phase) => {
      const bench = new AudioBench();
      bench.join('a', 'b');
      const speakA = (index: number) => bench.speak('a', numberedFrame(index + 1));
      const both = () => {
        bench.clock.advance(phase);
        bench.speak('b', SILENT_FRAME);
        bench.clock.advance(20 - phase);
      };
      for (let index = 0; index < 200; index++) {
        speakA(index);
        if (index % 50 >= 20) both();
        else bench.clock.advance(20);
        if (index % 50 === 49) bench.path.set('b', { muted: true });
        if (index % 50 === 19) bench.path.set('b', { muted: false });
      }
      bench.frames(5);
      const numbers = [...heardNumbers(bench)];
      expect(numbers).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
      expect(lineOf(bench.toModel)).toMatchObject({ repeated: 0, backwards: 0 });
      expect(lineOf(bench.toModel).longestPauseMs).toBeLessThanOrEqual(60);
      const switches = bench.toModel.filter(({ marker }) => marker).length;
      expect(switches).toBeGreaterThanOrEqual(8);
    },
  );

  it('are heard with gain, without clicks, and without being cut off', () => {
    const bench = new AudioBench();
    bench.join('a');
    bench.path.set('a', { gain: 2 });
    bench.frames(20, (index) => bench.speak('a', toneFrame(A, index, 4_000)));
    expect(Math.round(amplitudeOf(A, bench.heardBy('model', 10)) / 100)).toBe(80);
    bench.path.set('a', { gain: 4 });
    bench.frames(20, (index) => bench.speak('a', toneFrame(A, index, 30_000)));
    expect(Math.max(...bench.heardBy('model', 10))).toBeLessThanOrEqual(32_767);
    bench.path.set('a', { gain: 1 });
    bench.frames(5, (index) => bench.speak('a', toneFrame(A, index)));
    expect(bench.codec.open).toBe(0);
  });

  it.each([10, 40, 60])('may send packets of %i ms, also while others send 20 [S-1.25]', (ms) => {
    const bench = new AudioBench();
    bench.join('a', 'b');
    const frames = ms / 20;
    bench.frames(60, (index) => {
      const due = Math.floor((index + 1) / frames) - Math.floor(index / frames);
      for (let n = 0; n < due; n++) bench.speak('a', numberedFrame(Math.floor(index / frames) + n + 1, 24 * ms));
      if (index >= 20 && index < 40) bench.speak('b', SILENT_FRAME);
      if (index === 45) bench.path.remove('b');
    });
    const heard = [...bench.heardBy('model')].filter((sample) => sample !== 0);
    const counts = new Map<number, number>();
    for (const sample of heard) counts.set(sample, (counts.get(sample) ?? 0) + 1);
    expect([...counts.values()].every((count) => count === 24 * ms)).toBe(true);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
    expect(counts.size).toBe(Math.floor(60 / frames));
    expect(lineOf(bench.toModel)).toMatchObject({ repeated: 0, backwards: 0 });
  });

  it('do not wait for one whose packets stop, nor for late timers', () => {
    const bench = new AudioBench();
    bench.join('a', 'b');
    bench.frames(20, (index) => {
      bench.speak('a', toneFrame(A, index));
      bench.speak('b', toneFrame(B, index));
    });
    bench.frames(50, (index) => bench.speak('a', toneFrame(A, 20 + index)));
    const sound = bench.heardBy('model', 40);
    expect([A, B].map((hz) => Math.round(amplitudeOf(hz, sound) / 100))).toEqual([40, 0]);
    expect(lineOf(bench.toModel).longestPauseMs).toBeLessThanOrEqual(60);
    bench.frames(100, (index) => bench.speak('a', toneFrame(A, 70 + index)));
    expect(bench.codec.open).toBe(0);
  });

  it('are at most four at once: the loudest of many, and who is left out fades', () => {
    const bench = new AudioBench();
    const tones = [300, 500, 700, 900, 1_100, 1_300];
    bench.join(...tones.map(String));
    const speak = (quiet: number) => (index: number) => {
      for (const hz of tones) bench.speak(String(hz), toneFrame(hz, index, hz === quiet ? 100 : 3_000 + hz));
    };
    bench.frames(100, speak(1_300));
    const loud = tones.filter((hz) => amplitudeOf(hz, bench.heardBy('model', 20)) > 1_000);
    expect(loud).toHaveLength(4);
    expect(loud).not.toContain(1_300);
    bench.frames(200, (index) => speak(loud[0] ?? 0)(100 + index));
    const later = tones.filter((hz) => amplitudeOf(hz, bench.heardBy('model', 20)) > 1_000);
    expect(later).toHaveLength(4);
    expect(later).not.toContain(loud[0]);
  });
});

it('makes up for a stalled process with at most ten frames, and goes on in step with the clock', () => {
  const bench = new AudioBench();
  bench.join('a', 'b');
  const speak = (index: number) => {
    bench.speak('a', toneFrame(A, index));
    bench.speak('b', toneFrame(B, index));
  };
  bench.frames(20, speak);
  const before = bench.toModel.length;
  bench.stall(1_000);
  bench.frames(20, (index) => speak(20 + index));
  const after = bench.toModel.slice(before);
  expect(after.filter(({ at }) => at === after[0]?.at).length).toBeLessThanOrEqual(11);
  expect(after.length).toBeLessThanOrEqual(20 + 11);
  const [first, last] = [bench.toModel.at(0), bench.toModel.at(-1)];
  expect(((last?.timestamp ?? 0) - (first?.timestamp ?? 0)) / 48).toBeGreaterThan(
    (last?.at ?? 0) - (first?.at ?? 0) - 100,
  );
  expect(lineOf(bench.toModel)).toMatchObject({ repeated: 0, backwards: 0 });
});

it('mixes a frame of six people who hear each other in far less than the 20 ms it lasts [S-4.10]', () => {
  const bench = new AudioBench({ hearEachOther: true });
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  bench.join(...ids);
  const begun = process.cpuUsage();
  bench.frames(100, (index) => {
    for (const id of ids) bench.speak(id, toneFrame(A, index));
  });
  const { user, system } = process.cpuUsage(begun);
  expect((user + system) / 1_000 / 100).toBeLessThan(20);
});

/** A frame that can be told from others by its number. */
function numberedFrame(number: number, samples = 480): Int16Array {
  return new Int16Array(samples).fill(number);
}

/** The numbers of the frames the model heard, silence left out. */
function heardNumbers(bench: AudioBench): number[] {
  const sound = bench.heardBy('model');
  return Array.from({ length: sound.length / 480 }, (_, frame) => sound[frame * 480 + 240] ?? 0).filter((n) => n !== 0);
}
