import type { TranscriptEntry } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import type { StoredEvent } from './conversation-store.ts';
import { historyOf } from './history.ts';

const PLENTY = { lines: 100, characters: 10_000 };

function said(
  id: string,
  after: string | null,
  text = id,
  sessionId = 's1',
  role: TranscriptEntry['role'] = 'user',
): StoredEvent {
  return { type: 'transcript', at: 0, sessionId, entry: { id, role, text, state: 'final' }, after };
}

const texts = (events: readonly StoredEvent[], limits = PLENTY) => historyOf(events, limits).map((line) => line.text);

describe('the history of a conversation', () => {
  it('is in the order things were said, not in the order their words were known', () => {
    expect(texts([said('answer', 'question'), said('question', null), said('thanks', 'answer')])).toEqual([
      'question',
      'answer',
      'thanks',
    ]);
    expect(texts([said('q1', null), said('a1', 'q1'), said('a2', 'q2'), said('q2', 'a1')])).toEqual([
      'q1',
      'a1',
      'q2',
      'a2',
    ]);
  });

  it('takes the last version of an entry', () => {
    expect(texts([said('q', null, 'sett'), said('a', 'q'), said('q', null, 'set the lamp')])).toEqual([
      'set the lamp',
      'a',
    ]);
  });

  it('runs over sessions, oldest first, also when item ids repeat', () => {
    expect(texts([said('item_1', null, 'one', 's1'), said('item_1', null, 'two', 's2')])).toEqual(['one', 'two']);
  });

  it('keeps roles, and leaves out everything that was not said', () => {
    const events: StoredEvent[] = [
      { type: 'sessionOpened', at: 0, sessionId: 's1' },
      said('q', null, 'hi'),
      said('a', 'q', 'hello', 's1', 'assistant'),
      said('blank', 'a', '  '),
      { type: 'sessionClosed', at: 1, sessionId: 's1', reason: 'stopped' },
    ];
    expect(historyOf(events, PLENTY)).toEqual([
      { id: 's1/q', role: 'user', text: 'hi', state: 'final' },
      { id: 's1/a', role: 'assistant', text: 'hello', state: 'final' },
    ]);
  });

  it('keeps the newest lines that fit', () => {
    const events = [said('a', null, 'aaaa'), said('b', 'a', 'bb'), said('c', 'b', 'cc')];
    expect(texts(events, { lines: 2, characters: 100 })).toEqual(['bb', 'cc']);
    expect(texts(events, { lines: 9, characters: 5 })).toEqual(['bb', 'cc']);
    expect(texts(events, { lines: 0, characters: 100 })).toEqual([]);
  });
});
