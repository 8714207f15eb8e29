import type { TranscriptEntry } from '@voice-bridge/core';

/** An entry and the one it stands after; null: first. */
export interface PlacedEntry {
  readonly entry: TranscriptEntry;
  readonly after: string | null;
}

/** The list with `placed` in it: in its own place when already there, else after its predecessor, at the end when that is unknown. */
export function placeEntry<Placed extends PlacedEntry>(list: readonly Placed[], placed: Placed): Placed[] {
  const known = list.findIndex((each) => each.entry.id === placed.entry.id);
  if (known >= 0) return list.with(known, placed);
  if (placed.after === null) return [placed, ...list];
  const predecessor = list.findIndex((each) => each.entry.id === placed.after);
  return predecessor < 0 ? [...list, placed] : list.toSpliced(predecessor + 1, 0, placed);
}
