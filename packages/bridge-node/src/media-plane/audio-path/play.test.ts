import { describe, expect, it } from 'vitest';
import { AudioBench, lineOf } from '../testing/audio-bench.ts';
import { amplitudeOf, joinSound, toneFrame } from '../testing/tones.ts';

const [RECORDING, MODEL] = [700, 2_500];

describe('a recording', () => {
  it('is spoken to everybody who hears, not to the model, and encoded once [S-3.29]', () => {
    const bench = new AudioBench();
    bench.join('a', 'b', 'o');
    bench.joinPcm('p');
    bench.path.set('o', { role: 'observer' });
    let doneAt = 0;
    bench.path.play(recording(30), () => {
      doneAt = bench.now;
    });
    bench.frames(60);
    for (const id of ['a', 'b', 'p']) expect(loudFrames(bench, id)).toBe(30);
    expect(bench.packetsTo('o')).toEqual([]);
    expect(amplitudeOf(RECORDING, bench.heardBy('model'))).toBe(0);
    expect(doneAt - 1_000).toBeLessThanOrEqual(620);
    // And one frame of silence that ends it.
    expect(bench.codec.encodedFrames).toBe(31);
    bench.path.remove('p');
    expect(bench.codec.open).toBe(0);
  });

  it('is heard together with the assistant, of whom nothing is lost', () => {
    const bench = new AudioBench();
    bench.join('a');
    bench.frames(150, (index) => {
      bench.speak('model', toneFrame(MODEL, index));
      if (index === 50) bench.path.play(recording(40), () => {});
    });
    expect(loudFrames(bench, 'a')).toBe(40);
    expect(bench.packetsTo('a')).toHaveLength(150);
    const { repeated, backwards, longestPauseMs } = lineOf(bench.packetsTo('a'));
    expect([repeated, backwards, longestPauseMs <= 60]).toEqual([0, 0, true]);
    expect(Math.round(amplitudeOf(MODEL, bench.heardBy('a', 10)) / 100)).toBe(40);
    expect(bench.codec.open).toBe(0);
  });

  it('waits for those before it, may be stopped, and ends with silence and not with a smear', () => {
    const bench = new AudioBench();
    bench.join('a');
    const done: string[] = [];
    bench.path.play(recording(10), () => done.push('first'));
    const stop = bench.path.play(recording(10), () => done.push('second'));
    bench.path.play(recording(10), () => done.push('third'));
    stop();
    bench.frames(30);
    expect(done).toEqual(['first', 'third']);
    expect(loudFrames(bench, 'a')).toBe(20);
    expect(bench.packetsTo('a').at(-1)?.payload).toHaveLength(3);
  });

  it('may be stopped while it is spoken, and begins anew what comes next', () => {
    const bench = new AudioBench();
    bench.join('a');
    const done: string[] = [];
    const stop = bench.path.play(recording(50), () => done.push('first'));
    bench.frames(10);
    stop();
    const spoken = loudFrames(bench, 'a');
    bench.frames(10);
    bench.path.play(recording(10), () => done.push('second'));
    bench.frames(20);
    expect([loudFrames(bench, 'a'), done]).toEqual([spoken + 10, ['second']]);
  });

  it('takes its time when nobody hears it, and waits until the session takes audio', () => {
    const bench = new AudioBench({ started: false });
    let done = 0;
    bench.path.play(recording(10), () => done++);
    bench.frames(50);
    expect(done).toBe(0);
    bench.path.start();
    bench.frames(9);
    expect(done).toBe(0);
    bench.frames(3);
    expect(done).toBe(1);
  });

  it('ends with the session, and tells nobody', () => {
    const bench = new AudioBench();
    let done = 0;
    bench.path.play(recording(10), () => done++);
    bench.frames(2);
    bench.path.close();
    bench.frames(20);
    expect([done, bench.clock.pending, bench.codec.open]).toEqual([0, 0, 0]);
  });

  it('may be followed by another when it is done', () => {
    const bench = new AudioBench();
    bench.join('a');
    let left = 3;
    const again = () => {
      if (left-- > 0) bench.path.play(recording(5), again);
    };
    again();
    bench.frames(40);
    expect(loudFrames(bench, 'a')).toBe(15);
  });
});

function recording(frames: number): Int16Array {
  return joinSound(Array.from({ length: frames }, (_, index) => toneFrame(RECORDING, index)));
}

/** Frames in which somebody heard the recording. */
function loudFrames(bench: AudioBench, id: string): number {
  const sound = bench.heardBy(id);
  let loud = 0;
  for (let start = 0; start < sound.length; start += 480) {
    if (amplitudeOf(RECORDING, sound.subarray(start, start + 480)) > 2_000) loud++;
  }
  return loud;
}
