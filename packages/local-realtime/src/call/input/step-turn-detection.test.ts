import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_UTTERANCE_MS,
  silentSince,
  stepTurnDetection,
  type TurnDetectionEffect,
  type TurnDetectionPolicy,
  VAD_FRAME_MS,
} from './step-turn-detection.ts';

const policy: TurnDetectionPolicy = { threshold: 0.5, prefixPaddingMs: 300, silenceDurationMs: 320 };

/** Feeds one probability per frame and gives what happened. */
function hear(probabilities: readonly number[], settings = policy, floorMs = 0): TurnDetectionEffect[] {
  let state = silentSince(floorMs);
  return probabilities.flatMap((probability, index) => {
    const stepped = stepTurnDetection(state, { probability, endMs: (index + 1) * VAD_FRAME_MS }, settings);
    state = stepped.state;
    return stepped.effects;
  });
}

const quiet = (frames: number) => Array<number>(frames).fill(0.02);
const loud = (frames: number) => Array<number>(frames).fill(0.9);

describe('turn detection', () => {
  it('[S-2.11] starts a turn at its second loud frame, with the prefix before the first', () => {
    expect(hear([...quiet(20), ...loud(2)])).toEqual([{ type: 'started', startMs: 20 * VAD_FRAME_MS - 300 }]);
  });

  it('takes one loud frame for a click', () => {
    expect(hear([...quiet(5), ...loud(1), ...quiet(30)])).toEqual([]);
  });

  it('ends the turn when it has been quiet for silence_duration_ms, told from the first quiet frame', () => {
    const effects = hear([...loud(10), ...quiet(10)]);
    expect(effects.at(-1)).toEqual({ type: 'stopped', startMs: 0, endMs: 20 * VAD_FRAME_MS });
    expect(hear([...loud(10), ...quiet(9)]).map(({ type }) => type)).toEqual(['started', 'paused']);
  });

  it('tells of a pause early, and of its end when the turn goes on', () => {
    const effects = hear([...loud(4), ...quiet(6), ...loud(2), ...quiet(10)]);
    expect(effects.map(({ type }) => type)).toEqual(['started', 'paused', 'resumed', 'paused', 'stopped']);
  });

  it('does not take what is neither loud nor quiet for the end of speech, nor for its return', () => {
    const between = Array<number>(20).fill(0.4);
    expect(hear([...loud(3), ...between]).map(({ type }) => type)).toEqual(['started']);
    expect(hear([...loud(3), ...quiet(1), ...between]).map(({ type }) => type)).toEqual([
      'started',
      'paused',
      'stopped',
    ]);
  });

  it('obeys the threshold', () => {
    const murmur = [...Array<number>(10).fill(0.6), ...quiet(12)];
    expect(hear(murmur, { ...policy, threshold: 0.7 })).toEqual([]);
    expect(hear(murmur, { ...policy, threshold: 0.3 }).map(({ type }) => type)).toContain('stopped');
  });

  it('never starts a turn before the end of the last one', () => {
    const effects = hear([...loud(4), ...quiet(10), ...loud(2)]);
    expect(effects.at(-1)).toEqual({ type: 'started', startMs: 14 * VAD_FRAME_MS });
  });

  it('cuts an endless turn at a minute', () => {
    const effects = hear(loud(MAX_UTTERANCE_MS / VAD_FRAME_MS + 10));
    expect(effects[1]).toMatchObject({ type: 'stopped', startMs: 0 });
    expect(effects[1]).toHaveProperty('endMs', MAX_UTTERANCE_MS);
  });

  it('always pairs started with stopped, in order, whatever it hears', () => {
    const frames = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(frames, fc.integer({ min: 0, max: 1_000 }), (probabilities, silenceDurationMs) => {
        let speaking = false;
        let lastMs = 0;
        for (const effect of hear(probabilities, { ...policy, silenceDurationMs })) {
          if (effect.type === 'started') {
            expect(speaking).toBe(false);
            expect(effect.startMs).toBeGreaterThanOrEqual(lastMs);
            speaking = true;
          } else {
            expect(speaking).toBe(true);
          }
          if (effect.type === 'stopped') {
            speaking = false;
            lastMs = effect.endMs;
          }
        }
      }),
    );
  });
});
