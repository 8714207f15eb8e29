import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  authorOf,
  beginTurn,
  endTurn,
  HEARD_LEVEL,
  KEPT_AUTHORS,
  LOOK_BACK_MS,
  noAuthors,
  noteAuthor,
  noteLevels,
  type TurnAuthors,
} from './turn-authors.ts';

const BOTH = ['ada', 'bob'];
const LOUD = 0.2;

describe('the author of a turn by voice', () => {
  it('is the one who was heard while it ran', () => {
    let state = beginTurn(noAuthors, 'u1', BOTH, 1_000);
    state = levels(state, { ada: LOUD, bob: HEARD_LEVEL / 2 }, 1_100);
    state = endTurn(levels(state, {}, 2_000), BOTH);
    expect(authorOf(state, 'u1')).toBe('ada');
  });

  it('is who was heard just before: a model notices speech late', () => {
    const spoke = levels(levels(noAuthors, { ada: LOUD }, 600), {}, 900);
    expect(authorOf(turn(spoke, 'u1', 900 + LOOK_BACK_MS), 'u1')).toBe('ada');
    expect(authorOf(turn(spoke, 'u1', 901 + LOOK_BACK_MS), 'u1')).toBeUndefined();
  });

  it('is who has been loud since long before, however seldom levels come', () => {
    const spoke = levels(noAuthors, { ada: LOUD }, 100);
    expect(authorOf(turn(spoke, 'u1', 20_000), 'u1')).toBe('ada');
  });

  it('is nobody when two were heard, at once or one after the other', () => {
    const together = levels(beginTurn(noAuthors, 'u1', BOTH, 0), { ada: LOUD, bob: LOUD }, 100);
    expect(authorOf(endTurn(together, BOTH), 'u1')).toBeUndefined();
    let inTurn = levels(beginTurn(noAuthors, 'u2', BOTH, 0), { ada: LOUD }, 100);
    inTurn = levels(inTurn, { bob: LOUD }, 300);
    expect(authorOf(endTurn(inTurn, BOTH), 'u2')).toBeUndefined();
  });

  it('is the only one who could have spoken when no level is known', () => {
    expect(authorOf(turn(noAuthors, 'u1', 0, ['ada'], ['ada']), 'u1')).toBe('ada');
    expect(authorOf(turn(noAuthors, 'u2', 0, ['ada'], BOTH), 'u2')).toBeUndefined();
    expect(authorOf(turn(noAuthors, 'u3', 0, [], []), 'u3')).toBeUndefined();
  });

  it('is the only active speaker when nobody says how loud they are', () => {
    const active = (state: TurnAuthors, id: string | null) => noteLevels(state, { levels: {}, active: id }, 0);
    expect(authorOf(turn(active(noAuthors, 'bob'), 'u1', 0), 'u1')).toBe('bob');
    const both = endTurn(active(beginTurn(active(noAuthors, 'ada'), 'u2', BOTH, 0), 'bob'), BOTH);
    expect(authorOf(both, 'u2')).toBeUndefined();
    // An active speaker who has long been silent is none: somebody else is heard.
    const heard = noteLevels(
      beginTurn(active(noAuthors, 'ada'), 'u3', BOTH, 0),
      { levels: { bob: LOUD }, active: 'ada' },
      50,
    );
    expect(authorOf(endTurn(heard, BOTH), 'u3')).toBe('bob');
  });

  it('is told while the turn still runs, and taken back when somebody falls in', () => {
    const alone = levels(beginTurn(noAuthors, 'u1', BOTH, 0), { ada: LOUD }, 100);
    expect(authorOf(alone, 'u1')).toBe('ada');
    expect(authorOf(levels(alone, { ada: LOUD, bob: LOUD }, 200), 'u1')).toBeUndefined();
  });

  it('stays what it was when others speak later', () => {
    let state = endTurn(levels(beginTurn(noAuthors, 'u1', BOTH, 0), { ada: LOUD }, 100), BOTH);
    state = levels(levels(state, {}, 1_000), { bob: LOUD }, 2_000);
    state = levels(beginTurn(state, 'u2', BOTH, 2_100), { bob: LOUD }, 2_200);
    expect([authorOf(state, 'u1'), authorOf(state, 'u2')]).toEqual(['ada', 'bob']);
  });

  it('is known of a turn whose end was never told', () => {
    const first = levels(beginTurn(noAuthors, 'u1', BOTH, 0), { ada: LOUD }, 100);
    expect(authorOf(beginTurn(first, 'u2', BOTH, 5_000), 'u1')).toBe('ada');
  });
});

it('knows who typed a line', () => {
  expect(authorOf(noteAuthor(noAuthors, 't1', 'bob'), 't1')).toBe('bob');
});

it('holds a bounded number of lines and of voices, whatever happens', () => {
  const id = fc.integer({ min: 0, max: 2_000 }).map(String);
  const change = fc.oneof(
    id.map((itemId) => (state: TurnAuthors, now: number) => beginTurn(state, itemId, BOTH, now)),
    fc.constant((state: TurnAuthors) => endTurn(state, BOTH)),
    id.map((who) => (state: TurnAuthors, now: number) => levels(state, { [who]: LOUD }, now)),
    id.map((itemId) => (state: TurnAuthors) => noteAuthor(state, itemId, 'ada')),
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 1_500, size: 'max' }), (changes) => {
      let state = noAuthors;
      changes.forEach((next, index) => {
        state = next(state, index * 200);
      });
      expect(state.authors.size).toBeLessThanOrEqual(KEPT_AUTHORS);
      // One who is loud, and those who were within the time that is looked back.
      expect(state.heardUntil.size).toBeLessThanOrEqual(2_001);
      expect([...state.heardUntil.values()].filter((until) => until !== Number.POSITIVE_INFINITY).length).toBeLessThan(
        5,
      );
    }),
    { numRuns: 20, seed: 5 },
  );
});

function levels(state: TurnAuthors, loud: Readonly<Record<string, number>>, now: number): TurnAuthors {
  return noteLevels(state, { levels: loud, active: null }, now);
}

function turn(state: TurnAuthors, itemId: string, at: number, able = BOTH, ableAtEnd = able): TurnAuthors {
  return endTurn(beginTurn(state, itemId, able, at), ableAtEnd);
}
