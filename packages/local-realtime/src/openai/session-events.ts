import type { RealtimeSession, ServerEventBody } from '@voice-bridge/core/openai';

/** `session.created`, the first event of every session. */
export function sessionCreated(session: RealtimeSession): ServerEventBody {
  return { type: 'session.created', session: { ...session } };
}

/** `session.updated` with the whole effective settings. */
export function sessionUpdated(session: RealtimeSession): ServerEventBody {
  return { type: 'session.updated', session: { ...session } };
}
