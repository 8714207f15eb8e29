import type { PhraseNode, SlotContent, Token } from './phrases.ts';
import { tokenise } from './phrases.ts';
import { readNumber } from './spoken-numbers.ts';

/** What the slots of a phrase took: numbers as numbers (a duration in seconds), text as it was written, choices as bare words. */
export type SlotValues = Readonly<Record<string, string | number>>;

/** What the slots took when the whole text is this phrase; `undefined` when it is not. */
export function matchPhrase(node: PhraseNode, text: string): SlotValues | undefined {
  const tokens = tokenise(text);
  for (const match of matchNode(node, { text, tokens, words: tokens.map((token) => token.word) }, 0)) {
    if (match.next === tokens.length) return match.values;
  }
  return undefined;
}

interface Source {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly words: readonly string[];
}

interface Match {
  readonly next: number;
  readonly values: SlotValues;
}

/** Every way the node can begin at `start`, the greediest first. */
function* matchNode(node: PhraseNode, source: Source, start: number): Generator<Match> {
  switch (node.type) {
    case 'word':
      if (source.words[start] === node.word) yield { next: start + 1, values: {} };
      return;
    case 'sequence':
      yield* matchSequence(node.parts, source, start);
      return;
    case 'choice':
      for (const option of node.options) yield* matchNode(option, source, start);
      return;
    case 'optional':
      yield* matchNode(node.part, source, start);
      yield { next: start, values: {} };
      return;
    case 'slot':
      for (const { next, value } of matchSlot(node.content, source, start))
        yield { next, values: { [node.name]: value } };
  }
}

function* matchSequence(parts: readonly PhraseNode[], source: Source, start: number): Generator<Match> {
  const [first, ...rest] = parts;
  if (first === undefined) {
    yield { next: start, values: {} };
    return;
  }
  for (const head of matchNode(first, source, start)) {
    for (const tail of matchSequence(rest, source, head.next))
      yield { next: tail.next, values: { ...head.values, ...tail.values } };
  }
}

function* matchSlot(
  content: SlotContent,
  source: Source,
  start: number,
): Generator<{ next: number; value: string | number }> {
  switch (content.type) {
    case 'number': {
      const number = readNumber(source.words.slice(start));
      if (number !== undefined) yield { next: start + number.length, value: number.value };
      return;
    }
    case 'duration': {
      const duration = readDuration(source.words.slice(start));
      if (duration !== undefined) yield { next: start + duration.length, value: duration.value };
      return;
    }
    case 'text':
      for (let next = source.tokens.length; next > start; next--)
        yield { next, value: textBetween(source, start, next) };
      return;
    case 'choice':
      for (const option of content.options) {
        for (const { next } of matchNode(option, source, start))
          yield { next, value: source.words.slice(start, next).join(' ') };
      }
  }
}

/** As it was written; what closes a sentence belongs to it only when words were captured up to the end. */
function textBetween({ text, tokens }: Source, start: number, next: number): string {
  const from = tokens[start]?.start ?? 0;
  const to = next === tokens.length ? text.length : (tokens[next - 1]?.end ?? text.length);
  return text.slice(from, to).trim();
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
