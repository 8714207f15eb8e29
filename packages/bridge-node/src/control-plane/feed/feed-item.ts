import type { FeedEvent } from '@voice-bridge/core';
import type { StoredEvent } from '../store/conversation-store.ts';

/** One message of a feed, written once however many follow. */
export interface FeedItem {
  /** Its place in the conversation; undefined for what is not kept. */
  readonly id: number | undefined;
  /** JSON. */
  readonly text: string;
  /** Whether the store was to keep it and could not. */
  readonly isLost?: boolean;
}

/** Writes an event down. */
export function feedItem(event: FeedEvent): FeedItem {
  return { id: 'id' in event ? event.id : undefined, text: JSON.stringify(event) };
}

/** Writes an event down that was to be kept; without `id` the store could not. */
export function keptItem(kept: { readonly id: number | undefined; readonly event: StoredEvent }): FeedItem {
  return { ...feedItem(feedEventOf(kept)), isLost: kept.id === undefined };
}

/** An event of the store as a feed tells it; without `id` the store could not keep it. */
export function feedEventOf({
  id,
  event,
}: {
  readonly id: number | undefined;
  readonly event: StoredEvent;
}): FeedEvent {
  const { at } = event;
  const head = { ...(id === undefined ? {} : { id }), at };
  if (event.type === 'warning') {
    return { type: 'warning', ...head, session_id: event.sessionId, code: event.code, message: event.message };
  }
  const place = { ...head, session_id: event.sessionId };
  switch (event.type) {
    case 'sessionOpened':
      return { type: 'session_opened', ...place };
    case 'sessionClosed': {
      const { reason, code } = event;
      return { type: 'session_closed', ...place, reason, ...(code === undefined ? {} : { code }) };
    }
    case 'participantJoined': {
      const { participantId, name, role, transport } = event;
      return { type: 'participant_joined', ...place, participant_id: participantId, name, role, transport };
    }
    case 'participantLeft':
      return { type: 'participant_left', ...place, participant_id: event.participantId, reason: event.reason };
    case 'transcript':
      return { type: 'transcript', ...place, entry: event.entry, after: event.after };
    case 'toolCall': {
      const { callId, name, output, failed } = event;
      const state = failed ? 'failed' : 'done';
      const call = { call_id: callId, name, arguments: event.arguments, state, result: output } as const;
      return { type: 'tool_call', ...place, tool_call: call };
    }
  }
}
