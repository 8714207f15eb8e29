import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpeechQueue, type SpeechStep } from './speech-queue.ts';

const FRAME = 480;

function place(responseId: string, itemId = `${responseId}-item`) {
  return { responseId, itemId, contentIndex: 0 };
}

/** Samples that can be told from others: `from`, `from + 1`, … */
function ramp(length: number, from = 1): Int16Array {
  return Int16Array.from({ length }, (_, index) => from + index);
}

/** Looks every 20 ms from `from` to before `to`. */
function run(queue: SpeechQueue, from: number, to: number): SpeechStep[] {
  const steps: SpeechStep[] = [];
  for (let now = from; now < to; now += 20) steps.push(...queue.pull(now));
  return steps;
}

function frames(steps: readonly SpeechStep[]) {
  return steps.flatMap((step) => (step.type === 'frame' ? [step.frame] : []));
}

function others(steps: readonly SpeechStep[]) {
  return steps.filter(({ type }) => type !== 'frame');
}

describe('speech that comes faster than it is heard', () => {
  it('is handed out one frame per 20 ms, whatever pieces it came in, the last frame filled up with silence', () => {
    const queue = new SpeechQueue();
    for (const [from, length] of [
      [1, 700],
      [701, 1],
      [702, 400],
    ] as const)
      queue.push(place('r1'), ramp(length, from));
    queue.endResponse('r1');
    const steps = run(queue, 1_000, 1_200);
    const samples = frames(steps).flatMap(({ pcm }) => [...pcm]);
    expect(samples).toEqual([...ramp(1_101), ...new Array(3 * FRAME - 1_101).fill(0)]);
    expect(frames(steps).map(({ index }) => index)).toEqual([50, 51, 52]);
    expect(others(steps)).toEqual([
      { type: 'started', responseId: 'r1' },
      { type: 'paused' },
      { type: 'stopped', responseId: 'r1' },
    ]);
    expect(queue.isSilent).toBe(true);
  });

  it('pauses while the rest has not come, and goes on in wall-clock time', () => {
    const queue = new SpeechQueue();
    queue.push(place('r1'), ramp(FRAME + 10));
    expect(others(run(queue, 0, 100))).toEqual([{ type: 'started', responseId: 'r1' }, { type: 'paused' }]);
    queue.push(place('r1'), ramp(FRAME - 10, FRAME + 11));
    const [frame] = frames(run(queue, 100, 140));
    expect(frame).toMatchObject({ index: 5, pcm: ramp(FRAME, FRAME + 1) });
  });

  it('goes from one response to the next without a pause', () => {
    const queue = new SpeechQueue();
    queue.push(place('r1'), ramp(FRAME));
    queue.endResponse('r1');
    queue.push(place('r2'), ramp(FRAME));
    queue.endResponse('r2');
    expect(run(queue, 0, 80).map((step) => (step.type === 'frame' ? step.frame.responseId : step.type))).toEqual([
      'started',
      'r1',
      'stopped',
      'started',
      'r2',
      'paused',
      'stopped',
    ]);
  });

  it('catches up on at most five frames when nobody looked for a while', () => {
    const queue = new SpeechQueue();
    queue.push(place('r1'), ramp(FRAME * 60));
    expect(frames(queue.pull(0))).toHaveLength(1);
    expect(frames(queue.pull(1_000)).map(({ index }) => index)).toEqual([46, 47, 48, 49, 50]);
  });

  it('knows what was heard of every item when it is cut: nothing of those behind, and those heard whole are not cut', () => {
    const queue = new SpeechQueue();
    queue.push(place('r1', 'a'), ramp(FRAME * 2 + 100));
    queue.push(place('r1', 'b'), ramp(FRAME * 10));
    queue.push(place('r1', 'c'), ramp(FRAME * 10));
    run(queue, 0, 120);
    expect(queue.cut()).toEqual({
      responseId: 'r1',
      items: [
        { ...place('r1', 'b'), heardMs: 60 },
        { ...place('r1', 'c'), heardMs: 0 },
      ],
    });
    expect(queue.isSilent).toBe(true);
    expect(queue.cut()).toEqual({ responseId: undefined, items: [] });
  });

  it('holds five minutes and drops the rest', () => {
    const queue = new SpeechQueue();
    const minute = new Int16Array(60 * 24_000);
    for (let minutes = 0; minutes < 5; minutes++) expect(queue.push(place('r1'), minute)).toBe(true);
    expect(queue.push(place('r1'), ramp(1))).toBe(false);
    run(queue, 0, 40);
    expect(queue.push(place('r1'), ramp(FRAME))).toBe(true);
  });

  it('gives every sample once and in order, however it is cut up and whenever it is looked at', () => {
    const piece = fc.record({ length: fc.integer({ min: 0, max: 1_500 }), pauseMs: fc.integer({ min: 0, max: 90 }) });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const queue = new SpeechQueue();
        const steps: SpeechStep[] = [];
        let [now, sent] = [0, 0];
        for (const { length, pauseMs } of pieces) {
          queue.push(place('r1'), ramp(length, sent + 1));
          sent += length;
          for (const end = now + pauseMs; now < end; now++) steps.push(...queue.pull(now));
        }
        queue.endResponse('r1');
        steps.push(...run(queue, now, now + 3_000));
        const heard = frames(steps).flatMap(({ pcm }) => [...pcm]);
        expect(heard.slice(0, sent)).toEqual([...ramp(sent)]);
        expect(heard.length - sent).toBeLessThan(FRAME);
        const indices = frames(steps).map(({ index }) => index);
        expect(indices).toEqual([...new Set(indices)].sort((a, b) => a - b));
      }),
      { numRuns: 60 },
    );
  });
});
