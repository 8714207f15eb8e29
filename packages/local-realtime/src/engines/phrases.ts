/** One part of a phrase. */
export type PhraseNode =
  | { readonly type: 'word'; readonly word: string }
  | { readonly type: 'sequence'; readonly parts: readonly PhraseNode[] }
  | { readonly type: 'choice'; readonly options: readonly PhraseNode[] }
  | { readonly type: 'optional'; readonly part: PhraseNode }
  | { readonly type: 'slot'; readonly name: string; readonly content: SlotContent };

/** What a slot takes: a spoken or written whole number, a length of time, any words, or one of a few sayings. */
export type SlotContent =
  | { readonly type: 'number' }
  | { readonly type: 'duration' }
  | { readonly type: 'text' }
  | { readonly type: 'choice'; readonly options: readonly PhraseNode[] };

/**
 * Reads the notation in which phrases are written, for matching, for the recogniser and for people alike:
 * literal words, `[optional]`, `(one|another)`, and slots: `<name:number>`, `<name:duration>` (a number with its unit),
 * `<name:text>` (any words), `<name:red|dark green>`. Words are compared without case or punctuation.
 * Throws `TypeError` for brackets that do not pair, empty choices and nameless slots.
 */
export function parsePhrase(notation: string): PhraseNode {
  const reader = new PhraseReader(notation);
  const node = reader.choice();
  reader.end();
  return node;
}

/** A part of a text as it is compared: the bare word, and where it stood. */
export interface Token {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** Cuts a text into words: lower case, letters, digits and apostrophes only. `10:30` is two words, `don't` is one, `1,000` is `1000`. */
export function tokenise(text: string): Token[] {
  return Array.from(text.matchAll(/\d{1,3}(?:,\d{3})+|[\p{L}\p{N}]+(?:['\u2019][\p{L}\p{N}]+)*/gu), (match) => ({
    word: match[0].toLowerCase().replaceAll('\u2019', "'").replaceAll(',', ''),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** A text as its bare words, one space between them. */
export function plainWords(text: string): string {
  return tokenise(text)
    .map((token) => token.word)
    .join(' ');
}

/** The phrase said once, the shortest way: without what is optional, with the first choice, with a number of its own. */
export function phraseExample(node: PhraseNode): string {
  switch (node.type) {
    case 'word':
      return node.word;
    case 'sequence':
      return node.parts.map(phraseExample).filter(Boolean).join(' ');
    case 'choice':
      return firstExample(node.options);
    case 'optional':
      return '';
    case 'slot':
      switch (node.content.type) {
        case 'number':
          return 'three';
        case 'duration':
          return 'thirty seconds';
        case 'text':
          return '...';
        case 'choice':
          return firstExample(node.content.options);
      }
  }
}

function firstExample(options: readonly PhraseNode[]): string {
  const [first] = options;
  return first === undefined ? '' : phraseExample(first);
}

const SYMBOL = /\s*([[\]()<>|]|[^\s[\]()<>|]+)/gy;

class PhraseReader {
  readonly #notation: string;
  readonly #symbols: readonly string[];
  #next = 0;

  constructor(notation: string) {
    this.#notation = notation;
    this.#symbols = Array.from(notation.matchAll(SYMBOL), (match) => match[1] ?? '');
  }

  choice(): PhraseNode {
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { type: 'choice', options };
  }

  end(): void {
    if (this.#next < this.#symbols.length) throw this.#problem(`"${this.#symbols[this.#next]}" pairs with nothing`);
  }

  #sequence(): PhraseNode {
    const parts: PhraseNode[] = [];
    for (let part = this.#part(); part !== undefined; part = this.#part()) parts.push(...part);
    const [only] = parts;
    if (only === undefined) throw this.#problem('something is empty');
    return parts.length === 1 ? only : { type: 'sequence', parts };
  }

  #part(): PhraseNode[] | undefined {
    const symbol = this.#symbols[this.#next];
    if (symbol === undefined || symbol === '|' || symbol === ')' || symbol === ']' || symbol === '>') return undefined;
    this.#next += 1;
    if (symbol === '(') return [this.#closed(this.choice(), ')')];
    if (symbol === '[') return [{ type: 'optional', part: this.#closed(this.choice(), ']') }];
    if (symbol === '<') return [this.#closed(this.#slot(), '>')];
    return tokenise(symbol).map(({ word }) => ({ type: 'word', word }));
  }

  #slot(): PhraseNode {
    const symbol = this.#symbols[this.#next] ?? '';
    const colon = symbol.indexOf(':');
    const name = colon < 0 ? symbol : symbol.slice(0, colon);
    if (!/^[\p{L}_$][\p{L}\p{N}_$.-]*$/u.test(name)) throw this.#problem('a slot has no name');
    this.#next += 1;
    const rest = colon < 0 ? '' : symbol.slice(colon + 1);
    const closes = this.#symbols[this.#next] === '>';
    const kind = colon < 0 ? name : rest;
    if (closes && (kind === 'number' || kind === 'duration' || kind === 'text'))
      return { type: 'slot', name, content: { type: kind } };
    if (colon < 0) throw this.#problem(`the slot ${name} does not say what it takes`);
    const choices = new PhraseReader([rest, ...this.#until('>')].join(' ')).choice();
    return {
      type: 'slot',
      name,
      content: { type: 'choice', options: choices.type === 'choice' ? choices.options : [choices] },
    };
  }

  #until(symbol: string): string[] {
    const start = this.#next;
    while (this.#next < this.#symbols.length && this.#symbols[this.#next] !== symbol) this.#next += 1;
    return this.#symbols.slice(start, this.#next);
  }

  #closed(node: PhraseNode, symbol: string): PhraseNode {
    if (!this.#take(symbol)) throw this.#problem(`"${symbol}" is missing`);
    return node;
  }

  #take(symbol: string): boolean {
    if (this.#symbols[this.#next] !== symbol) return false;
    this.#next += 1;
    return true;
  }

  #problem(what: string): TypeError {
    return new TypeError(`No phrase: ${what} in "${this.#notation}"`);
  }
}
