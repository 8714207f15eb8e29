import { describe, expect, it } from 'vitest';
import { MAX_TRANSCRIPT_ENTRIES, MAX_TRANSCRIPT_LENGTH } from '../protocol/transcript-limits.ts';
import { initialConversation } from './conversation-draft.ts';
import type { ConversationEffect } from './conversation-effects.ts';
import { ConversationScript, functionCall } from './conversation-script.fixture.ts';
import type { ServerEvent } from './server-events.ts';
import { stepConversation } from './step-conversation.ts';
import { MAX_OPEN_CALLS } from './take-server-event.ts';
import { appendText, initialTranscript, MAX_LINE_LENGTH, setText, type TranscriptStep } from './transcript.ts';

const EVENTS = 20_000;
/** Of processor time, which no other program makes longer; the quadratic way took 12 to 30 s. */
const GENEROUS_MS = 4_000;
const USER = { role: 'user' } as const;
const ASSISTANT = { role: 'assistant', responseId: 'r1' } as const;

function delta(text: string, index = 0): ServerEvent {
  const place = { response_id: 'r1', item_id: 'a', output_index: 0, content_index: index };
  return { type: 'response.output_audio_transcript.delta', event_id: 'e', ...place, delta: text };
}

/** Steps through many events as a busy conversation does; gives what came out and how much processor time it took. */
function flood(event: (index: number) => ServerEvent): { effects: ConversationEffect[]; tookMs: number } {
  let state = { ...initialConversation, link: { name: 'ready' as const } };
  let transcript = initialTranscript;
  for (let line = 0; line < MAX_TRANSCRIPT_ENTRIES - 1; line++) {
    transcript = setText(transcript, `u${line}`, USER, 0, 'hello', 'final').state;
  }
  state = { ...state, transcript };
  const effects: ConversationEffect[] = [];
  const before = process.cpuUsage();
  let current: Parameters<typeof stepConversation>[0] = state;
  for (let index = 0; index < EVENTS; index++) {
    const step = stepConversation(current, { type: 'serverEvent', event: event(index) }, index);
    current = step.state;
    effects.push(...step.effects);
  }
  return { effects, tookMs: process.cpuUsage(before).user / 1_000 };
}

function toldLength(effects: readonly ConversationEffect[]): number {
  return effects.reduce((sum, effect) => {
    if (effect.type === 'transcript') return sum + effect.entry.text.length;
    return sum + (effect.type === 'transcriptDelta' ? effect.delta.length : 0);
  }, 0);
}

describe('a model that never stops writing one line', () => {
  it.each([1, 100])('in pieces of %d costs the same for each of them, and is told once', (length) => {
    const { effects, tookMs } = flood(() => delta('x'.repeat(length)));
    expect(toldLength(effects)).toBe(Math.min(EVENTS * length, MAX_LINE_LENGTH));
    expect(tookMs).toBeLessThan(GENEROUS_MS);
  });

  it('is heard up to a length: the rest is left out, of every part', () => {
    const long = 'x'.repeat(MAX_LINE_LENGTH);
    let step: TranscriptStep = appendText(initialTranscript, 'a', ASSISTANT, 0, 'first');
    step = setText(step.state, 'a', ASSISTANT, 1, long);
    expect(step.state.lines.get('a')?.parts.join('')).toBe(`first${long}`.slice(0, MAX_LINE_LENGTH));
    expect(appendText(step.state, 'a', ASSISTANT, 1, 'more').effects).toEqual([]);
    step = setText(step.state, 'a', ASSISTANT, 0, long);
    expect(step.state.lines.get('a')?.parts.join('')).toHaveLength(MAX_LINE_LENGTH);
  });

  it('in a thousand parts is heard in the first 64', () => {
    let step = appendText(initialTranscript, 'a', ASSISTANT, 0, 'x');
    step = appendText(step.state, 'a', ASSISTANT, 64, 'x');
    expect(step).toEqual({ state: step.state, effects: [] });
    step = setText(step.state, 'a', ASSISTANT, 1_023, 'x', 'final');
    expect(step.state.lines.get('a')?.parts).toEqual(['x']);
  });
});

it('a transcript keeps a million characters: the oldest lines go first', () => {
  const text = 'x'.repeat(MAX_LINE_LENGTH);
  let step: TranscriptStep = { state: initialTranscript, effects: [] };
  for (let line = 0; line < 100; line++) step = setText(step.state, `${line}`, USER, 0, text, 'final');
  const kept = Math.floor(MAX_TRANSCRIPT_LENGTH / MAX_LINE_LENGTH);
  expect(step.state.order).toEqual(Array.from({ length: kept }, (_, index) => `${100 - kept + index}`));
  expect([step.state.lines.size, step.state.length]).toEqual([kept, kept * MAX_LINE_LENGTH]);
  expect(step.state.before).toBe(`${99 - kept}`);
});

describe('a model that calls tools without end', () => {
  it('has as many run as may be open; each further one is answered with an error, and all cost the same', () => {
    const item = (index: number) => functionCall(`f${index}`, `call_${index}`);
    const { effects, tookMs } = flood((index) => {
      return {
        type: 'response.output_item.done',
        event_id: 'e',
        response_id: `r${index}`,
        output_index: 0,
        item: item(index),
      };
    });
    expect(effects.filter((effect) => effect.type === 'toolCall')).toHaveLength(MAX_OPEN_CALLS);
    expect(effects.filter((effect) => effect.type === 'send')).toHaveLength(EVENTS - MAX_OPEN_CALLS);
    expect(tookMs).toBeLessThan(GENEROUS_MS);
  });

  it('may call again when a result is there', () => {
    const script = ConversationScript.ready();
    script.responseStarts('r1');
    for (let call = 0; call <= MAX_OPEN_CALLS; call++) script.itemDone('r1', functionCall(`f${call}`, `call_${call}`));
    expect(script.of('toolCall')).toHaveLength(MAX_OPEN_CALLS);
    script.give({ type: 'toolResult', callId: 'call_0', output: 'ok' });
    script.itemDone('r1', functionCall('f99', 'call_99'));
    expect(script.of('toolCall')).toHaveLength(MAX_OPEN_CALLS + 1);
  });
});
