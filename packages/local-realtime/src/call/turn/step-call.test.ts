import { parseServerEvent, type ServerEvent } from '@voice-bridge/core/openai';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readClientMessage } from '../../openai/read-client-message.ts';
import { newSession } from '../../openai/session.ts';
import type { CallEffect, CallInput, CallState } from './call-state.ts';
import { newCallState, stepCall } from './step-call.ts';

/** One thing that may happen next: to the caller, the client, or something the call itself set going. */
const happenings = fc.oneof(
  fc.constantFrom('speak', 'pause', 'drain', 'later' as const).map((type) => ({ type })),
  fc.record({ type: fc.constant('finish' as const), which: fc.nat(2), failed: fc.nat(9).map((n) => n === 0) }),
  fc.record({ type: fc.constant('finish' as const), which: fc.constant(0), failed: fc.constant(false) }),
  fc.record({ type: fc.constant('say' as const), tool: fc.nat(4).map((n) => n === 0), which: fc.nat(2) }),
  fc.record({
    type: fc.constant('ask' as const),
    event: fc.constantFrom(
      { type: 'response.create' },
      { type: 'response.create', response: { output_modalities: ['text'], max_output_tokens: 3 } },
      { type: 'response.create', response: { conversation: 'none' } },
      { type: 'response.cancel' },
      { type: 'output_audio_buffer.clear' },
      { type: 'input_audio_buffer.commit' },
      { type: 'input_audio_buffer.clear' },
      { type: 'session.update', session: { type: 'realtime', audio: { input: { turn_detection: null } } } },
      {
        type: 'session.update',
        session: { type: 'realtime', audio: { input: { turn_detection: { type: 'server_vad' } } } },
      },
      {
        type: 'conversation.item.create',
        item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
      },
    ),
  }),
);
const audio = fc.constantFrom('track' as const, 'events' as const);
type Happening = typeof happenings extends fc.Arbitrary<infer Each> ? Each : never;

const CUT = { name: 'incomplete', reason: 'content_filter' } as const;

/** Runs a call in which the edge's answers come in any order, late, or never. */
class RandomCall {
  readonly events: ServerEvent[] = [];
  state: CallState;
  #now = 0;
  #pending: CallEffect[] = [];
  #speaking = false;

  constructor(audio: CallState['audio']) {
    this.state = newCallState('Seed', newSession('sess_1', 0, 'marin'), audio);
  }

  take(input: CallInput): void {
    const { state, effects } = stepCall(this.state, input, this.#now);
    this.state = state;
    for (const effect of effects) {
      if (effect.type === 'send') this.#receive(effect.event);
      else if (effect.type === 'clearSpeaker') this.take({ type: 'speakerCleared', heard: this.#heard() });
      else if (effect.type === 'forgetTurn') this.#speaking = false;
      else if (effect.type === 'stopMaking') this.#drop(effect.responseId);
      else this.#pending.push(effect);
    }
  }

  happen(happening: Happening): void {
    this.#now += 100;
    switch (happening.type) {
      case 'speak':
        if (!this.#speaking && this.state.settings.turns.name === 'detected') {
          this.#speaking = true;
          this.take({ type: 'speechStarted', startMs: this.#now });
        }
        return;
      case 'pause':
        if (this.#speaking) {
          this.#speaking = false;
          this.take({ type: 'speechStopped', startMs: this.#now - 100, endMs: this.#now });
        }
        return;
      case 'drain':
        this.take({ type: 'speakerDrained' });
        return;
      case 'later':
        this.#now += 60_000;
        this.take({ type: 'wake', heardMs: this.#now });
        return;
      case 'say': {
        const { responses } = this.state;
        const response = responses[happening.which % Math.max(responses.length, 1)];
        const output = happening.tool
          ? ({ type: 'function_call', name: 'f', arguments: '{}' } as const)
          : ({ type: 'sentence', text: 'Six words are in this sentence.' } as const);
        if (response?.name === 'running') {
          this.take({ type: 'assistantSaid', responseId: response.plan.id, output });
        }
        return;
      }
      case 'finish':
        this.#finish(happening.which, happening.failed);
        return;
      case 'ask':
        this.#ask(happening.event);
    }
  }

  /** Lets everything that was set going come to its end. */
  settle(): void {
    this.happen({ type: 'pause' });
    for (let turn = 0; turn < 500 && (this.#pending.length > 0 || this.state.responses.length > 0); turn++) {
      this.#now += 60_000;
      this.#finish(0, false);
      this.take({ type: 'wake', heardMs: this.#now });
    }
    this.take({ type: 'speakerDrained' });
  }

  #ask(event: object): void {
    const read = readClientMessage(JSON.stringify(event));
    this.take(read.type === 'problem' ? read : { ...read, heardMs: this.#now });
  }

  #finish(which: number, failed: boolean): void {
    const [effect] = this.#pending.splice(which % Math.max(this.#pending.length, 1), 1);
    const problem = { type: 'server_error', code: 'internal', message: 'x', param: null } as const;
    switch (effect?.type) {
      case 'recognise':
        if (failed) this.take({ type: 'recognitionFailed', itemId: effect.itemId, problem });
        else this.take({ type: 'recognised', itemId: effect.itemId, text: 'words' });
        return;
      case 'respond':
        if (failed) this.take({ type: 'assistantFailed', responseId: effect.responseId, problem });
        else
          this.take({
            type: 'assistantFinished',
            responseId: effect.responseId,
            outcome: which === 1 ? CUT : undefined,
          });
        return;
      case 'answered':
        if (!failed) this.take({ ...effect, type: 'answerAgain' });
        return;
      case 'makeSentence':
        this.take({ type: 'sentenceMade', responseId: effect.responseId, pcm: new Int16Array(48_000) });
        return;
      case 'play':
        this.take({ type: 'speakerTurned', responseId: effect.segment.responseId });
    }
  }

  #heard() {
    return this.state.items.map(({ id }) => ({ itemId: id, heardMs: 700 }));
  }

  #drop(responseId: string): void {
    this.#pending = this.#pending.filter(
      (effect) => !((effect.type === 'respond' || effect.type === 'makeSentence') && effect.responseId === responseId),
    );
  }

  #receive(event: ServerEvent): void {
    const parsed = parseServerEvent(JSON.stringify(event));
    if (!parsed.ok || parsed.value.type === 'other') throw new Error(`No event: ${JSON.stringify(event)}`);
    this.events.push(parsed.value);
  }
}

/** Sorted: responses that are made side by side end in any order. */
function idsOf(events: readonly ServerEvent[], type: ServerEvent['type']): string[] {
  const ids = events.flatMap((event) => {
    if (event.type !== type) return [];
    if (event.type === 'response.created' || event.type === 'response.done') return [event.response.id];
    if (event.type === 'response.output_item.added' || event.type === 'response.output_item.done') {
      return [event.item.id ?? ''];
    }
    return 'item_id' in event && typeof event.item_id === 'string' ? [event.item_id] : [];
  });
  return ids.sort();
}

it('keeps its word whatever happens in whatever order', () => {
  fc.assert(
    fc.property(audio, fc.array(happenings, { minLength: 40, maxLength: 80, size: 'max' }), (way, chosen) => {
      const call = new RandomCall(way);
      call.take({ type: 'opened', channel: 0 });
      for (const happening of chosen) call.happen(happening);
      call.settle();
      const { events } = call;

      // Every event has its own id, and the session's birth is the first.
      expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);
      expect(events[0]?.type).toBe('session.created');
      // What was begun is ended, once.
      expect(idsOf(events, 'response.done')).toEqual(idsOf(events, 'response.created'));
      expect(idsOf(events, 'response.output_item.done')).toEqual(idsOf(events, 'response.output_item.added'));
      expect(idsOf(events, 'response.content_part.done')).toEqual(idsOf(events, 'response.content_part.added'));
      // Nothing of a response comes behind its end.
      const over = new Set<string>();
      for (const event of events) {
        if ('response_id' in event && event.type.startsWith('response.')) expect(over).not.toContain(event.response_id);
        if (event.type === 'response.done') over.add(event.response.id);
      }
      // The listener's buffer starts and ends in turn; over a WebSocket there is none.
      const buffer = events.filter(({ type }) => type.startsWith('output_audio_buffer.'));
      buffer.forEach((event, index) => {
        expect(event.type === 'output_audio_buffer.started').toBe(index % 2 === 0);
        const partner = buffer[index - (index % 2)];
        expect('response_id' in event && event.response_id).toBe(
          partner && 'response_id' in partner && partner.response_id,
        );
      });
      expect(buffer.length % 2).toBe(0);
      if (way === 'events') expect(buffer).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

it('gives the same for the same: a step has no clock and no dice', () => {
  fc.assert(
    fc.property(audio, fc.array(happenings, { maxLength: 30, size: 'max' }), (way, chosen) => {
      const [first, second] = [new RandomCall(way), new RandomCall(way)];
      for (const call of [first, second]) for (const happening of chosen) call.happen(happening);
      expect(second.events).toEqual(first.events);
    }),
    { numRuns: 30 },
  );
});
