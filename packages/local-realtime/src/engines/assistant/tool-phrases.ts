import { type PhraseNode, parsePhrase, plainWords, type Token, tokenise } from '../phrases.ts';
import { readNumber } from '../spoken-numbers.ts';
import type { AssistantTool } from './assistant-engine.ts';
import { type ToolParameter, toolParameters } from './tool-parameters.ts';

/** One way to ask for a tool. */
export interface ToolPhrase {
  readonly tool: AssistantTool;
  readonly parameters: readonly ToolParameter[];
  /** In the notation of `phrases.ts`; slots bear the names of parameters. */
  readonly notation: string;
  readonly node: PhraseNode;
  /** The phrase as the tool's author wrote it: what a person may be told to say, and what stands for free text when spoken. */
  readonly example: string;
}

/**
 * What one may say to call a tool. Every sentence that its description quotes counts, and generalises: a word that is one of a
 * parameter's values stands for all of them, a number for any number, seconds for any length of time. A parameter of free text takes
 * what follows a colon, or what follows the words that two examples share, or else the last word. `"drive <meters> meters"` names the
 * place itself. A tool without examples answers to its own name.
 */
export function toolPhrases(tool: AssistantTool): ToolPhrase[] {
  const parameters = toolParameters(tool.parameters);
  const quoted = quotedExamples(tool.description);
  const examples = quoted.length > 0 ? quoted : [exampleFromName(tool.name, parameters)];
  return examples.flatMap((example) => {
    const notation = example.includes('<')
      ? withNamedSlots(example, parameters)
      : generalised(example, examples, parameters);
    const node = notation === undefined ? undefined : readablePhrase(notation);
    return notation === undefined || node === undefined ? [] : [{ tool, parameters, notation, node, example }];
  });
}

/** Sentences in double quotes; when the description says "say", only those after it. */
function quotedExamples(description: string): string[] {
  const from = /\bsay\b/i.exec(description)?.index ?? 0;
  return Array.from(
    description.slice(from).matchAll(/["\u201c]([^"\u201c\u201d]+)["\u201d]/g),
    (match) => match[1] ?? '',
  ).filter((example) => plainWords(example) !== '');
}

function exampleFromName(name: string, parameters: readonly ToolParameter[]): string {
  const words = plainWords(name.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' '));
  return [words, ...parameters.filter(({ required }) => required).map(({ name: slot }) => `<${slot}>`)].join(' ');
}

/** The author's own slots: `<colour>` becomes what the parameter takes. `undefined` when one names no parameter. */
function withNamedSlots(example: string, parameters: readonly ToolParameter[]): string | undefined {
  let complete = true;
  const notation = example.replace(/<([^<>:]+)>/g, (_slot, name: string) => {
    const parameter = parameters.find((candidate) => candidate.name === name.trim());
    complete &&= parameter !== undefined;
    return parameter === undefined ? '' : slotFor(parameter);
  });
  return complete ? notation : undefined;
}

function generalised(example: string, examples: readonly string[], parameters: readonly ToolParameter[]): string {
  const tokens = tokenise(example);
  const words = tokens.map((token) => token.word);
  let open = parameters;
  const textStart = open.some(({ kind }) => kind === 'text')
    ? freeTextStart(example, tokens, examples, open)
    : words.length;
  const parts: string[] = [];
  for (let place = 0; place < textStart; ) {
    const found = slotAt(words.slice(place, textStart), open);
    if (found === undefined) {
      parts.push(words[place] ?? '');
      place += 1;
    } else {
      parts.push(slotFor(found.parameter));
      open = open.filter(({ name }) => name !== found.parameter.name);
      place += found.length;
    }
  }
  const text = open.find(({ kind }) => kind === 'text');
  if (text !== undefined && textStart < words.length) parts.push(slotFor(text));
  return parts.join(' ');
}

/** The index of the first word that belongs to a free text. */
function freeTextStart(
  example: string,
  tokens: readonly Token[],
  examples: readonly string[],
  parameters: readonly ToolParameter[],
): number {
  const colon = example.indexOf(':');
  const afterColon = tokens.findIndex((token) => token.start > colon);
  if (colon >= 0 && afterColon > 0) return afterColon;
  const words = tokens.map((token) => token.word);
  const shared = Math.max(
    ...examples.filter((other) => other !== example).map((other) => sharedPrefix(words, plainWords(other).split(' '))),
    0,
  );
  if (shared >= 2 && shared < words.length) return shared;
  // A tool that also takes other arguments may well have examples without the text.
  return parameters.length === 1 && words.length > 2 ? words.length - 1 : words.length;
}

function sharedPrefix(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

function slotAt(
  words: readonly string[],
  open: readonly ToolParameter[],
): { readonly parameter: ToolParameter; readonly length: number } | undefined {
  let longest: { readonly parameter: ToolParameter; readonly length: number } | undefined;
  for (const parameter of open) {
    if (parameter.kind !== 'choice') continue;
    for (const value of parameter.values.keys()) {
      const length = value.split(' ').length;
      if (words.slice(0, length).join(' ') === value && length > (longest?.length ?? 0))
        longest = { parameter, length };
    }
  }
  return longest ?? numberAt(words, open);
}

/** A number belongs to the parameter that the next word names (`six sides`), else to the first that no other word names. */
function numberAt(
  words: readonly string[],
  open: readonly ToolParameter[],
): { readonly parameter: ToolParameter; readonly length: number } | undefined {
  const number = readNumber(words);
  if (number === undefined) return undefined;
  const [unit = '', ...later] = words.slice(number.length);
  const wanting = open.filter(({ kind }) => kind === 'number' || kind === 'seconds');
  const parameter =
    wanting.find(({ name }) => isNamed(name, [unit])) ??
    wanting.find(({ name }) => !isNamed(name, later)) ??
    wanting[0];
  if (parameter === undefined) return undefined;
  const timed = parameter.kind === 'seconds' && /^(second|minute|hour)s?$/.test(unit);
  if (timed) return { parameter, length: number.length + 1 };
  return { parameter: { ...parameter, kind: 'number' }, length: number.length };
}

function isNamed(parameter: string, words: readonly string[]): boolean {
  return words.some((word) => singular(word) === singular(plainWords(parameter)));
}

function singular(word: string): string {
  return word.replace(/s$/, '');
}

function slotFor(parameter: ToolParameter): string {
  switch (parameter.kind) {
    case 'choice':
      return `<${parameter.name}:${[...parameter.values.keys()].join('|')}>`;
    case 'number':
      return `<${parameter.name}:number>`;
    case 'seconds':
      return `<${parameter.name}:duration>`;
    case 'text':
      return `<${parameter.name}:text>`;
  }
}

/** `undefined` for what a stranger's description makes unreadable. */
function readablePhrase(notation: string): PhraseNode | undefined {
  try {
    return parsePhrase(notation);
  } catch {
    return undefined;
  }
}
