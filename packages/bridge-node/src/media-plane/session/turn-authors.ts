import type { SpeakerLevels } from '../audio-path/level-report.ts';

/** From this level, 0 to 1, a participant counts as heard: louder than a quiet room, softer than anybody who speaks. */
export const HEARD_LEVEL = 0.01;
/** Who was heard this long before a turn began is part of it, in ms: a model notices speech late, and levels come late. */
export const LOOK_BACK_MS = 400;
/** Transcript entries whose author is remembered. */
export const KEPT_AUTHORS = 256;

/** Who said and typed what, as far as it can be known. */
export interface TurnAuthors {
  /** Whoever was heard, and until when, in ms; `Infinity`: still is. */
  readonly heardUntil: ReadonlyMap<string, number>;
  /** Who speaks, for all that is known. */
  readonly active: string | null;
  readonly turn: UserTurn;
  /** Participants by the transcript entry that is theirs alone. */
  readonly authors: ReadonlyMap<string, string>;
}

/** What is known of the turn by voice that runs. */
export type UserTurn =
  | { readonly name: 'none' }
  | {
      readonly name: 'running';
      /** The transcript entry it becomes. */
      readonly itemId: string;
      readonly heard: ReadonlySet<string>;
      /** Whoever was the active speaker in it. */
      readonly active: ReadonlySet<string>;
      /** Whoever could have spoken in it. */
      readonly able: ReadonlySet<string>;
    };

/** Nobody said anything yet. */
export const noAuthors: TurnAuthors = {
  heardUntil: new Map(),
  active: null,
  turn: { name: 'none' },
  authors: new Map(),
};

/** Takes new levels; who is not among them is silent. `now` in ms. */
export function noteLevels(state: TurnAuthors, { levels, active }: SpeakerLevels, now: number): TurnAuthors {
  const loud = new Set(Object.keys(levels).filter((id) => (levels[id] ?? 0) >= HEARD_LEVEL));
  const heardUntil = new Map<string, number>();
  for (const [id, until] of state.heardUntil) {
    const end = Math.min(until, now);
    if (now - end <= LOOK_BACK_MS) heardUntil.set(id, end);
  }
  for (const id of loud) heardUntil.set(id, Number.POSITIVE_INFINITY);
  const next: TurnAuthors = { ...state, heardUntil, active };
  const { turn } = state;
  if (turn.name === 'none') return next;
  const heard = new Set([...turn.heard, ...loud]);
  return { ...next, turn: { ...turn, heard, active: withActive(turn.active, active) } };
}

/** A turn by voice begins; `able` is everybody who can be heard. `now` in ms. */
export function beginTurn(state: TurnAuthors, itemId: string, able: Iterable<string>, now: number): TurnAuthors {
  const before = endTurn(state, []);
  const heard = [...state.heardUntil].filter(([, until]) => now - until <= LOOK_BACK_MS).map(([id]) => id);
  const active = withActive(new Set(), state.active);
  return { ...before, turn: { name: 'running', itemId, heard: new Set(heard), active, able: new Set(able) } };
}

/** The running turn is over; `able` is everybody who can be heard by now. */
export function endTurn(state: TurnAuthors, able: Iterable<string>): TurnAuthors {
  const { turn } = state;
  if (turn.name === 'none') return state;
  const over: UserTurn = { ...turn, able: new Set([...turn.able, ...able]) };
  const author = onlyOneIn(over);
  const rest: TurnAuthors = { ...state, turn: { name: 'none' } };
  return author === undefined ? rest : noteAuthor(rest, turn.itemId, author);
}

/** A transcript entry is known to be this participant's. */
export function noteAuthor(state: TurnAuthors, itemId: string, author: string): TurnAuthors {
  const authors = new Map([...state.authors, [itemId, author] as const].slice(-KEPT_AUTHORS));
  return { ...state, authors };
}

/** Whose transcript entry it is; undefined when several spoke, or nobody knows. */
export function authorOf({ turn, authors }: TurnAuthors, itemId: string): string | undefined {
  if (turn.name === 'running' && turn.itemId === itemId) return onlyOneIn(turn);
  return authors.get(itemId);
}

function withActive(known: ReadonlySet<string>, active: string | null): ReadonlySet<string> {
  return active === null || known.has(active) ? known : new Set([...known, active]);
}

/** The one who was heard; where nobody's level is known, the only one who was active, or who can have been. */
function onlyOneIn({ heard, active, able }: Extract<UserTurn, { name: 'running' }>): string | undefined {
  const [first, second] = [heard, active].find((some) => some.size > 0) ?? able;
  return second === undefined ? first : undefined;
}
