import type { ServerEventBody } from '@voice-bridge/core/openai';
import type { AnySession } from './session-settings.ts';

/** `session.created`, the first event of every session. */
export function sessionCreated(session: AnySession): ServerEventBody {
  return { type: 'session.created', session: toldSession(session) };
}

/** `session.updated` with the whole effective settings. */
export function sessionUpdated(session: AnySession): ServerEventBody {
  return { type: 'session.updated', session: toldSession(session) };
}

/** The effective settings as clients are told: what is off is left out where OpenAI's types have no null for it. */
export function toldSession(session: AnySession): AnySession {
  const { transcription, noise_reduction: noise, ...rest } = session.audio?.input ?? {};
  const input = { ...rest, ...(transcription && { transcription }), ...(noise && { noise_reduction: noise }) };
  if (session.type === 'transcription') {
    const { include, ...told } = session;
    return { ...told, ...(include && { include }), audio: { input } };
  }
  const { include, ...told } = session;
  return { ...told, ...(include && { include }), audio: { ...session.audio, input } };
}
