/** Cuts a text into sentences that can be spoken one by one; none is empty. `3.5` and `Mr. Smith` stay whole. */
export function sentences(text: string): string[] {
  return text
    .replace(/\s+/g, ' ')
    .split(/(?<=[.!?]["'\u201d)]?)(?<!\b(?:Mr|Mrs|Ms|Dr|St|vs|e\.g|i\.e)\.) (?=["'\u201c(]?[\p{Lu}\p{N}])/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}
