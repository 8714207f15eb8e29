import type { PhraseNode, SlotContent, Token } from './phrases.ts';
import { tokenise } from './phrases.ts';
import { readNumber } from './spoken-numbers.ts';

/** What the slots of a phrase took: numbers as numbers (a duration in seconds), text as it was written, choices as bare words. */
export type SlotValues = Readonly<Record<string, string | number>>;

/** What the slots took when the whole text is this phrase; `undefined` when it is not. Time grows with the square of the text at most. */
export function matchPhrase(node: PhraseNode, text: string): SlotValues | undefined {
  const matcher = new Matcher(text);
  return matcher.matches(node, 0).get(matcher.length);
}

/** Where a match may end, and what its slots took; the preferred match first, and one for each end. */
type Matches = ReadonlyMap<number, SlotValues>;

class Matcher {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #words: readonly string[];
  // Every part is tried once at every place, however many ways lead there: a hostile phrase costs no more than its size.
  readonly #known = new Map<PhraseNode, Map<number, Matches>>();

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenise(text);
    this.#words = this.#tokens.map((token) => token.word);
  }

  get length(): number {
    return this.#tokens.length;
  }

  /** Every way in which the node can begin at `start`. */
  matches(node: PhraseNode, start: number): Matches {
    const places = this.#known.get(node) ?? new Map<number, Matches>();
    this.#known.set(node, places);
    const known = places.get(start) ?? this.#find(node, start);
    places.set(start, known);
    return known;
  }

  #find(node: PhraseNode, start: number): Matches {
    switch (node.type) {
      case 'word':
        return new Map(this.#words[start] === node.word ? [[start + 1, {}]] : []);
      case 'sequence':
        return this.#sequence(node.parts, start);
      case 'choice':
        return firstOfEach(node.options.map((option) => this.matches(option, start)));
      case 'optional':
        return firstOfEach([this.matches(node.part, start), new Map([[start, {}]])]);
      case 'slot':
        return new Map(this.#slot(node.content, start).map(([next, value]) => [next, { [node.name]: value }]));
    }
  }

  #sequence(parts: readonly PhraseNode[], start: number): Matches {
    let reached: Matches = new Map([[start, {}]]);
    for (const part of parts) {
      const ways = Array.from(reached, ([place, values]) => {
        const further = Array.from(
          this.matches(part, place),
          ([next, more]) => [next, { ...values, ...more }] as const,
        );
        return new Map(further);
      });
      reached = firstOfEach(ways);
    }
    return reached;
  }

  #slot(content: SlotContent, start: number): (readonly [next: number, value: string | number])[] {
    const rest = this.#words.slice(start);
    switch (content.type) {
      case 'number': {
        const number = readNumber(rest);
        return number === undefined ? [] : [[start + number.length, number.value]];
      }
      case 'duration': {
        const duration = readDuration(rest);
        return duration === undefined ? [] : [[start + duration.length, duration.value]];
      }
      case 'text':
        return rest.map((_, index) => [this.length - index, this.#textBetween(start, this.length - index)]);
      case 'choice': {
        const ends = firstOfEach(content.options.map((option) => this.matches(option, start)));
        return Array.from(ends.keys(), (next) => [next, this.#words.slice(start, next).join(' ')]);
      }
    }
  }

  /** As it was written; what closes a sentence belongs to it only when words were captured up to the end. */
  #textBetween(start: number, next: number): string {
    const from = this.#tokens[start]?.start ?? 0;
    const to = next === this.length ? this.#text.length : this.#tokens[next - 1]?.end;
    return this.#text.slice(from, to).trim();
  }
}

function firstOfEach(alternatives: readonly Matches[]): Matches {
  const first = new Map<number, SlotValues>();
  for (const matches of alternatives) {
    for (const [next, values] of matches) if (!first.has(next)) first.set(next, values);
  }
  return first;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = {
  second: 1,
  seconds: 1,
  minute: 60,
  minutes: 60,
  hour: 3_600,
  hours: 3_600,
};

function readDuration(words: readonly string[]): { value: number; length: number } | undefined {
  let value = 0;
  let length = 0;
  for (;;) {
    const from = length > 0 && words[length] === 'and' ? length + 1 : length;
    const part = readQuantity(words.slice(from));
    const unit = part === undefined ? undefined : UNIT_SECONDS[words[from + part.length] ?? ''];
    if (part === undefined || unit === undefined) return length === 0 ? undefined : { value, length };
    value += part.value * unit;
    length = from + part.length + 1;
  }
}

function readQuantity(words: readonly string[]): { value: number; length: number } | undefined {
  if (words[0] === 'half' && (words[1] === 'a' || words[1] === 'an')) return { value: 0.5, length: 2 };
  const number = readNumber(words);
  if (number !== undefined) return number;
  return words[0] === 'a' || words[0] === 'an' ? { value: 1, length: 1 } : undefined;
}

const FORGIVEN: ReadonlySet<string> = new Set(['the', 'a', 'an', 'my', 'some']);

/** The phrase for typed text: articles may be left out or be others. The recogniser gets the phrase as it is. */
export function lenientPhrase(node: PhraseNode): PhraseNode {
  switch (node.type) {
    case 'word':
      return FORGIVEN.has(node.word) ? ANY_ARTICLE : node;
    case 'sequence':
      return { type: 'sequence', parts: node.parts.map(lenientPhrase) };
    case 'choice':
      return { type: 'choice', options: node.options.map(lenientPhrase) };
    case 'optional':
      return { type: 'optional', part: lenientPhrase(node.part) };
    case 'slot':
      return node;
  }
}

const ANY_ARTICLE: PhraseNode = {
  type: 'optional',
  part: { type: 'choice', options: Array.from(FORGIVEN, (word) => ({ type: 'word', word })) },
};

/** The text without the "please" and "could you" around it, and without what closes the sentence. */
export function withoutCourtesy(text: string): string {
  return text
    .trim()
    .replace(/^(?:(?:please|ok(?:ay)?|hey|(?:can|could|would|will) you)[\s,]+)+/i, '')
    .replace(/(?:[\s,]+(?:please|now))*[\s.!?]*$/i, '');
}
