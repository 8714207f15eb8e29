/** More people than this are never mixed at once: nobody could follow. */
export const MAX_MIXED_SPEAKERS = 4;
/** Somebody must be this much louder, about 6 dB, to take a place from another. */
const LOUDER = 2;
/** Whoever got a place keeps it at least this long, in ms. */
const KEPT_MS = 500;

/** Somebody who may be mixed, and how loud: 0 to 1 of full scale. */
export interface SpeakerLoudness {
  readonly id: string;
  readonly level: number;
}

/** Who is mixed, and since when (ms). */
export type SpeakerSelection = ReadonlyMap<string, number>;

/**
 * Chooses who is mixed: everybody while they are few, else the loudest. Who has a place keeps it until somebody clearly
 * louder has none. Gives the same object when nothing changed.
 */
export function selectSpeakers(
  selection: SpeakerSelection,
  speakers: readonly SpeakerLoudness[],
  now: number,
  places = MAX_MIXED_SPEAKERS,
): SpeakerSelection {
  const loudestFirst = [...speakers].sort((a, b) => b.level - a.level);
  const inside = loudestFirst.filter(({ id }) => selection.has(id));
  const outside = loudestFirst.filter(({ id }) => !selection.has(id));
  const chosen = new Map(inside.map(({ id }) => [id, selection.get(id) ?? now]));
  for (const { id } of outside.splice(0, places - chosen.size)) chosen.set(id, now);
  for (const { id, level } of outside) {
    const victim = [...inside].reverse().find(({ id }) => now - (chosen.get(id) ?? now) >= KEPT_MS);
    if (victim === undefined || level <= victim.level * LOUDER) break;
    chosen.delete(victim.id);
    chosen.set(id, now);
  }
  return isSame(selection, chosen) ? selection : chosen;
}

function isSame(one: SpeakerSelection, other: SpeakerSelection): boolean {
  return one.size === other.size && [...one.keys()].every((id) => other.has(id));
}
