import type { AssistantOutput } from '../../engines/assistant/assistant-engine.ts';
import type { ResponseWish } from '../../openai/client-command.ts';
import { outputBuffer } from '../../openai/item-events.ts';
import { type ApiProblem, invalidRequest } from '../../openai/problem.ts';
import type { ResponseFacts, ResponseOutcome } from '../../openai/response-events.ts';
import * as events from '../../openai/response-events.ts';
import { assistantRequest, saidIn } from './assistant-request.ts';
import { type CallDraft, nextId, patch, type ResponsePlan, type RunningResponse, refuse, send } from './call-state.ts';
import type { ConversationItem } from './conversation.ts';
import { stopWaiting, waitForUser } from './idle.ts';
import {
  activeResponse,
  conversationResponse,
  dropResponse,
  putResponse,
  runningResponse,
  updateRunning,
} from './responses.ts';
import { readNewItem, recogniseNewItem } from './step-new-item.ts';
import { addFunctionCall, addSentence, addText, closeMessage, openMessage } from './step-response-output.ts';
import { countUsage, totalTokens } from './usage.ts';

const HOLD_ABOVE_MS = 1_000;
/** At a time, those outside the conversation included. */
const MAX_RESPONSES = 32;
const REQUEST_LIMIT = 1_000;
const TOKEN_LIMIT = 1_000_000;
const COMPLETED: ResponseOutcome = { name: 'completed' };

/**
 * Starts a response, announced at once and made as soon as all words are known. A second one of the conversation is refused; those
 * outside it run side by side.
 */
export function createResponse(draft: CallDraft, wish: ResponseWish | undefined, eventId: string | undefined): void {
  const refused = refusal(draft, wish?.conversation ?? 'auto');
  if (refused !== undefined) {
    refuse(draft, refused, eventId);
    return;
  }
  const input = wish?.input === undefined ? undefined : chosenInput(draft, wish.input);
  if (input !== undefined && 'code' in input) {
    refuse(draft, input, eventId);
    return;
  }
  const { unrecognised } = draft.state;
  const settings = { ...draft.state.settings, ...wish?.settings };
  const plan: ResponsePlan = {
    id: nextId(draft, 'resp'),
    origin: 'asked',
    settings: { ...settings, voice: draft.state.lockedVoice ?? settings.voice },
    conversation: wish?.conversation ?? 'auto',
    input,
    metadata: wish?.metadata ?? null,
  };
  announce(draft, plan);
  for (const item of input ?? []) if (!unrecognised.includes(item.id)) recogniseNewItem(draft, item);
  listenOrRun(draft);
}

/** Gives an answer once more, as a response with ids of its own; not while another one is being made. */
export function repeatAnswer(draft: CallDraft, plan: ResponsePlan, output: readonly ConversationItem[]): void {
  if (refusal(draft, plan.conversation) !== undefined) return;
  const again: ResponsePlan = { ...plan, id: nextId(draft, 'resp'), origin: 'repeated' };
  announce(draft, again);
  run(draft, again, output.flatMap(saidIn), 'finished');
  advance(draft, again.id);
}

/** Asks the assistant for every response of which everything the user said is recognised. */
export function listenOrRun(draft: CallDraft): void {
  for (const response of draft.state.responses) {
    const { unrecognised, items } = draft.state;
    const { input } = response.plan;
    const isUnknown = unrecognised.some((id) => input === undefined || input.some((item) => item.id === id));
    if (response.name !== 'listening' || isUnknown) continue;
    run(draft, response.plan, [], 'thinking');
    const request = assistantRequest(response.plan, items);
    draft.effects.push({ type: 'respond', responseId: response.plan.id, request });
  }
}

/** Lets the waiting responses say a fixed sentence instead of asking the assistant. */
export function sayInstead(draft: CallDraft, text: string): void {
  for (const response of draft.state.responses) {
    if (response.name !== 'listening' || response.plan.input !== undefined) continue;
    run(draft, response.plan, [{ type: 'sentence', text }], 'finished');
    advance(draft, response.plan.id);
  }
}

/** Takes one sentence or tool call from the assistant. */
export function addOutput(draft: CallDraft, responseId: string, output: AssistantOutput): void {
  const running = runningResponse(draft, responseId);
  if (running === undefined) return;
  updateRunning(draft, responseId, { queue: [...running.queue, output] });
  advance(draft, responseId);
}

/** The assistant has nothing more to say: the response ends like this as soon as everything is said. */
export function assistantFinished(draft: CallDraft, responseId: string, outcome: ResponseOutcome = COMPLETED): void {
  updateRunning(draft, responseId, { assistant: 'finished', outcome });
  advance(draft, responseId);
}

/** A sentence has become speech: it is on its way to the listener, and its words are told. */
export function sentenceMade(draft: CallDraft, responseId: string, pcm: Int16Array): void {
  const running = runningResponse(draft, responseId);
  if (running?.voice.name !== 'making') return;
  const { text } = running.voice;
  updateRunning(draft, responseId, { voice: { name: 'idle' } });
  addSentence(draft, responseId, text, pcm);
  advance(draft, responseId);
}

/** Time has passed: sentences that waited may be made now. */
export function wake(draft: CallDraft): void {
  for (const response of draft.state.responses) {
    if (response.name === 'running' && response.voice.name === 'holding') hold(draft, response, response.voice.text);
  }
}

/** The response cannot be made: `response.done` with status `failed`; the session goes on. */
export function failResponse(draft: CallDraft, responseId: string, problem: ApiProblem): void {
  if (runningResponse(draft, responseId) !== undefined) finishResponse(draft, responseId, { name: 'failed', problem });
}

/** Ends a response, whatever it was doing, with `response.done` as its last event. */
export function finishResponse(draft: CallDraft, responseId: string, outcome: ResponseOutcome): void {
  closeMessage(draft, responseId, outcome.name === 'completed' ? 'completed' : 'incomplete');
  const ended = activeResponse(draft, responseId);
  if (ended === undefined) return;
  const output = ended.name === 'running' ? ended.output : [];
  const { plan } = ended;
  const usage = countUsage(plan.settings.instructions, plan.input ?? draft.state.items, output);
  dropResponse(draft, responseId);
  patch(draft, { tokensUsed: draft.state.tokensUsed + totalTokens(usage) });
  draft.effects.push({ type: 'stopMaking', responseId });
  send(draft, events.responseDone(factsOf(draft, plan), outcome, output, usage));
  if (plan.conversation === 'auto') waitForUser(draft, output);
  if (outcome.name === 'completed' && plan.conversation === 'auto' && plan.origin === 'asked') {
    draft.effects.push({ type: 'answered', plan, output });
  }
  const { speaker } = draft.state;
  if (speaker.name === 'starved' && speaker.responseId === responseId) {
    patch(draft, { speaker: { name: 'silent' } });
    send(draft, outputBuffer('stopped', responseId));
  }
}

/** Tells that a response begins. */
function announce(draft: CallDraft, plan: ResponsePlan): void {
  if (plan.conversation === 'auto') stopWaiting(draft);
  putResponse(draft, { name: 'listening', plan });
  patch(draft, { responsesMade: draft.state.responsesMade + 1 });
  send(draft, events.responseCreated(factsOf(draft, plan)));
  const requests = { limit: REQUEST_LIMIT, remaining: Math.max(REQUEST_LIMIT - draft.state.responsesMade, 0) };
  const tokens = { limit: TOKEN_LIMIT, remaining: Math.max(TOKEN_LIMIT - draft.state.tokensUsed, 0) };
  send(draft, events.rateLimitsUpdated(requests, tokens));
}

function refusal(draft: CallDraft, conversation: ResponsePlan['conversation']): ApiProblem | undefined {
  if (draft.state.settings.purpose === 'transcription') {
    return invalidRequest('unsupported_event', 'A transcription session makes no responses.', 'type');
  }
  const active = conversationResponse(draft.state);
  if (conversation === 'auto' && active !== undefined) {
    const message = `Conversation already has an active response in progress: ${active.plan.id}. Wait until the response is finished before creating a new one.`;
    return invalidRequest('conversation_already_has_active_response', message);
  }
  if (draft.state.responses.length < MAX_RESPONSES) return undefined;
  return invalidRequest('too_many_responses', `More than ${MAX_RESPONSES} responses at a time are not made.`);
}

/** Works through what the assistant gave, until something has to be waited for. */
function advance(draft: CallDraft, responseId: string): void {
  for (;;) {
    const running = runningResponse(draft, responseId);
    if (running?.voice.name !== 'idle') return;
    const [next, ...queue] = running.queue;
    if (next === undefined) {
      if (running.assistant === 'finished') finishResponse(draft, responseId, running.outcome);
      return;
    }
    if (isSpent(running)) {
      finishResponse(draft, responseId, { name: 'incomplete', reason: 'max_output_tokens' });
      return;
    }
    updateRunning(draft, responseId, { queue });
    take(draft, running, next);
  }
}

function take(draft: CallDraft, running: RunningResponse, output: AssistantOutput): void {
  const { id, settings } = running.plan;
  if (output.type === 'function_call') {
    if (!mayCall(running, output.name)) return;
    closeMessage(draft, id, 'completed');
    addFunctionCall(draft, id, output.name, output.arguments);
    return;
  }
  openMessage(draft, id);
  if (settings.modality === 'text') addText(draft, id, output.text);
  else hold(draft, running, output.text);
}

/** A call that the session does not allow is not made, whatever the assistant says. */
function mayCall({ plan, output }: RunningResponse, name: string): boolean {
  const { toolChoice, toolCalls } = plan.settings;
  if (toolChoice.name === 'none' || (toolChoice.name === 'function' && toolChoice.tool !== name)) return false;
  return toolCalls === 'many' || !output.some(({ type }) => type === 'function_call');
}

/** Has a sentence made, or lets it wait while enough is queued. */
function hold(draft: CallDraft, running: RunningResponse, text: string): void {
  const { spokenUntil } = draft.state;
  // A timer may ring a rounding error early.
  if (spokenUntil - draft.now <= HOLD_ABOVE_MS + 1) {
    makeSentence(draft, running, text);
    return;
  }
  updateRunning(draft, running.plan.id, { voice: { name: 'holding', text } });
  draft.effects.push({ type: 'wakeAt', at: spokenUntil - HOLD_ABOVE_MS });
}

function makeSentence(draft: CallDraft, running: RunningResponse, text: string): void {
  const { voice, speed } = running.plan.settings;
  updateRunning(draft, running.plan.id, { voice: { name: 'making', text } });
  patch(draft, { lockedVoice: voice });
  draft.effects.push({ type: 'makeSentence', responseId: running.plan.id, request: { text, voice, speed } });
}

function run(
  draft: CallDraft,
  plan: ResponsePlan,
  queue: readonly AssistantOutput[],
  assistant: RunningResponse['assistant'],
): void {
  const voice = { name: 'idle' } as const;
  const output: readonly ConversationItem[] = [];
  const outcome = COMPLETED;
  putResponse(draft, { name: 'running', plan, output, openMessageId: undefined, queue, assistant, outcome, voice });
}

function isSpent(running: RunningResponse): boolean {
  const { maxOutputTokens } = running.plan.settings;
  if (maxOutputTokens === 'inf') return false;
  const usage = countUsage('', [], running.output);
  return usage.outputText + usage.outputAudio >= maxOutputTokens;
}

/** The items a response is made from, or what is wrong with them. */
function chosenInput(
  draft: CallDraft,
  input: NonNullable<ResponseWish['input']>,
): readonly ConversationItem[] | ApiProblem {
  const chosen: ConversationItem[] = [];
  for (const [index, each] of input.entries()) {
    const item =
      'reference' in each
        ? (draft.state.items.find(({ id }) => id === each.reference) ?? unknownItem(each.reference))
        : readNewItem(draft, each, `response.input[${index}]`);
    if ('code' in item) return item;
    chosen.push(item);
  }
  return chosen;
}

function unknownItem(itemId: string): ApiProblem {
  return invalidRequest('item_not_found', `No item with id '${itemId}'.`, 'response.input');
}

function factsOf(draft: CallDraft, plan: ResponsePlan): ResponseFacts {
  const { modality, voice, outputFormat: format, maxOutputTokens } = plan.settings;
  const conversationId = plan.conversation === 'auto' ? draft.state.conversationId : null;
  return { id: plan.id, conversationId, modality, voice, format, maxOutputTokens, metadata: plan.metadata };
}
