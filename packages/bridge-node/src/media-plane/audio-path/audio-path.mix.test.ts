import { describe, expect, it } from 'vitest';
import { AudioBench, lineOf } from '../testing/audio-bench.ts';
import { amplitudeOf, toneFrame } from '../testing/tones.ts';

const [A, B, C] = [400, 1_000, 1_700];
const SILENT_FRAME = new Int16Array(480);

describe('several speakers', () => {
  it('are each recognised in what the model hears, and decoded only while they are several [S-1.3]', () => {
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
