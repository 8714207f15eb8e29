import type { RealtimeSession, RealtimeSessionConfig, SessionConfig, TurnDetection } from '@voice-bridge/core/openai';
import type { CallSettings, TurnSettings } from '../call/turn/call-settings.ts';
import type { AssistantToolChoice } from '../engines/assistant/assistant-engine.ts';
import { plainWords } from '../engines/phrases.ts';
import { formatOf } from './format-json.ts';

const EAGERNESS_SILENCE_MS = { low: 1_200, medium: 600, auto: 600, high: 300 } as const;

/** A session that only transcribes, as a server describes it: the whole effective settings. */
export type TranscriptionSession = Extract<SessionConfig, { type: 'transcription' }> & {
  readonly id: string;
  readonly object: 'realtime.transcription_session';
  /** Seconds since 1970. */
  readonly expires_at: number;
};

/** A session of either kind. */
export type AnySession = RealtimeSession | TranscriptionSession;

/** What the turn loop needs to know of a session. */
export function settingsOf(session: AnySession): CallSettings {
  if (session.type === 'realtime') return conversationSettings(session);
  const settings = conversationSettings({ type: 'realtime', audio: { input: session.audio?.input ?? {} } });
  const { turns } = settings;
  const listening = { onStart: 'let_speak', onStop: 'wait', idleTimeoutMs: undefined } as const;
  return {
    ...settings,
    purpose: 'transcription',
    transcription: 'on',
    turns: turns.name === 'detected' ? { ...turns, ...listening } : turns,
  };
}

function conversationSettings(session: RealtimeSessionConfig): CallSettings {
  const input = session.audio?.input;
  const output = session.audio?.output;
  return {
    purpose: 'conversation',
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
    keywords: (input?.transcription?.keywords ?? []).map(plainWords).filter((words) => words !== ''),
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
