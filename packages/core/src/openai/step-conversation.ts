import { type ConversationState, type ConversationStep, Draft, HISTORY_PREFIX } from './conversation-draft.ts';
import type { ConversationInput, ConversationRequest, HistoryLine } from './conversation-effects.ts';
import type { ClientItem } from './items.ts';
import { isCallOpen } from './response-gate.ts';
import type { RealtimeSessionConfig } from './session-config.ts';
import { takeServerEvent } from './take-server-event.ts';

/** `event_id` of our `session.update`. */
const SESSION_EVENT_ID = 'vb_session';
/** Commits that may wait for the server at once: far above any real number. */
const MAX_COMMITS = 64;

/** One step of a conversation with an OpenAI Realtime server, as its client. `now` in ms, on a line that only grows. */
export function stepConversation(state: ConversationState, input: ConversationInput, now: number): ConversationStep {
  const draft = new Draft(state, now);
  if (input.type === 'opened') open(draft, input.session, input.history);
  else if (input.type === 'serverEvent') takeServerEvent(draft, input.event);
  else request(draft, input);
  return draft.finish();
}

function open(draft: Draft, session: RealtimeSessionConfig, history: readonly HistoryLine[]): void {
  const { link } = draft.state;
  if (link.name !== 'waiting') return;
  const detection = session.audio?.input?.turn_detection;
  const interrupts = detection?.interrupt_response ?? true;
  const turns = detection === null ? 'committed' : 'detected';
  draft.set({ link: { name: 'configuring', eventId: SESSION_EVENT_ID }, interrupts, turns });
  draft.tell({ type: 'send', event: { type: 'session.update', event_id: SESSION_EVENT_ID, session } });
  history.forEach((line, index) => {
    createItem(draft, { ...messageOf(line), id: `${HISTORY_PREFIX}${index + 1}` });
  });
  for (const waiting of link.requests) request(draft, waiting);
}

function messageOf({ role, text }: HistoryLine): ClientItem {
  return role === 'user'
    ? { type: 'message', role, content: [{ type: 'input_text', text }] }
    : { type: 'message', role, content: [{ type: 'output_text', text }] };
}

function request(draft: Draft, input: ConversationRequest): void {
  const { link, gate, output } = draft.state;
  if (link.name === 'waiting') {
    draft.set({ link: { name: 'waiting', requests: [...link.requests, input] } });
    return;
  }
  switch (input.type) {
    case 'sendText': {
      const id = nextItemId(draft);
      createItem(draft, { id, type: 'message', role: 'user', content: userContent(input) });
      if (input.author !== undefined) draft.tell({ type: 'textSent', itemId: id, author: input.author });
      draft.gate({ type: 'ask', itemId: id, urgent: true });
      return;
    }
    case 'commitInput':
      commitInput(draft, input.author);
      return;
    case 'clearInput':
      draft.tell({ type: 'send', event: { type: 'input_audio_buffer.clear' } });
      return;
    case 'announce': {
      const id = nextItemId(draft);
      const content = [{ type: 'input_text' as const, text: input.text }];
      createItem(draft, { id, type: 'message', role: 'system', content });
      draft.gate({ type: 'ask', itemId: id, urgent: false });
      return;
    }
    case 'toolResult': {
      if (!isCallOpen(gate, input.callId)) return;
      const id = nextItemId(draft);
      createItem(draft, { id, type: 'function_call_output', call_id: input.callId, output: input.output });
      draft.gate({ type: 'toolAnswered', callId: input.callId, itemId: id });
      return;
    }
    case 'interrupt': {
      const running = gate.slot.name !== 'free';
      if (running) draft.tell({ type: 'send', event: { type: 'response.cancel' } });
      if (running || output.name === 'playing') {
        draft.tell({ type: 'send', event: { type: 'output_audio_buffer.clear' } });
      }
      draft.tell({ type: 'flush' });
    }
  }
}

function userContent({ text, imageUrl }: Extract<ConversationRequest, { type: 'sendText' }>) {
  const words = text === '' ? [] : [{ type: 'input_text' as const, text }];
  return imageUrl === undefined ? words : [...words, { type: 'input_image' as const, image_url: imageUrl }];
}

function commitInput(draft: Draft, author: string | undefined): void {
  if (draft.state.turns === 'detected') {
    const message = 'The model finds the end of a turn by itself';
    draft.tell({ type: 'warning', code: 'invalid_request', message });
    return;
  }
  const commitsMade = draft.state.commitsMade + 1;
  const eventId = `vb_commit_${commitsMade}`;
  const commits = new Map([...draft.state.commits, [eventId, author] as const].slice(-MAX_COMMITS));
  draft.set({ commitsMade, commits });
  draft.tell({ type: 'send', event: { type: 'input_audio_buffer.commit', event_id: eventId } });
}

function nextItemId(draft: Draft): string {
  const itemsMade = draft.state.itemsMade + 1;
  draft.set({ itemsMade });
  return `vb_item_${itemsMade}`;
}

function createItem(draft: Draft, item: ClientItem): void {
  draft.tell({ type: 'send', event: { type: 'conversation.item.create', item } });
}
