/** More than that, up to the end of a word, nobody says in one breath: it would keep the voice from everybody else. */
const LONGEST = /.{1,400}(?= |$)|.{1,400}/gu;

/** Cuts a text into sentences that can be spoken one by one, at most 400 characters each; none is empty. `3.5` and `Mr. Smith` stay whole. */
export function sentences(text: string): string[] {
  return text
    .replace(/\s+/g, ' ')
    .split(/(?<=[.!?]["'\u201d)]?)(?<!\b(?:Mr|Mrs|Ms|Dr|St|vs|e\.g|i\.e)\.) (?=["'\u201c(]?[\p{Lu}\p{N}])/u)
    .flatMap((sentence) => sentence.match(LONGEST) ?? [])
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}
