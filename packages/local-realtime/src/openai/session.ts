import type { RealtimeSession, RealtimeSessionConfig, SessionConfig, TurnDetection } from '@voice-bridge/core/openai';
import { type ApiProblem, invalidRequest } from './problem.ts';
import { type AnySession, type TranscriptionSession, voiceName } from './session-settings.ts';

/** The model name a call reports when it asks for none. */
export const DEFAULT_MODEL = 'gpt-realtime-2.1';

/** What transcribes in a session that only transcribes, when it names nothing else. */
const DEFAULT_TRANSCRIPTION_MODEL = 'gpt-transcribe';

const STREAMING_TRANSCRIPTION_MODEL = 'gpt-realtime-whisper';

/** The effective settings a session begins with; `expiresAt` in seconds since 1970. */
export function newSession(id: string, expiresAt: number, voice: string): RealtimeSession {
  return {
    type: 'realtime',
    object: 'realtime.session',
    id,
    expires_at: expiresAt,
    model: DEFAULT_MODEL,
    output_modalities: ['audio'],
    instructions: '',
    tools: [],
    tool_choice: 'auto',
    parallel_tool_calls: true,
    max_output_tokens: 'inf',
    truncation: 'auto',
    tracing: null,
    prompt: null,
    include: null,
    audio: {
      input: { ...newInput(), transcription: null },
      output: { format: { type: 'audio/pcm', rate: 24_000 }, voice, speed: 1 },
    },
  };
}

/** The same for a session that only transcribes. */
export function newTranscriptionSession(id: string, expiresAt: number): TranscriptionSession {
  return {
    type: 'transcription',
    object: 'realtime.transcription_session',
    id,
    expires_at: expiresAt,
    include: null,
    audio: { input: { ...newInput(), transcription: { model: DEFAULT_TRANSCRIPTION_MODEL } } },
  };
}

/** Nothing is fixed yet: the session has not begun. */
export const NO_LOCKS: SessionLocks = { voice: undefined, model: false, speed: false };

/** What a running session no longer lets change. */
export interface SessionLocks {
  /** The voice, once the first audio was made. */
  readonly voice: string | undefined;
  /** True from the start of the call: the model is the call's. */
  readonly model: boolean;
  /** True while a response is being made: speed changes between turns only. */
  readonly speed: boolean;
}

/** What an update gives: the whole effective settings, or why it is refused; then nothing changes. */
export type SessionUpdate =
  | { readonly ok: true; readonly session: AnySession }
  | { readonly ok: false; readonly problem: ApiProblem };

/** Merges an update into the effective settings: only the fields present change. A session stays of its kind. */
export function updateSession(session: AnySession, update: SessionConfig, locks: SessionLocks): SessionUpdate {
  const updated = merge(session, update, locks);
  if (!updated.ok || !transcribesAsItHears(updated.session)) return updated;
  const message = `The transcription model ${STREAMING_TRANSCRIPTION_MODEL} needs turn_detection to be null.`;
  return refused('invalid_value', message, 'session.audio.input.turn_detection');
}

/** Whether the model that transcribes without turns is asked for together with turns. */
function transcribesAsItHears({ audio }: AnySession): boolean {
  const model = audio?.input?.transcription?.model;
  return model === STREAMING_TRANSCRIPTION_MODEL && Boolean(audio?.input?.turn_detection);
}

function merge(session: AnySession, update: SessionConfig, locks: SessionLocks): SessionUpdate {
  if (session.type === 'transcription' && update.type === 'transcription') {
    const input = mergeInput(session.audio?.input, update.audio?.input);
    return { ok: true, session: { ...session, ...update, audio: { input } } };
  }
  if (session.type === 'realtime' && update.type === 'realtime') return updateConversation(session, update, locks);
  const message = `Passing a ${update.type} session update event to a ${session.type} session is not allowed.`;
  return refused('invalid_parameter', message, 'session.type');
}

function updateConversation(
  session: RealtimeSession,
  update: RealtimeSessionConfig,
  locks: SessionLocks,
): SessionUpdate {
  if (locks.model && update.model !== undefined && update.model !== session.model) {
    return refused('cannot_update_model', 'The model of a session cannot be changed.', 'session.model');
  }
  const voice = update.audio?.output?.voice;
  if (locks.voice !== undefined && voice !== undefined && voiceName(voice) !== locks.voice) {
    return refused(
      'cannot_update_voice',
      "Cannot update a conversation's voice if assistant audio is present.",
      'session.audio.output.voice',
    );
  }
  const speed = update.audio?.output?.speed;
  if (locks.speed && speed !== undefined && speed !== session.audio?.output?.speed) {
    return refused(
      'cannot_update_speed',
      'The speed can only be changed in between turns, not while a response is in progress.',
      'session.audio.output.speed',
    );
  }
  const { tracing } = session;
  if (tracing && update.tracing !== undefined && JSON.stringify(update.tracing) !== JSON.stringify(tracing)) {
    return refused('cannot_update_tracing', 'Tracing cannot be changed once it is on.', 'session.tracing');
  }
  const mcp = update.tools?.find((tool) => tool.type === 'mcp');
  if (mcp !== undefined) return refused('unsupported_tool', 'MCP tools are not served here.', 'session.tools');
  const audio = {
    input: mergeInput(session.audio?.input, update.audio?.input),
    output: { ...session.audio?.output, ...update.audio?.output },
  };
  return { ok: true, session: { ...session, ...update, audio } };
}

type AudioInput = NonNullable<RealtimeSession['audio']>['input'];

function newInput(): NonNullable<AudioInput> {
  return {
    format: { type: 'audio/pcm', rate: 24_000 },
    noise_reduction: null,
    turn_detection: effectiveTurnDetection({ type: 'server_vad' }, undefined),
  };
}

function mergeInput(before: AudioInput, update: AudioInput): NonNullable<AudioInput> {
  const input = { ...before, ...update };
  const detection = update?.turn_detection;
  if (detection) input.turn_detection = effectiveTurnDetection(detection, before?.turn_detection);
  return input;
}

/** Fills in the documented defaults, so that the client is told what really applies. */
function effectiveTurnDetection(update: TurnDetection, before: TurnDetection | null | undefined): TurnDetection {
  const common = { create_response: true, interrupt_response: true };
  if (update.type === 'semantic_vad') {
    const kept = before?.type === 'semantic_vad' ? before : {};
    return { eagerness: 'auto', ...common, ...kept, ...update };
  }
  const kept = before?.type === 'server_vad' ? before : {};
  const defaults = { threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 500, idle_timeout_ms: null };
  return { ...defaults, ...common, ...kept, ...update };
}

function refused(code: string, message: string, param: string): SessionUpdate {
  return { ok: false, problem: invalidRequest(code, message, param) };
}
