import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appendText,
  endLine,
  endResponse,
  initialTranscript,
  interruptResponse,
  placeItem,
  setText,
  type TranscriptEffect,
  type TranscriptState,
  type TranscriptStep,
} from './transcript.ts';

const USER = { role: 'user' } as const;
const ASSISTANT = { role: 'assistant', responseId: 'r1' } as const;

/** Applies effects as a client does: an entry goes right behind the one it stands after. */
function shown(effects: readonly TranscriptEffect[]): { id: string; text: string }[] {
  const entries: { id: string; text: string }[] = [];
  for (const effect of effects) {
    if (effect.type === 'transcriptDelta') {
      const entry = entries.find(({ id }) => id === effect.id);
      if (entry) entry.text += effect.delta;
      continue;
    }
    const old = entries.findIndex(({ id }) => id === effect.entry.id);
    if (old >= 0) entries.splice(old, 1);
    const after = entries.findIndex(({ id }) => id === effect.after);
    expect(effect.after === null || after >= 0).toBe(true);
    entries.splice(after + 1, 0, { id: effect.entry.id, text: effect.entry.text });
  }
  return entries;
}

function run(changes: readonly ((state: TranscriptState) => TranscriptStep)[]): {
  state: TranscriptState;
  effects: TranscriptEffect[];
} {
  let state = initialTranscript;
  const effects: TranscriptEffect[] = [];
  for (const change of changes) {
    const step = change(state);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

describe('the transcript', () => {
  it('moves a line that the server puts elsewhere', () => {
    const { effects } = run([
      (state) => setText(state, 'a', USER, 0, 'first', 'final'),
      (state) => setText(state, 'b', ASSISTANT, 0, 'second', 'final'),
      (state) => placeItem(state, 'b', null),
    ]);
    expect(shown(effects).map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('skips items without words when it says what a line stands after', () => {
    const { effects } = run([
      (state) => setText(state, 'a', USER, 0, 'one', 'final'),
      (state) => placeItem(state, 'call', 'a'),
      (state) => placeItem(state, 'b', 'call'),
      (state) => appendText(state, 'b', ASSISTANT, 0, 'two'),
    ]);
    expect(effects.at(-1)).toMatchObject({ type: 'transcript', after: 'a' });
  });

  it('joins the parts of a line and tells only what is new at its end', () => {
    const { effects } = run([
      (state) => appendText(state, 'a', ASSISTANT, 0, 'one'),
      (state) => appendText(state, 'a', ASSISTANT, 1, 'two'),
      (state) => appendText(state, 'a', ASSISTANT, 0, '!'),
    ]);
    expect(effects.map((effect) => effect.type)).toEqual(['transcript', 'transcriptDelta', 'transcript']);
    expect(shown(effects)).toEqual([{ id: 'a', text: 'one!\ntwo' }]);
  });

  it('ends only the open lines of a response, and cuts only its last one', () => {
    const lines = [
      (state: TranscriptState) => setText(state, 'a', ASSISTANT, 0, 'done', 'final'),
      (state: TranscriptState) => setText(state, 'b', ASSISTANT, 0, 'open'),
    ];
    const ended = run([...lines, (state) => endResponse(state, 'r1', 'interrupted')]);
    expect(ended.effects.slice(2)).toMatchObject([{ entry: { id: 'b', state: 'interrupted' } }]);
    const cut = run([...lines, (state) => interruptResponse(state, 'r1')]);
    expect(cut.effects.slice(2)).toMatchObject([{ entry: { id: 'b', state: 'interrupted' } }]);
  });

  it('does not take an interrupted line for whole afterwards, but takes its true text', () => {
    const { effects } = run([
      (state) => appendText(state, 'a', ASSISTANT, 0, 'Once upon a ti'),
      (state) => endLine(state, 'a', 'interrupted'),
      (state) => setText(state, 'a', ASSISTANT, 0, 'Once upon', 'final'),
      (state) => endLine(state, 'a', 'final'),
    ]);
    expect(effects.at(-1)).toMatchObject({ entry: { text: 'Once upon', state: 'interrupted' } });
  });

  it('keeps the latest 500 items and still says what the first of them stands after', () => {
    const changes = Array.from({ length: 600 }, (_, index) => (state: TranscriptState) => {
      return setText(state, `i${index}`, USER, 0, 'x', 'final');
    });
    const { state, effects } = run([...changes, (current) => setText(current, 'i100', USER, 0, 'y')]);
    expect(state.order).toHaveLength(500);
    expect(state.lines.size).toBe(500);
    expect(effects.at(-1)).toMatchObject({ entry: { id: 'i100' }, after: 'i99' });
  });
});

it('shows clients exactly its own order and words, whatever comes', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const text = fc.constantFrom('', 'x', 'yy');
  const index = fc.constantFrom(0, 1);
  const change = fc.oneof(
    fc.tuple(id, fc.oneof(id, fc.constant(null), fc.constant(undefined))).map(([item, previous]) => {
      return (state: TranscriptState) => placeItem(state, item, previous === item ? null : previous);
    }),
    fc.tuple(id, index, text).map(([item, part, delta]) => {
      return (state: TranscriptState) => appendText(state, item, ASSISTANT, part, delta);
    }),
    fc.tuple(id, index, fc.constantFrom('x', 'yy')).map(([item, part, whole]) => {
      return (state: TranscriptState) => setText(state, item, USER, part, whole, 'final');
    }),
    id.map((item) => (state: TranscriptState) => endLine(state, item, 'interrupted')),
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40, size: 'max' }), (changes) => {
      const { state, effects } = run(changes);
      const told = shown(effects);
      const visible = state.order.filter((item) => state.lines.get(item)?.parts.some((part) => part !== ''));
      expect(told.map((entry) => entry.id)).toEqual(visible);
      for (const entry of told) {
        const parts = state.lines.get(entry.id)?.parts ?? [];
        expect(entry.text).toBe(parts.filter((part) => part !== '').join('\n'));
      }
    }),
    { numRuns: 2_000, seed: 11 },
  );
});
