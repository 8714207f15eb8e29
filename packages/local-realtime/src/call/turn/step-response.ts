import type { AssistantOutput } from '../../engines/assistant/assistant-engine.ts';
import type { ResponseWish } from '../../openai/client-command.ts';
import { outputBuffer } from '../../openai/item-events.ts';
import { type ApiProblem, invalidRequest } from '../../openai/problem.ts';
import type { ResponseFacts, ResponseOutcome } from '../../openai/response-events.ts';
import * as events from '../../openai/response-events.ts';
import { assistantRequest } from './assistant-request.ts';
import { type CallDraft, nextId, patch, type ResponsePlan, type RunningResponse, refuse, send } from './call-state.ts';
import type { ConversationItem } from './conversation.ts';
import {
  addFunctionCall,
  addSentence,
  addText,
  closeMessage,
  openMessage,
  updateRunning,
} from './step-response-output.ts';
import { countUsage, totalTokens } from './usage.ts';

const HOLD_ABOVE_MS = 1_000;
const REQUEST_LIMIT = 1_000;
const TOKEN_LIMIT = 1_000_000;

/** Starts a response, announced at once and made as soon as all words are known; refuses a second one at a time. */
export function createResponse(draft: CallDraft, wish: ResponseWish | undefined, eventId: string | undefined): void {
  const { response } = draft.state;
  if (response.name !== 'none') {
    const message = `Conversation already has an active response in progress: ${response.plan.id}. Wait until the response is finished before creating a new one.`;
    refuse(draft, invalidRequest('conversation_already_has_active_response', message), eventId);
    return;
  }
  const input = wish?.input === undefined ? undefined : chosenInput(draft, wish.input);
  if (typeof input === 'string') {
    refuse(draft, invalidRequest('item_not_found', `No item with id '${input}'.`, 'response.input'), eventId);
    return;
  }
  const settings = { ...draft.state.settings, ...wish?.settings };
  const plan: ResponsePlan = {
    id: nextId(draft, 'resp'),
    settings: { ...settings, voice: draft.state.lockedVoice ?? settings.voice },
    conversation: wish?.conversation ?? 'auto',
    input,
    metadata: wish?.metadata ?? null,
  };
  patch(draft, { response: { name: 'listening', plan }, responsesMade: draft.state.responsesMade + 1 });
  send(draft, events.responseCreated(factsOf(draft, plan)));
  const requests = { limit: REQUEST_LIMIT, remaining: Math.max(REQUEST_LIMIT - draft.state.responsesMade, 0) };
  const tokens = { limit: TOKEN_LIMIT, remaining: Math.max(TOKEN_LIMIT - draft.state.tokensUsed, 0) };
  send(draft, events.rateLimitsUpdated(requests, tokens));
  listenOrRun(draft);
}

/** Asks the assistant once everything the user said is recognised. */
export function listenOrRun(draft: CallDraft): void {
  const { response, unrecognised, items } = draft.state;
  if (response.name !== 'listening' || (unrecognised.length > 0 && response.plan.input === undefined)) return;
  run(draft, response.plan, [], 'thinking');
  const request = assistantRequest(response.plan, items);
  draft.effects.push({ type: 'respond', responseId: response.plan.id, request });
}

/** Lets a waiting response say a fixed sentence instead of asking the assistant. */
export function sayInstead(draft: CallDraft, text: string): void {
  const { response } = draft.state;
  if (response.name !== 'listening') return;
  run(draft, response.plan, [{ type: 'sentence', text }], 'finished');
  advance(draft);
}

/** Takes one sentence or tool call from the assistant. */
export function addOutput(draft: CallDraft, responseId: string, output: AssistantOutput): void {
  const running = runningResponse(draft, responseId);
  if (running === undefined) return;
  updateRunning(draft, { queue: [...running.queue, output] });
  advance(draft);
}

/** The assistant has nothing more to say. */
export function assistantFinished(draft: CallDraft, responseId: string): void {
  if (runningResponse(draft, responseId) === undefined) return;
  updateRunning(draft, { assistant: 'finished' });
  advance(draft);
}

/** A sentence has become speech: it is queued for the listener, and its words are told. */
export function sentenceMade(draft: CallDraft, responseId: string, pcm: Int16Array): void {
  const running = runningResponse(draft, responseId);
  if (running?.voice.name !== 'making') return;
  const { text } = running.voice;
  updateRunning(draft, { voice: { name: 'idle' } });
  addSentence(draft, text, pcm);
  advance(draft);
}

/** Time has passed: a sentence that waited may be made now. */
export function wake(draft: CallDraft): void {
  const { response } = draft.state;
  if (response.name !== 'running' || response.voice.name !== 'holding') return;
  makeSentence(draft, response, response.voice.text);
}

/** The response cannot be made: `response.done` with status `failed`; the session goes on. */
export function failResponse(draft: CallDraft, responseId: string, problem: ApiProblem): void {
  if (runningResponse(draft, responseId) !== undefined) finishResponse(draft, { name: 'failed', problem });
}

/** Ends the response, whatever it was doing, with `response.done` as its last event. */
export function finishResponse(draft: CallDraft, outcome: ResponseOutcome): void {
  const { response } = draft.state;
  if (response.name === 'none') return;
  if (response.name === 'running') closeMessage(draft, outcome.name === 'completed' ? 'completed' : 'incomplete');
  const ended = draft.state.response;
  const output = ended.name === 'running' ? ended.output : [];
  const { plan } = response;
  const usage = countUsage(plan.settings.instructions, plan.input ?? draft.state.items, output);
  patch(draft, { response: { name: 'none' }, tokensUsed: draft.state.tokensUsed + totalTokens(usage) });
  if (outcome.name !== 'completed') draft.effects.push({ type: 'stopMaking', responseId: plan.id });
  send(draft, events.responseDone(factsOf(draft, plan), outcome, output, usage));
  const { speaker } = draft.state;
  if (speaker.name === 'starved' && speaker.responseId === plan.id) {
    patch(draft, { speaker: { name: 'silent' } });
    send(draft, outputBuffer('stopped', plan.id));
  }
}

/** Works through what the assistant gave, until something has to be waited for. */
function advance(draft: CallDraft): void {
  for (;;) {
    const { response } = draft.state;
    if (response.name !== 'running' || response.voice.name !== 'idle') return;
    const [next, ...queue] = response.queue;
    if (next === undefined) {
      if (response.assistant === 'finished') finishResponse(draft, { name: 'completed' });
      return;
    }
    if (isSpent(response)) {
      finishResponse(draft, { name: 'incomplete', reason: 'max_output_tokens' });
      return;
    }
    updateRunning(draft, { queue });
    take(draft, response, next);
  }
}

function take(draft: CallDraft, running: RunningResponse, output: AssistantOutput): void {
  if (output.type === 'function_call') {
    closeMessage(draft, 'completed');
    addFunctionCall(draft, output.name, output.arguments);
    return;
  }
  openMessage(draft);
  if (running.plan.settings.modality === 'text') {
    addText(draft, output.text);
    return;
  }
  const { spokenUntil } = draft.state;
  if (spokenUntil - draft.now <= HOLD_ABOVE_MS) {
    makeSentence(draft, running, output.text);
    return;
  }
  updateRunning(draft, { voice: { name: 'holding', text: output.text } });
  draft.effects.push({ type: 'wakeAt', at: spokenUntil - HOLD_ABOVE_MS });
}

function makeSentence(draft: CallDraft, running: RunningResponse, text: string): void {
  const { voice, speed } = running.plan.settings;
  updateRunning(draft, { voice: { name: 'making', text } });
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
  patch(draft, {
    response: { name: 'running', plan, output: [], openMessageId: undefined, queue, assistant, voice },
  });
}

function runningResponse(draft: CallDraft, responseId: string): RunningResponse | undefined {
  const { response } = draft.state;
  return response.name === 'running' && response.plan.id === responseId ? response : undefined;
}

function isSpent(running: RunningResponse): boolean {
  const { maxOutputTokens } = running.plan.settings;
  if (maxOutputTokens === 'inf') return false;
  const usage = countUsage('', [], running.output);
  return usage.outputText + usage.outputAudio >= maxOutputTokens;
}

/** The items a response is made from, or the id of one that does not exist. */
function chosenInput(
  draft: CallDraft,
  input: NonNullable<ResponseWish['input']>,
): readonly ConversationItem[] | string {
  const chosen: ConversationItem[] = [];
  for (const each of input) {
    if (!('reference' in each)) {
      chosen.push({ ...each, id: each.id ?? nextId(draft, 'item') });
      continue;
    }
    const item = draft.state.items.find(({ id }) => id === each.reference);
    if (item === undefined) return each.reference;
    chosen.push(item);
  }
  return chosen;
}

function factsOf(draft: CallDraft, plan: ResponsePlan): ResponseFacts {
  const { modality, voice, outputFormat: format, maxOutputTokens } = plan.settings;
  const conversationId = plan.conversation === 'auto' ? draft.state.conversationId : null;
  return { id: plan.id, conversationId, modality, voice, format, maxOutputTokens, metadata: plan.metadata };
}
