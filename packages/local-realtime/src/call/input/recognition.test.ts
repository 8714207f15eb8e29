import { describe, expect, it } from 'vitest';
import { Recognition } from './recognition.ts';

/** A recogniser that answers with the stretch it was given, and tells what became of each request. */
function create() {
  const asked: { stretch: string; signal: AbortSignal }[] = [];
  const recognition = new Recognition({
    stt: {
      name: 'scripted',
      recognise: async (pcm, { phrases }, signal) => {
        asked.push({ stretch: pcm.join('-'), signal });
        return { text: `${pcm.join('-')} ${phrases.join()}` };
      },
      close: async () => {},
    },
    read: (startMs, endMs) => Int16Array.of(startMs, endMs),
    vocabulary: () => ({ phrases: ['hello'] }),
  });
  return { recognition, asked };
}

describe('recognition', () => {
  it('takes the words it began with in the pause before the end', async () => {
    const { recognition, asked } = create();
    recognition.guess(100, 500);
    expect(await recognition.recognise(100, 700)).toBe('100-500 hello');
    expect(asked).toHaveLength(1);
  });

  it('begins again when the turn went on', async () => {
    const { recognition, asked } = create();
    recognition.guess(100, 500);
    recognition.dropGuess();
    expect(await recognition.recognise(100, 900)).toBe('100-900 hello');
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  });

  it('never takes the words of another turn', async () => {
    const { recognition, asked } = create();
    recognition.guess(100, 500);
    expect(await recognition.recognise(200, 700)).toBe('200-700 hello');
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    expect(await recognition.recognise(100, 700)).toBe('100-700 hello');
  });

  it('replaces a guess by a later one', async () => {
    const { recognition } = create();
    recognition.guess(100, 500);
    recognition.guess(100, 800);
    expect(await recognition.recognise(100, 900)).toBe('100-800 hello');
  });

  it('listens to the last minute of what was longer', async () => {
    const { recognition } = create();
    expect(await recognition.recognise(-32_000, 30_000)).toBe('-30000-30000 hello');
  });

  it('stops what is running when it closes', () => {
    const { recognition, asked } = create();
    recognition.guess(100, 500);
    void recognition.recognise(300, 500);
    recognition.close();
    expect(asked.every(({ signal }) => signal.aborted)).toBe(true);
  });
});
