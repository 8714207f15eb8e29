import { type Draft, HISTORY_PREFIX } from './conversation-draft.ts';
import type { ServerItem, ServerMessage } from './items.ts';
import { modelProblem } from './model-problem.ts';
import { countOpenCalls } from './response-gate.ts';
import type { RealtimeResponse } from './responses.ts';
import type { OtherServerEvent, ServerEvent, ServerEventOf } from './server-events.ts';
import {
  appendText,
  endLine,
  endResponse,
  failLine,
  interruptResponse,
  placeItem,
  type Speaker,
  setText,
} from './transcript.ts';

/** Tool calls that may wait for their results at once; one more is answered with an error and not run. */
export const MAX_OPEN_CALLS = 64;
const KEPT_CALLS = 256;
const TOO_MANY_CALLS = '{"error":{"code":"rate_limited","message":"Too many tool calls at once"}}';
const USER: Speaker = { role: 'user' };

/** Takes one event of the model into the step that is being made. */
export function takeServerEvent(draft: Draft, event: ServerEvent | OtherServerEvent): void {
  switch (event.type) {
    case 'session.updated':
      sessionUpdated(draft);
      break;
    case 'error':
      failed(draft, event);
      break;
    case 'input_audio_buffer.speech_started':
      draft.set({ turn: { name: 'speaking', itemId: event.item_id } });
      draft.tell({ type: 'speech', state: 'started', itemId: event.item_id });
      if (draft.state.interrupts) draft.tell({ type: 'flush' });
      draft.transcript((transcript) => placeItem(transcript, event.item_id, undefined));
      draft.gate({ type: 'speech', speaking: true });
      break;
    case 'input_audio_buffer.speech_stopped':
      draft.set({ turn: { name: 'ended', itemId: event.item_id, at: draft.now } });
      draft.tell({ type: 'speech', state: 'stopped', itemId: event.item_id });
      draft.gate({ type: 'speech', speaking: false });
      break;
    case 'input_audio_buffer.cleared':
      speechDropped(draft);
      break;
    case 'input_audio_buffer.committed':
      draft.transcript((transcript) => placeItem(transcript, event.item_id, event.previous_item_id));
      if (draft.state.turns === 'committed') turnCommitted(draft, event.item_id);
      break;
    case 'conversation.item.created':
    case 'conversation.item.added':
    case 'conversation.item.done':
      placedItem(draft, event.item, event.previous_item_id);
      break;
    case 'conversation.item.deleted':
      turnUnanswered(draft, event.item_id);
      break;
    case 'conversation.item.truncated':
      draft.transcript((transcript) => endLine(transcript, event.item_id, 'interrupted'));
      break;
    case 'conversation.item.input_audio_transcription.delta':
      draft.transcript((transcript) =>
        appendText(transcript, event.item_id, USER, event.content_index ?? 0, event.delta ?? ''),
      );
      break;
    case 'conversation.item.input_audio_transcription.completed':
      if (event.transcript.trim() === '') turnUnanswered(draft, event.item_id);
      draft.transcript((transcript) =>
        setText(transcript, event.item_id, USER, event.content_index, event.transcript, 'final'),
      );
      break;
    case 'conversation.item.input_audio_transcription.failed':
      draft.tell({ type: 'warning', ...modelProblem(event.error) });
      draft.transcript((transcript) => failLine(transcript, event.item_id, USER));
      break;
    case 'output_audio_buffer.started':
      draft.set({ output: { name: 'playing', responseId: event.response_id, by: 'buffer' } });
      break;
    case 'output_audio_buffer.stopped':
      outputEnded(draft, event.response_id);
      break;
    case 'output_audio_buffer.cleared':
      outputCleared(draft, event.response_id);
      break;
    case 'other':
      if (event.name === 'response.done') draft.gate({ type: 'responseDone', responseId: undefined });
      break;
    default:
      takeResponseEvent(draft, event);
      break;
  }
}

function takeResponseEvent(draft: Draft, event: ServerEvent): void {
  switch (event.type) {
    case 'response.created':
      if (draft.state.turn.name === 'ended') draft.set({ turn: { name: 'none' } });
      draft.gate({ type: 'responseCreated', responseId: event.response.id });
      break;
    case 'response.output_item.done':
      outputItemDone(draft, event.response_id, event.item);
      break;
    case 'response.output_audio.delta':
      heardByDelta(draft, event.response_id);
      break;
    case 'response.output_audio_transcript.delta':
      heardByDelta(draft, event.response_id);
      appendAnswer(draft, event);
      break;
    case 'response.output_text.delta':
      appendAnswer(draft, event);
      break;
    case 'response.output_audio_transcript.done':
      setAnswer(draft, event, event.transcript);
      break;
    case 'response.output_text.done':
      setAnswer(draft, event, event.text);
      break;
    case 'response.done':
      responseDone(draft, event.response);
      break;
  }
}

function sessionUpdated(draft: Draft): void {
  if (draft.state.link.name !== 'configuring') return;
  draft.set({ link: { name: 'ready' } });
  draft.tell({ type: 'ready' });
}

function failed(draft: Draft, { error }: ServerEventOf<'error'>): void {
  const { link } = draft.state;
  const eventId = error.event_id ?? undefined;
  // A server that refuses a WebSocket says so before it tells of a session.
  const refuses =
    link.name === 'waiting' || (link.name === 'configuring' && (eventId === undefined || eventId === link.eventId));
  if (refuses) {
    draft.set({ link: { name: 'rejected' } });
    const { code, message } = modelProblem(error);
    draft.tell({ type: 'rejected', code: code === 'model_error' ? 'model_rejected' : code, message });
    return;
  }
  if (eventId !== undefined) forgetCommit(draft, eventId);
  if (error.code === 'response_cancel_not_active') return;
  const active = error.code === 'conversation_already_has_active_response';
  if (active || eventId !== undefined) draft.gate({ type: 'refused', eventId, active });
  if (!active) draft.tell({ type: 'warning', ...modelProblem(error) });
}

/** What the users said until they committed it is a turn: the model is asked to answer it. */
function turnCommitted(draft: Draft, itemId: string): void {
  const [oldest] = draft.state.commits;
  if (oldest === undefined) return;
  const [eventId, author] = oldest;
  forgetCommit(draft, eventId);
  draft.set({ turn: { name: 'ended', itemId, at: draft.now } });
  if (author !== undefined) draft.tell({ type: 'textSent', itemId, author });
  draft.gate({ type: 'ask', itemId, urgent: true });
}

function forgetCommit(draft: Draft, eventId: string): void {
  if (!draft.state.commits.has(eventId)) return;
  const commits = new Map(draft.state.commits);
  commits.delete(eventId);
  draft.set({ commits });
}

function speechDropped(draft: Draft): void {
  const { turn } = draft.state;
  draft.set({ turn: { name: 'none' } });
  if (turn.name === 'speaking') draft.tell({ type: 'speech', state: 'stopped', itemId: turn.itemId });
  draft.gate({ type: 'speech', speaking: false });
}

function turnUnanswered(draft: Draft, itemId: string): void {
  const { turn } = draft.state;
  if (turn.name === 'ended' && turn.itemId === itemId) draft.set({ turn: { name: 'none' } });
}

function placedItem(draft: Draft, item: ServerItem, previous: string | null | undefined): void {
  const { id } = item;
  if (id === undefined) return;
  draft.gate({ type: 'itemAdded', itemId: id });
  draft.transcript((transcript) => placeItem(transcript, id, previous));
  if (item.type === 'message' && item.role === 'user' && !id.startsWith(HISTORY_PREFIX))
    writeMessage(draft, item, USER);
}

function outputItemDone(draft: Draft, responseId: string, item: ServerItem): void {
  if (item.type === 'message') writeMessage(draft, item, { role: 'assistant', responseId });
  if (item.type === 'function_call' && item.status !== 'incomplete' && item.status !== 'in_progress') {
    tellCall(draft, responseId, item.call_id, item.name, item.arguments);
  }
}

function writeMessage(draft: Draft, item: ServerMessage, speaker: Speaker): void {
  const over = item.status === 'incomplete' || item.status === 'in_progress' ? undefined : 'final';
  item.content.forEach((part, index) => {
    const written = 'text' in part ? part.text : 'transcript' in part ? part.transcript : undefined;
    if (written === undefined || written === null || written === '') return;
    draft.transcript((transcript) => setText(transcript, item.id, speaker, index, written, over));
  });
  if (over !== undefined && speaker.role === 'assistant') {
    draft.transcript((transcript) => endLine(transcript, item.id, over));
  }
}

function tellCall(draft: Draft, responseId: string, callId: string, name: string, argumentsText: string): void {
  const { toldCalls, gate } = draft.state;
  if (toldCalls.has(callId)) return;
  draft.set({ toldCalls: new Set([...toldCalls, callId].slice(-KEPT_CALLS)) });
  if (countOpenCalls(gate) >= MAX_OPEN_CALLS) {
    const item = { type: 'function_call_output' as const, call_id: callId, output: TOO_MANY_CALLS };
    draft.tell({ type: 'send', event: { type: 'conversation.item.create', item } });
    return;
  }
  draft.gate({ type: 'toolCalled', responseId, callId });
  draft.tell({ type: 'toolCall', callId, name, arguments: argumentsText });
}

function heardByDelta(draft: Draft, responseId: string): void {
  if (draft.state.output.name === 'playing') return;
  draft.set({ output: { name: 'playing', responseId, by: 'delta' } });
}

function appendAnswer(
  draft: Draft,
  event: ServerEventOf<'response.output_audio_transcript.delta' | 'response.output_text.delta'>,
): void {
  const speaker: Speaker = { role: 'assistant', responseId: event.response_id };
  draft.transcript((transcript) => appendText(transcript, event.item_id, speaker, event.content_index, event.delta));
}

function setAnswer(
  draft: Draft,
  event: ServerEventOf<'response.output_audio_transcript.done' | 'response.output_text.done'>,
  text: string,
): void {
  const speaker: Speaker = { role: 'assistant', responseId: event.response_id };
  draft.transcript((transcript) => setText(transcript, event.item_id, speaker, event.content_index, text));
}

function outputEnded(draft: Draft, responseId: string): void {
  const { output } = draft.state;
  if (output.name === 'playing' && output.responseId === responseId) draft.set({ output: { name: 'silent' } });
}

function outputCleared(draft: Draft, responseId: string): void {
  draft.tell({ type: 'flush' });
  const { output } = draft.state;
  if (output.name !== 'playing' || output.responseId !== responseId) return;
  draft.set({ output: { name: 'silent' } });
  draft.transcript((transcript) => interruptResponse(transcript, responseId));
}

function responseDone(draft: Draft, response: RealtimeResponse): void {
  const { output } = draft.state;
  if (output.name === 'playing' && output.by === 'delta') outputEnded(draft, response.id);
  if (response.status === 'completed') for (const item of response.output) outputItemDone(draft, response.id, item);
  const ends = { completed: 'final', failed: 'failed', cancelled: 'interrupted' } as const;
  const end =
    response.status === 'incomplete' || response.status === 'in_progress' ? 'interrupted' : ends[response.status];
  draft.transcript((transcript) => endResponse(transcript, response.id, end));
  if (response.usage) {
    const { input_tokens: inputTokens = 0, output_tokens: outputTokens = 0 } = response.usage;
    draft.tell({ type: 'usage', inputTokens, outputTokens });
  }
  if (response.status === 'failed') {
    draft.tell({ type: 'warning', ...modelProblem(response.status_details?.error ?? {}) });
  } else if (response.status === 'incomplete') {
    const reason = response.status_details?.reason ?? 'unknown reason';
    draft.tell({ type: 'warning', code: 'model_error', message: `The answer was cut: ${reason}` });
  }
  draft.gate({ type: 'responseDone', responseId: response.id });
}
