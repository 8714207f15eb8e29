import { describe, expect, it } from 'vitest';
import { type ActiveSpeaker, nobodySpeaks, stepActiveSpeaker } from './active-speaker.ts';

/** Who is speaking after each fifth of a second in which everybody was as loud as this. */
function follow(...moments: readonly Readonly<Record<string, number>>[]): (string | null)[] {
  let state: ActiveSpeaker = nobodySpeaks;
  return moments.map((levels, index) => {
    const speakers = Object.entries(levels).map(([id, level]) => ({ id, level }));
    state = stepActiveSpeaker(state, speakers, index * 200);
    return state.name === 'speaking' ? state.id : null;
  });
}

describe('the active speaker', () => {
  it('is whoever speaks, at once, and nobody when all are quiet', () => {
    expect(follow({ a: 0, b: 0.001 }, { a: 0, b: 0.1 })).toEqual([null, 'b']);
  });

  it('is the loudest when two begin', () => {
    expect(follow({ a: 0.1, b: 0.2 })).toEqual(['b']);
  });

  it('stays through a pause of less than a second', () => {
    const quiet = { a: 0 };
    expect(follow({ a: 0.1 }, quiet, quiet, quiet, quiet, { a: 0.1 })).toEqual(Array(6).fill('a'));
    expect(follow({ a: 0.1 }, quiet, quiet, quiet, quiet, quiet).at(-1)).toBeNull();
  });

  it('does not change for a cough, and changes for whoever keeps being louder', () => {
    const both = { a: 0.1, b: 0.2 };
    expect(follow({ a: 0.1 }, both, { a: 0.1, b: 0 }, both, { a: 0.1, b: 0 })).toEqual(Array(5).fill('a'));
    expect(follow({ a: 0.1 }, both, both, both)).toEqual(['a', 'a', 'a', 'b']);
  });

  it('changes at once when the speaker leaves', () => {
    expect(follow({ a: 0.1, b: 0.05 }, { b: 0.05 }, {})).toEqual(['a', 'b', null]);
  });

  it('is not lost to a murmur', () => {
    expect(follow({ a: 0.1, b: 0.12 }, { a: 0.1, b: 0.12 }, { a: 0.1, b: 0.15 })).toEqual(['b', 'b', 'b']);
    expect(follow({ a: 0.1 }, { a: 0.1, b: 0.15 }, { a: 0.1, b: 0.15 }, { a: 0.1, b: 0.15 })).toEqual(
      Array(4).fill('a'),
    );
  });
});
