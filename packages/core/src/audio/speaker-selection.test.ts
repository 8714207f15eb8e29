import { describe, expect, it } from 'vitest';
import { type SpeakerSelection, selectSpeakers } from './speaker-selection.ts';

/** Everybody by name and level. */
function select(selection: SpeakerSelection, levels: Readonly<Record<string, number>>, now: number): SpeakerSelection {
  const speakers = Object.entries(levels).map(([id, level]) => ({ id, level }));
  return selectSpeakers(selection, speakers, now);
}

const nobody: SpeakerSelection = new Map();

describe('choosing who is mixed', () => {
  it('takes everybody while they are few, however quiet', () => {
    expect([...select(nobody, { a: 0, b: 0.5, c: 0.1, d: 0 }, 0).keys()].sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('takes the four loudest of many', () => {
    const selection = select(nobody, { a: 0.1, b: 0.5, c: 0.2, d: 0.3, e: 0.4, f: 0 }, 0);
    expect([...selection.keys()].sort()).toEqual(['b', 'c', 'd', 'e']);
  });

  it('gives the place of the quietest to somebody clearly louder, but not before it was kept for half a second', () => {
    const first = select(nobody, { a: 0.4, b: 0.4, c: 0.4, d: 0.1, e: 0 }, 0);
    const louder = { a: 0.4, b: 0.4, c: 0.4, d: 0.1, e: 0.3 };
    expect(select(first, louder, 499)).toBe(first);
    expect([...select(first, louder, 500).keys()].sort()).toEqual(['a', 'b', 'c', 'e']);
  });

  it('does not change places for a little more', () => {
    const first = select(nobody, { a: 0.4, b: 0.4, c: 0.4, d: 0.2, e: 0 }, 0);
    expect(select(first, { a: 0.4, b: 0.4, c: 0.4, d: 0.2, e: 0.39 }, 5_000)).toBe(first);
  });

  it('exchanges several at once when several are louder', () => {
    const first = select(nobody, { a: 0.1, b: 0.1, c: 0.1, d: 0.1, e: 0, f: 0 }, 0);
    const second = select(first, { a: 0.1, b: 0.2, c: 0.2, d: 0.1, e: 0.5, f: 0.6 }, 1_000);
    expect([...second.keys()].sort()).toEqual(['b', 'c', 'e', 'f']);
  });

  it('gives a free place to whoever is loudest of the rest', () => {
    const first = select(nobody, { a: 0.4, b: 0.4, c: 0.4, d: 0.4, e: 0.1, f: 0.2 }, 0);
    expect([...select(first, { a: 0.4, b: 0.4, d: 0.4, e: 0.1, f: 0.2 }, 20).keys()].sort()).toEqual([
      'a',
      'b',
      'd',
      'f',
    ]);
  });
});
