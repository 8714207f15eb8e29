import type { ClientEvent } from './client-events.ts';
import { type ConversationState, initialConversation } from './conversation-draft.ts';
import type { ConversationEffect, ConversationInput, HistoryLine } from './conversation-effects.ts';
import type { ServerItem, ServerMessage } from './items.ts';
import type { RealtimeResponse } from './responses.ts';
import type { ServerEventBody } from './server-events.ts';
import { parseServerEvent } from './server-events.ts';
import { stepConversation } from './step-conversation.ts';

type EffectType = ConversationEffect['type'];

/** Drives {@link stepConversation} through text, as a server on the wire would, and keeps everything it asks for. */
export class ConversationScript {
  now = 0;
  state: ConversationState = initialConversation;
  readonly effects: ConversationEffect[] = [];

  /** A conversation whose channel is open and whose settings the model has taken. */
  static ready(): ConversationScript {
    const script = new ConversationScript();
    script.open();
    script.server({ type: 'session.updated', session: { type: 'realtime' } });
    script.effects.length = 0;
    return script;
  }

  open(history: readonly HistoryLine[] = []): void {
    this.give({ type: 'opened', session: { type: 'realtime', instructions: 'Be brief.' }, history });
  }

  give(input: ConversationInput): readonly ConversationEffect[] {
    const step = stepConversation(this.state, input, this.now);
    this.state = step.state;
    this.effects.push(...step.effects);
    return step.effects;
  }

  /** Sends one server event through the parser. */
  server(body: ServerEventBody | { readonly type: string }): readonly ConversationEffect[] {
    const parsed = parseServerEvent(JSON.stringify({ event_id: 'event', ...body }));
    if (!parsed.ok) throw new Error(parsed.problem);
    return this.give({ type: 'serverEvent', event: parsed.value });
  }

  of<Type extends EffectType>(type: Type): Extract<ConversationEffect, { type: Type }>[] {
    return this.effects.filter((effect): effect is Extract<ConversationEffect, { type: Type }> => effect.type === type);
  }

  /** Everything sent to the model so far. */
  get sent(): ClientEvent[] {
    return this.of('send').map((effect) => effect.event);
  }

  /** How many answers were asked for. */
  get asked(): number {
    return this.sent.filter((event) => event.type === 'response.create').length;
  }

  /** The transcript as a client builds it from the effects: `role state: text` in order. */
  get lines(): string[] {
    const entries: { id: string; text: string; label: string }[] = [];
    for (const effect of this.effects) {
      if (effect.type === 'transcriptDelta') {
        const entry = entries.find(({ id }) => id === effect.id);
        if (entry === undefined) throw new Error('A delta came before its entry');
        entry.text += effect.delta;
      }
      if (effect.type !== 'transcript') continue;
      const { id, text, role, state } = effect.entry;
      const old = entries.findIndex((entry) => entry.id === id);
      if (old >= 0) entries.splice(old, 1);
      const index = entries.findIndex((entry) => entry.id === effect.after);
      if (effect.after !== null && index < 0) throw new Error('An entry stands after one that was never told');
      entries.splice(index + 1, 0, { id, text, label: `${role} ${state}` });
    }
    return entries.map(({ label, text }) => `${label}: ${text}`);
  }

  get assistantStates(): string[] {
    return this.of('assistantChanged').map((effect) => effect.state);
  }

  userSpeaks(itemId: string, previous: string | null): void {
    this.server({ type: 'input_audio_buffer.speech_started', item_id: itemId, audio_start_ms: 0 });
    this.userStops(itemId, previous);
  }

  userStops(itemId: string, previous: string | null): void {
    this.server({ type: 'input_audio_buffer.speech_stopped', item_id: itemId, audio_end_ms: 900 });
    this.server({ type: 'input_audio_buffer.committed', item_id: itemId, previous_item_id: previous });
    this.added(userAudio(itemId), previous);
  }

  transcribed(itemId: string, transcript: string): void {
    this.server({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: itemId,
      content_index: 0,
      transcript,
      usage: { type: 'duration', seconds: 1 },
    });
  }

  added(item: ServerItem, previous: string | null): void {
    this.server({ type: 'conversation.item.added', item, previous_item_id: previous });
    this.server({ type: 'conversation.item.done', item, previous_item_id: previous });
  }

  responseStarts(id: string): void {
    this.server({ type: 'response.created', response: response(id, 'in_progress') });
  }

  says(responseId: string, itemId: string, delta: string): void {
    this.server({
      type: 'response.output_audio_transcript.delta',
      response_id: responseId,
      item_id: itemId,
      output_index: 0,
      content_index: 0,
      delta,
    });
  }

  itemDone(responseId: string, item: ServerItem): void {
    this.server({ type: 'response.output_item.done', response_id: responseId, output_index: 0, item });
  }

  responseEnds(id: string, status: RealtimeResponse['status'] = 'completed', output: ServerItem[] = []): void {
    this.server({ type: 'response.done', response: response(id, status, output) });
  }
}

export function userAudio(id: string): ServerItem {
  return {
    id,
    type: 'message',
    role: 'user',
    status: 'completed',
    content: [{ type: 'input_audio', transcript: null }],
  };
}

export function userText(id: string, text: string): ServerItem {
  return { id, type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_text', text }] };
}

export function spoken(id: string, transcript: string): ServerMessage {
  const content = [{ type: 'output_audio' as const, transcript }];
  return { id, type: 'message', role: 'assistant', status: 'completed', content };
}

export function functionCall(id: string, callId: string, name = 'set_lamp'): ServerItem {
  return { id, type: 'function_call', status: 'completed', call_id: callId, name, arguments: '{"colour":"red"}' };
}

export function response(id: string, status: RealtimeResponse['status'], output: ServerItem[] = []): RealtimeResponse {
  return { id, object: 'realtime.response', status, output, usage: { input_tokens: 12, output_tokens: 34 } };
}
