import { lenientPhrase, matchPhrase, withoutCourtesy } from '../phrase-matching.ts';
import { plainWords } from '../phrases.ts';
import type {
  AssistantEngine,
  AssistantItem,
  AssistantOutput,
  AssistantRequest,
  AssistantTool,
} from './assistant-engine.ts';
import { sentences } from './sentences.ts';
import { SMALL_TALK, type SmallTalk } from './small-talk.ts';
import { spokenResult } from './spoken-result.ts';
import { anyArguments, toolArguments } from './tool-arguments.ts';
import { toolParameters } from './tool-parameters.ts';
import { type ToolPhrase, toolPhrases } from './tool-phrases.ts';

/**
 * An assistant of ordered rules: the tools' own phrases first, then small talk. The same conversation always gets the same answer.
 * How a tool says what it answers to: see {@link toolPhrases}.
 */
export function createRulesAssistant(): AssistantEngine {
  return { name: 'rules', respond, phrases };
}

const MAX_EXAMPLES = 3;

async function* respond(request: AssistantRequest, signal: AbortSignal): AsyncIterable<AssistantOutput> {
  for (const output of decide(request)) {
    if (signal.aborted) return;
    yield output;
  }
}

/** Free text cannot be recognised, so the sentences that its tool quotes stand beside the phrase. */
function phrases(tools: readonly AssistantTool[]): readonly string[] {
  const ofTools = tools.flatMap(toolPhrases).flatMap(({ notation, example }) => {
    const speakable = !notation.includes(':text>') || example.includes('<');
    return speakable ? [notation] : [notation, plainWords(example)];
  });
  return [...new Set([...ofTools, ...SMALL_TALK.flatMap((talk) => talk.phrases)])];
}

function decide({ items, tools, toolChoice }: AssistantRequest): AssistantOutput[] {
  const freely = answerFreely(items, tools);
  const mustCall = toolChoice.name === 'required' || toolChoice.name === 'function';
  if (!mustCall || freely.some(({ type }) => type === 'function_call')) return freely;
  return tools.slice(0, 1).map((tool) => blindCall(tool, items));
}

/** A tool that has to be called, whatever was said: with what its parameters may be. */
function blindCall(tool: AssistantTool, items: readonly AssistantItem[]): AssistantOutput {
  const said = items.findLast((item) => item.type === 'message' && item.role === 'user');
  const text = said?.type === 'message' ? said.text : '';
  return { type: 'function_call', name: tool.name, arguments: anyArguments(toolParameters(tool.parameters), text) };
}

function answerFreely(items: readonly AssistantItem[], tools: readonly AssistantTool[]): AssistantOutput[] {
  const lastMessage = items.findLastIndex((item) => item.type === 'message');
  const since = items.slice(lastMessage + 1);
  const results = since.flatMap(resultOf);
  if (results.length > 0) return results;
  if (since.some((item) => item.type === 'function_call')) return say('I am still at it.');
  return [...unheardResults(items.slice(0, lastMessage)), ...reply(items[lastMessage], items, tools)];
}

/** Results that came after the assistant had last spoken, and before somebody else did. */
function unheardResults(items: readonly AssistantItem[]): AssistantOutput[] {
  const lastAnswer = items.findLastIndex((item) => item.type === 'message' && item.role === 'assistant');
  return items.slice(lastAnswer + 1).flatMap(resultOf);
}

function resultOf(item: AssistantItem): AssistantOutput[] {
  return item.type === 'function_call_output' ? say(spokenResult(item.output)) : [];
}

function reply(
  last: AssistantItem | undefined,
  items: readonly AssistantItem[],
  tools: readonly AssistantTool[],
): AssistantOutput[] {
  if (last?.type !== 'message' || last.role === 'assistant') return say(`Hello! I am listening. ${abilities(tools)}`);
  if (last.role === 'system') return say(quotedSpeech(last.text) ?? last.text);
  if (last.text.length > LONGEST_ORDER) return say(`That is too long for me. ${abilities(tools)}`);
  if (plainWords(last.text) === '') return say(`I did not catch that. ${abilities(tools)}`);
  const asked = withoutCourtesy(last.text);
  for (const text of [asked, last.text]) {
    const outputs = callTools(text, tools) ?? chat(text, items, tools);
    if (outputs !== undefined) return outputs;
  }
  return say(`I heard "${asked}", but I cannot do that. ${abilities(tools)}`);
}

/** Longer texts are matched with no phrase, in characters: it would take seconds. */
const LONGEST_ORDER = 4_000;
/** Longer texts are no two short orders, in characters: they would be looked for at every "and". */
const LONGEST_PAIR = 300;

/** One call; or, when the sentence is made of two that are joined by "and", both. */
function callTools(text: string, tools: readonly AssistantTool[]): AssistantOutput[] | undefined {
  const offered = tools.flatMap(toolPhrases);
  const whole = callTool(text, offered);
  if (whole !== undefined || text.length > LONGEST_PAIR) return whole;
  for (const { index } of text.matchAll(/\s+and\s+/gi)) {
    const first = callTool(text.slice(0, index), offered);
    const second = callTool(text.slice(index).replace(/^\s+and\s+/i, ''), offered);
    if (first !== undefined && second !== undefined) return [...first, ...second];
  }
  return undefined;
}

function callTool(text: string, offered: readonly ToolPhrase[]): AssistantOutput[] | undefined {
  let question: AssistantOutput[] | undefined;
  for (const { tool, parameters, node, example } of offered) {
    const values = matchPhrase(lenientPhrase(node), text);
    if (values === undefined) continue;
    const filled = toolArguments(parameters, values);
    if (filled.ok) return [{ type: 'function_call', name: tool.name, arguments: filled.json }];
    question ??= say(`I need the ${filled.missing} for that. You can say: ${example}.`);
  }
  return question;
}

function chat(
  text: string,
  items: readonly AssistantItem[],
  tools: readonly AssistantTool[],
): AssistantOutput[] | undefined {
  const talk = SMALL_TALK.find(({ nodes }) =>
    nodes.some((node) => matchPhrase(lenientPhrase(node), text) !== undefined),
  );
  return talk === undefined ? undefined : answer(talk, items, tools);
}

function answer(talk: SmallTalk, items: readonly AssistantItem[], tools: readonly AssistantTool[]): AssistantOutput[] {
  if (talk.answer === 'abilities') return say(abilities(tools));
  if (talk.answer === 'repetition') {
    const said = items.findLast((item) => item.type === 'message' && item.role === 'assistant');
    return say(said?.type === 'message' && said.text !== '' ? said.text : 'I have not said anything yet.');
  }
  return talk.answer.map((text) => ({ type: 'sentence', text }));
}

/** One example of each of the first tools, and something to chat about. */
function abilities(tools: readonly AssistantTool[]): string {
  const examples = tools
    .flatMap((tool) => toolPhrases(tool)[0]?.example.replaceAll(/[<>]/g, '') ?? [])
    .slice(0, MAX_EXAMPLES);
  const told = [...examples, 'tell me a story'].map((example) => `"${example}"`);
  return `You can say ${told
    .slice(0, -1)
    .map((each) => `${each}, `)
    .join('')}${told.length > 1 ? 'or ' : ''}${told.at(-1)}.`;
}

/** A system message may hand over the very words: `Say: "Dinner is ready."` Looks at each character about once, however often it is `say`. */
function quotedSpeech(text: string): string | undefined {
  return /\bsay\b(?:(?!\bsay\b)[^"\u201c])*["\u201c]([^"\u201c\u201d]+)["\u201d]/i.exec(text)?.[1];
}

function say(text: string): AssistantOutput[] {
  return sentences(text).map((sentence) => ({ type: 'sentence', text: sentence }));
}
