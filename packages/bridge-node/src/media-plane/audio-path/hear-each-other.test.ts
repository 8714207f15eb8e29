import { describe, expect, it } from 'vitest';
import { AudioBench, lineOf } from '../testing/audio-bench.ts';
import { amplitudeOf, toneFrame } from '../testing/tones.ts';

const TONES = { a: 400, b: 1_000, p: 1_700, model: 2_500 } as const;
type Voice = keyof typeof TONES;
const VOICES = ['a', 'b', 'p', 'model'] as const;

describe('participants who hear each other', () => {
  it('hear everybody and the assistant, and never themselves [S-1.3] [S-1.25]', () => {
    const bench = new AudioBench({ hearEachOther: true });
    bench.join('a', 'b', 'l');
    bench.joinPcm('p');
    bench.frames(60, (index) => everybody(bench, index, VOICES));
    expect(heardVoices(bench, 'a')).toEqual(['b', 'p', 'model']);
    expect(heardVoices(bench, 'b')).toEqual(['a', 'p', 'model']);
    expect(heardVoices(bench, 'p')).toEqual(['a', 'b', 'model']);
    expect(heardVoices(bench, 'l')).toEqual(['a', 'b', 'p', 'model']);
    expect(heardVoices(bench, 'model')).toEqual(['a', 'b', 'p']);
  });

  it('share one encoded stream when they do not speak', () => {
    const encoded = (listeners: readonly string[]) => {
      const bench = new AudioBench({ hearEachOther: true });
      bench.join('a', ...listeners);
      bench.frames(50, (index) => bench.speak('a', toneFrame(400, index)));
      const [first] = listeners;
      for (const id of listeners) expect(bench.heardBy(id)).toEqual(bench.heardBy(first ?? ''));
      return bench.codec.encodedFrames;
    };
    expect(encoded(['l1', 'l2', 'l3', 'l4', 'l5'])).toBe(encoded(['l1']));
  });

  it('get the assistant unopened while nobody else speaks, and go back to that without losing any of it', () => {
    const bench = new AudioBench({ hearEachOther: true });
    bench.join('a', 'b');
    bench.frames(150, (index) => {
      bench.speak('model', new Int16Array(480).fill(index + 1));
      if (index >= 50 && index < 100) bench.speak('a', new Int16Array(480));
      if (index === 100) bench.path.set('a', { muted: true });
    });
    for (const id of ['a', 'b']) {
      const sound = bench.heardBy(id);
      const numbers = [...sound].filter((sample, index) => index % 480 === 240 && sample !== 0);
      expect(numbers).toEqual(Array.from({ length: 150 }, (_, index) => index + 1));
      expect(lineOf(bench.packetsTo(id))).toMatchObject({ repeated: 0, backwards: 0 });
    }
    expect(bench.packetsTo('a').filter(({ marker }) => marker)).toHaveLength(1);
    expect(bench.codec.open).toBe(0);
  });

  it('reach the model whole, also when what others hear of them is later than what it gets', () => {
    const bench = new AudioBench({ hearEachOther: true });
    bench.join('a', 'b', 'l');
    bench.frames(150, (index) => {
      bench.speak('a', new Int16Array(480).fill(index + 1));
      if (index >= 50 && index < 100) bench.speak('b', new Int16Array(480));
      if (index === 100) bench.path.set('b', { muted: true });
    });
    for (const id of ['model', 'l']) {
      const numbers = [...bench.heardBy(id)].filter((sample, index) => index % 480 === 240 && sample !== 0);
      expect(numbers.slice(0, 140)).toEqual(Array.from({ length: 140 }, (_, index) => index + 1));
    }
    expect(lineOf(bench.toModel)).toMatchObject({ repeated: 0, backwards: 0 });
    expect(bench.toModel.filter(({ marker }) => marker).length).toBeGreaterThanOrEqual(3);
  });

  it('do not hear who is muted, a listener or an observer; an observer hears nothing', () => {
    const bench = new AudioBench({ hearEachOther: true });
    bench.join('a', 'b', 'l');
    bench.path.set('a', { muted: true });
    bench.path.set('b', { role: 'observer' });
    bench.frames(60, (index) => everybody(bench, index, ['a', 'b', 'model']));
    expect(heardVoices(bench, 'l')).toEqual(['model']);
    expect(bench.packetsTo('b')).toEqual([]);
    expect(bench.codec.open).toBe(0);
  });

  it('hear nothing any more of an answer that the model dropped', () => {
    const bench = new AudioBench({ hearEachOther: true });
    bench.join('a', 'b');
    bench.joinPcm('p');
    bench.frames(50, (index) => everybody(bench, index, ['a', 'model']));
    bench.path.flush();
    bench.frames(8, (index) => everybody(bench, 50 + index, ['a', 'model']));
    for (const id of ['b', 'p']) {
      expect(amplitudeOf(TONES.model, bench.heardBy(id, 7))).toBeLessThan(10);
      expect(amplitudeOf(TONES.a, bench.heardBy(id, 7))).toBeGreaterThan(3_000);
    }
  });
});

describe('participants who do not hear each other', () => {
  it('hear the assistant alone, as packets or, who takes PCM, as steady frames', () => {
    const bench = new AudioBench();
    bench.join('a', 'b');
    bench.joinPcm('p');
    bench.frames(60, (index) => everybody(bench, index, VOICES));
    for (const id of ['a', 'b', 'p']) expect(heardVoices(bench, id)).toEqual(['model']);
    expect(heardVoices(bench, 'model')).toEqual(['a', 'b', 'p']);
    expect(bench.framesTo('p').every(({ length }) => length === 480)).toBe(true);
    expect(bench.packetsTo('a')).toHaveLength(60);
  });
});

describe('who takes PCM', () => {
  it('hears an assistant that is decoded once, however many they are', () => {
    const decoded = (listeners: readonly string[]) => {
      const bench = new AudioBench();
      bench.join('a');
      bench.joinPcm(...listeners);
      bench.frames(60, (index) => bench.speak('model', toneFrame(TONES.model, index)));
      for (const id of listeners) expect(heardVoices(bench, id)).toEqual(['model']);
      expect(bench.packetsTo('a')).toHaveLength(60);
      return bench.codec.decodedPackets;
    };
    expect([decoded([]), decoded(['p', 'q', 'r'])]).toEqual([0, decoded(['p'])]);
  });

  it('gets nothing while nothing sounds, and nothing that others could change', () => {
    const bench = new AudioBench();
    bench.joinPcm('p', 'q');
    bench.frames(50);
    expect(bench.framesTo('p')).toEqual([]);
    bench.frames(10, (index) => bench.speak('model', toneFrame(TONES.model, index)));
    bench.frames(50);
    expect(bench.framesTo('p').length).toBeLessThanOrEqual(20);
    expect(bench.framesTo('p')).toEqual(bench.framesTo('q'));
    expect(bench.framesTo('p').some((frame, index) => frame.buffer === bench.framesTo('q')[index]?.buffer)).toBe(false);
  });

  it('is heard by the model as steady packets, however it is cut, and followed by silence', () => {
    const bench = new AudioBench();
    bench.joinPcm('p');
    for (let index = 0; index < 20; index++) {
      bench.path.pushPcm('p', toneFrame(TONES.p, index, 4_000, 24 * 47));
      bench.clock.advance(47);
    }
    expect(Math.round(amplitudeOf(TONES.p, bench.heardBy('model', 20)) / 100)).toBe(40);
    expect(lineOf(bench.toModel).longestPauseMs).toBeLessThanOrEqual(60);
    bench.frames(200);
    expect(amplitudeOf(TONES.p, bench.heardBy('model', 150))).toBe(0);
    expect(lineOf(bench.toModel)).toMatchObject({ repeated: 0, backwards: 0 });
    expect(lineOf(bench.toModel).longestPauseMs).toBeLessThanOrEqual(60);
  });
});

function everybody(bench: AudioBench, index: number, voices: readonly Voice[]): void {
  for (const id of voices) {
    if (id === 'p') bench.path.pushPcm(id, toneFrame(TONES[id], index));
    else bench.speak(id, toneFrame(TONES[id], index));
  }
}

/** Whose tones somebody heard in the last fifth of a second. */
function heardVoices(bench: AudioBench, id: string): Voice[] {
  const sound = bench.heardBy(id, 10);
  return VOICES.filter((voice) => amplitudeOf(TONES[voice], sound) > 2_000);
}
