import { describe, expect, it } from 'vitest';
import { type LivenessState, type LivenessVerdict, LOOK_MS, stepLiveness } from './step-liveness.ts';

/** The verdicts of looks `LOOK_MS` apart that find these signs. */
function looks(...signs: readonly number[]): LivenessVerdict[] {
  let state: LivenessState = { signs: 0, lookedAt: 0, silentMs: 0 };
  return signs.map((each, n) => {
    const step = stepLiveness(state, each, (n + 1) * LOOK_MS);
    state = step.state;
    return step.verdict;
  });
}

const silence = (looks: number) => Array<number>(looks).fill(0);

describe('stepLiveness', () => {
  it('[W13] gives a silent peer up within 6 s of its last sign, and asks it eight times before', () => {
    expect(looks(...silence(10))).toEqual(['alive', ...Array(8).fill('ask'), 'lost']);
    // The last sign may have come right after a look.
    expect((10 + 1) * LOOK_MS).toBeLessThan(6_000);
  });

  it('keeps a peer that answers only now and then', () => {
    const answersEverySecondLook = Array.from({ length: 200 }, (_, n) => Math.floor(n / 9));
    expect(looks(...answersEverySecondLook)).not.toContain('lost');
  });

  it('asks nobody who is heard', () => {
    const steady = Array.from({ length: 50 }, (_, n) => n * 25 + 1);
    expect(new Set(looks(...steady))).toEqual(new Set(['alive']));
  });

  it('does not take its own standstill for the silence of the other side', () => {
    const { state, verdict } = stepLiveness({ signs: 1, lookedAt: 0, silentMs: 0 }, 1, 60_000);
    expect(verdict).toBe('ask');
    expect(stepLiveness(state, 2, 60_500).verdict).toBe('alive');
  });
});
