import type { RealtimeSession, ServerEventBody } from '@voice-bridge/core/openai';

/** `session.created`, the first event of every session. */
export function sessionCreated(session: RealtimeSession): ServerEventBody {
  return { type: 'session.created', session: toldSession(session) };
}

/** `session.updated` with the whole effective settings. */
export function sessionUpdated(session: RealtimeSession): ServerEventBody {
  return { type: 'session.updated', session: toldSession(session) };
}

/** The effective settings as clients are told: what is off is left out where OpenAI's types have no null for it. */
export function toldSession(session: RealtimeSession): RealtimeSession {
  const { include, audio, ...rest } = session;
  const { transcription, noise_reduction: noise, ...input } = audio?.input ?? {};
  const heard = { ...input, ...(transcription && { transcription }), ...(noise && { noise_reduction: noise }) };
  return { ...rest, ...(include && { include }), audio: { ...audio, input: heard } };
}
