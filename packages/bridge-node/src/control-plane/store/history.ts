import type { TranscriptEntry } from '@voice-bridge/core';
import type { StoredEvent } from './conversation-store.ts';
import { placeEntry } from './transcript-order.ts';

/** One spoken or typed line of an earlier session; its id is that session's, a slash and the entry's. */
export type HistoryLine = Readonly<TranscriptEntry>;

/** How much of the past a new session is told. */
export interface HistoryLimits {
  readonly lines: number;
  /** UTF-16 units over all lines. */
  readonly characters: number;
}

/** What was said, in the order it was said, newest lines first to stay when there are too many; oldest first in the result. */
export function historyOf(events: readonly StoredEvent[], limits: HistoryLimits): HistoryLine[] {
  const sessions = new Map<string, TranscriptEvent[]>();
  for (const event of events) {
    if (event.type !== 'transcript') continue;
    sessions.set(event.sessionId, placeEntry(sessions.get(event.sessionId) ?? [], event));
  }
  const said = [...sessions.values()].flat().filter((event) => event.entry.text.trim() !== '');
  const lines: HistoryLine[] = [];
  let characters = 0;
  for (const { sessionId, entry } of said.reverse()) {
    characters += entry.text.length;
    if (lines.length >= limits.lines || characters > limits.characters) break;
    lines.unshift({ ...entry, id: `${sessionId}/${entry.id}` });
  }
  return lines;
}

type TranscriptEvent = Extract<StoredEvent, { type: 'transcript' }>;
