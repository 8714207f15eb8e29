import type { RealtimeSession, RealtimeSessionConfig, SessionConfig, TurnDetection } from '@voice-bridge/core/openai';
import type { CallSettings, TurnSettings } from '../call/turn/call-settings.ts';
import type { AssistantToolChoice } from '../engines/assistant/assistant-engine.ts';
import { formatOf } from './format-json.ts';
import { type ApiProblem, invalidRequest } from './problem.ts';

/** The model name a call reports when it asks for none. */
export const DEFAULT_MODEL = 'gpt-realtime-2.1';

const EAGERNESS_SILENCE_MS = { low: 1_200, medium: 600, auto: 600, high: 300 } as const;

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
      input: {
        format: { type: 'audio/pcm', rate: 24_000 },
        transcription: null,
        noise_reduction: null,
        turn_detection: effectiveTurnDetection({ type: 'server_vad' }, undefined),
      },
      output: { format: { type: 'audio/pcm', rate: 24_000 }, voice, speed: 1 },
    },
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
  | { readonly ok: true; readonly session: RealtimeSession }
  | { readonly ok: false; readonly problem: ApiProblem };

/** Merges an update into the effective settings: only the fields present change. */
export function updateSession(session: RealtimeSession, update: SessionConfig, locks: SessionLocks): SessionUpdate {
  if (update.type !== 'realtime') {
    return refused(
      'invalid_session_type',
      'This is a realtime session; transcription sessions are not served here.',
      'session.type',
    );
  }
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
  return { ok: true, session: { ...session, ...update, audio: mergeAudio(session.audio, update.audio) } };
}

/** What the turn loop needs to know of a session. */
export function settingsOf(session: RealtimeSessionConfig): CallSettings {
  const input = session.audio?.input;
  const output = session.audio?.output;
  return {
    instructions: session.instructions ?? '',
    modality: session.output_modalities?.[0] ?? 'audio',
    voice: voiceName(output?.voice),
    inputFormat: formatOf(input?.format),
    outputFormat: formatOf(output?.format),
    speed: output?.speed ?? 1,
    tools: toolsOf(session.tools),
    toolChoice: toolChoiceOf(session.tool_choice),
    toolCalls: session.parallel_tool_calls === false ? 'one' : 'many',
    maxOutputTokens: session.max_output_tokens ?? 'inf',
    transcription: input?.transcription === null || input?.transcription === undefined ? 'off' : 'on',
    turns: turnsOf(input?.turn_detection),
  };
}

/** The function tools of a session or response. */
export function toolsOf(tools: RealtimeSessionConfig['tools']): CallSettings['tools'] {
  return (tools ?? []).flatMap((tool) =>
    tool.type === 'function'
      ? [{ name: tool.name, description: tool.description ?? '', parameters: tool.parameters ?? { type: 'object' } }]
      : [],
  );
}

/** The wire's tool choice in the turn loop's words. */
export function toolChoiceOf(choice: RealtimeSessionConfig['tool_choice']): AssistantToolChoice {
  if (choice === undefined || typeof choice === 'string') return { name: choice ?? 'auto' };
  return choice.type === 'function' ? { name: 'function', tool: choice.name } : { name: 'auto' };
}

/** A voice by its name; one given by id goes by its id. */
export function voiceName(voice: string | { readonly id: string } | undefined): string {
  if (voice === undefined) return '';
  return typeof voice === 'string' ? voice : voice.id;
}

function mergeAudio(
  before: RealtimeSession['audio'],
  update: RealtimeSession['audio'],
): NonNullable<RealtimeSession['audio']> {
  const input = { ...before?.input, ...update?.input };
  const detection = update?.input?.turn_detection;
  if (detection) input.turn_detection = effectiveTurnDetection(detection, before?.input?.turn_detection);
  return { input, output: { ...before?.output, ...update?.output } };
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

function turnsOf(detection: TurnDetection | null | undefined): TurnSettings {
  if (detection === null || detection === undefined) return { name: 'manual' };
  const onStart = detection.interrupt_response === false ? 'let_speak' : 'interrupt';
  const onStop = detection.create_response === false ? 'wait' : 'respond';
  if (detection.type === 'semantic_vad') {
    const silenceDurationMs = EAGERNESS_SILENCE_MS[detection.eagerness ?? 'auto'];
    const policy = { threshold: 0.5, prefixPaddingMs: 300, silenceDurationMs };
    return { name: 'detected', policy, onStart, onStop, idleTimeoutMs: undefined };
  }
  const policy = {
    threshold: detection.threshold ?? 0.5,
    prefixPaddingMs: detection.prefix_padding_ms ?? 300,
    silenceDurationMs: detection.silence_duration_ms ?? 500,
  };
  return { name: 'detected', policy, onStart, onStop, idleTimeoutMs: detection.idle_timeout_ms ?? undefined };
}

function refused(code: string, message: string, param: string): SessionUpdate {
  return { ok: false, problem: invalidRequest(code, message, param) };
}
