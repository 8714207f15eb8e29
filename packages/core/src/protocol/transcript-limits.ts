/** Entries of a conversation that are kept; older ones are settled and forgotten. */
export const MAX_TRANSCRIPT_ENTRIES = 500;
/** Text of all entries that are kept, in UTF-16 units; the oldest beyond it are forgotten, too. */
export const MAX_TRANSCRIPT_LENGTH = 1_000_000;

/**
 * The newest of `entries`, which come oldest first: at most {@link MAX_TRANSCRIPT_ENTRIES} and, the last one aside, at most
 * {@link MAX_TRANSCRIPT_LENGTH} of text.
 */
export function newestEntries<Entry>(entries: readonly Entry[], lengthOf: (entry: Entry) => number): Entry[] {
  let length = entries.reduce((sum, entry) => sum + lengthOf(entry), 0);
  let kept = entries.length;
  for (const entry of entries) {
    if (kept <= MAX_TRANSCRIPT_ENTRIES && (length <= MAX_TRANSCRIPT_LENGTH || kept === 1)) break;
    length -= lengthOf(entry);
    kept--;
  }
  return entries.slice(entries.length - kept);
}
