import type { FeedEvent } from '@voice-bridge/core';
import type { SessionRecord } from '../directory/session-record.ts';
import { sessionOnWire } from '../http/wire-views.ts';

/** How a conversation is at this moment: the `live` message, then what of the running session is not finished and so not kept. */
export function snapshotOf(record: SessionRecord | undefined, at: number): FeedEvent[] {
  const session = record === undefined ? undefined : sessionOnWire(record);
  const events: FeedEvent[] = [{ type: 'live', at, session: session ?? null }];
  if (record === undefined || session === undefined) return events;
  const place = { at, session_id: session.session_id };
  events.push({ type: 'assistant', ...place, state: record.assistant });
  for (const { callId, name, arguments: text } of record.openToolCalls) {
    const call = { call_id: callId, name, arguments: text, state: 'running' } as const;
    events.push({ type: 'tool_call', ...place, tool_call: call });
  }
  let after: string | null = null;
  for (const entry of record.transcript) {
    if (entry.state === 'partial') events.push({ type: 'transcript', ...place, entry, after });
    after = entry.id;
  }
  return events;
}
