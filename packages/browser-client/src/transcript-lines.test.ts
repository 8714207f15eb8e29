import { describe, expect, it } from 'vitest';
import {
  addTypedLine,
  appendDelta,
  continueLines,
  endLines,
  failTypedLines,
  putLine,
  replaceLines,
  typedLineId,
} from './transcript-lines.ts';
import type { TranscriptLine } from './voice-client.ts';

const line = (id: string, text: string, fields: Partial<TranscriptLine> = {}): TranscriptLine => ({
  id,
  role: 'user',
  text,
  state: 'final',
  ...fields,
});
const texts = (lines: readonly TranscriptLine[]) => lines.map((each) => each.text);

describe('transcript lines', () => {
  it('stand where the bridge says: behind another, first, or last when the other is unknown', () => {
    const one = putLine([], line('a', 'one'), null);
    const three = putLine(one, line('c', 'three'), 'a');
    const two = putLine(three, line('b', 'two'), 'a');
    const zero = putLine(two, line('z', 'zero'), null);
    expect(texts(putLine(zero, line('d', 'four'), 'nobody'))).toEqual(['zero', 'one', 'two', 'three', 'four']);
  });

  it('keep their place when they change', () => {
    const lines = [line('a', 'one'), line('b', 'two')];
    expect(texts(putLine(lines, line('a', 'uno'), 'b'))).toEqual(['uno', 'two']);
  });

  it('grow by deltas, and an unknown line changes nothing', () => {
    const lines = [line('a', 'one')];
    expect(texts(appendDelta(lines, 'a', ' more'))).toEqual(['one more']);
    expect(appendDelta(lines, 'b', ' more')).toBe(lines);
  });

  it('[S-2.20] a typed line waits at the end until the bridge shows it', () => {
    const typed = addTypedLine([line('a', 'one')], typedLineId(1), 'hello');
    const spoken = putLine(typed, line('b', 'answer', { role: 'assistant' }), 'a');
    expect(texts(spoken)).toEqual(['one', 'answer', 'hello']);
    expect(spoken.at(-1)?.state).toBe('pending');
    const echoed = putLine(spoken, line('c', 'hello'), 'b');
    expect(echoed.map((each) => [each.id, each.state])).toEqual([
      ['a', 'final'],
      ['b', 'final'],
      ['c', 'final'],
    ]);
  });

  it('of two equal typed lines, one echo takes one away', () => {
    const typed = addTypedLine(addTypedLine([], typedLineId(1), 'again'), typedLineId(2), 'again');
    expect(putLine(typed, line('a', 'again'), null).map((each) => each.id)).toEqual(['a', 'typed_2']);
  });

  it('what the assistant says is no echo of the same typed words', () => {
    const typed = addTypedLine([], typedLineId(1), 'hello');
    expect(putLine(typed, line('a', 'hello', { role: 'assistant' }), null)).toHaveLength(2);
  });

  it('[S-2.20] a failed line stays visible until the same text is typed again', () => {
    const failed = failTypedLines(addTypedLine([], typedLineId(1), 'hello'), typedLineId(1));
    expect(failed).toEqual([{ id: 'typed_1', role: 'user', text: 'hello', state: 'failed' }]);
    expect(addTypedLine(failed, typedLineId(2), 'hello').map((each) => each.id)).toEqual(['typed_2']);
  });

  it('failing nothing gives the same lines', () => {
    const lines = [line('a', 'one')];
    expect(failTypedLines(lines)).toBe(lines);
  });

  it("the bridge's transcript replaces ours and keeps typed lines that are not in it", () => {
    const ours = addTypedLine(addTypedLine([line('a', 'old')], typedLineId(1), 'heard'), typedLineId(2), 'unheard');
    const lines = replaceLines(ours, [line('a', 'old'), line('b', 'heard')]);
    expect(texts(lines)).toEqual(['old', 'heard', 'unheard']);
  });

  it('an old line of the bridge is no echo of a newly typed one', () => {
    const ours = addTypedLine([line('a', 'yes')], typedLineId(1), 'yes');
    expect(texts(replaceLines(ours, [line('a', 'yes')]))).toEqual(['yes', 'yes']);
  });

  it('earlier sessions stay before the new one, which uses the same ids', () => {
    const first = [line('vb_item_1', 'one'), line('i', 'half', { role: 'assistant', state: 'partial' })];
    const second = putLine(continueLines(endLines(first, 's1'), [], []), line('vb_item_1', 'two'), null);
    const third = putLine(continueLines(endLines(second, 's2'), [], []), line('vb_item_1', 'three'), null);
    expect(third.map(({ id, text, state }) => [id, text, state])).toEqual([
      ['past_s1/vb_item_1', 'one', 'final'],
      ['past_s1/i', 'half', 'interrupted'],
      ['past_s2/vb_item_1', 'two', 'final'],
      ['vb_item_1', 'three', 'final'],
    ]);
  });

  it('a transcript of the same session replaces its own lines only', () => {
    const lines = putLine(endLines([line('a', 'past')], 's1'), line('b', 'old words'), null);
    expect(texts(replaceLines(lines, [line('b', 'new words')]))).toEqual(['past', 'new words']);
  });

  it('what the bridge kept is shown once, in its place, also what another page said', () => {
    const ours = endLines([line('a', 'one'), line('b', 'tw', { state: 'partial' }), line('x', 'noise')], 's1');
    const kept = [line('s0/z', 'zero'), line('s1/a', 'one'), line('s1/b', 'two'), line('s2/a', 'elsewhere')];
    const lines = continueLines(ours, kept, [line('a', 'now')]);
    expect(texts(lines)).toEqual(['zero', 'one', 'two', 'elsewhere', 'noise', 'now']);
    expect(new Set(lines.map(({ id }) => id)).size).toBe(6);
    expect(texts(continueLines(ours, [line('s9/a', 'later')], []))).toEqual(['one', 'tw', 'noise', 'later']);
  });

  it('of the past, the last five hundred lines are kept, each with an id of its own', () => {
    const session = Array.from({ length: 400 }, (_, i) => line(`i${i}`, `${i}`));
    const twice = endLines(continueLines(endLines(session, 's1'), [], session), 's2');
    const lines = continueLines(twice, [], session);
    expect(lines).toHaveLength(900);
    expect(new Set(lines.map((each) => each.id)).size).toBe(900);
  });

  it('a typed line survives the change of sessions', () => {
    const typed = addTypedLine([line('a', 'one')], typedLineId(1), 'hello');
    expect(texts(continueLines(endLines(typed, 's'), [], [line('b', 'other')]))).toEqual(['one', 'other', 'hello']);
    expect(texts(continueLines(endLines(typed, 's'), [], [line('b', 'hello')]))).toEqual(['one', 'hello']);
  });
});
