import {
  type AssistantState,
  type ErrorCode,
  isErrorCode,
  type Parsed,
  type ParticipantView,
  parsedOk,
  parseServerControl,
  type ServerControlMessage,
  type ToolCallView,
  type TranscriptEntry,
  VoiceBridgeError,
} from '@voice-bridge/core';
import type { Participant, ToolCall, TranscriptLine } from '../voice-client.ts';

/** A control message of the bridge in this package's words. */
export type BridgeEvent =
  | {
      readonly type: 'joined';
      readonly sessionId: string;
      readonly assistant: AssistantState;
      readonly transcript: readonly TranscriptLine[];
      /** What was said in earlier sessions and is kept, oldest first. */
      readonly history: readonly TranscriptLine[];
      /** Who we are in the list of participants. */
      readonly participantId: string;
      readonly participants: readonly Participant[];
      /** Whether the ends of turns are told by `commit`. */
      readonly pushToTalk: boolean;
    }
  | { readonly type: 'assistant'; readonly state: AssistantState }
  | { readonly type: 'speech'; readonly state: 'started' | 'stopped' }
  | { readonly type: 'transcript'; readonly line: TranscriptLine; readonly after: string | null }
  | { readonly type: 'transcriptDelta'; readonly id: string; readonly delta: string }
  | { readonly type: 'toolCall'; readonly call: ToolCall }
  /** Everybody in the session; nobody is marked as oneself: that is known from `joined`. */
  | { readonly type: 'participants'; readonly participants: readonly Participant[] }
  /** How loud participants are, 0 to 1 by participant id, and who speaks. */
  | { readonly type: 'levels'; readonly levels: ReadonlyMap<string, number>; readonly active: string | null }
  /** Something failed and the session goes on. */
  | { readonly type: 'error'; readonly error: VoiceBridgeError }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'closed'; readonly ending: BridgeEnding };

/** How a session ended: as wished (`error` null) or for a reason, and whether a redial may cure it. */
export interface BridgeEnding {
  readonly error: VoiceBridgeError | null;
  readonly redial: boolean;
}

/** Reads one message of the control channel; never throws. */
export function parseBridgeEvent(text: string): Parsed<BridgeEvent> {
  const parsed = parseServerControl(text);
  return parsed.ok ? parsedOk(toBridgeEvent(parsed.value)) : parsed;
}

/** The error of a page whose conversation goes on in another one. */
export function replacedElsewhere(): VoiceBridgeError {
  return new VoiceBridgeError('session_replaced', 'Another page took this conversation over', {
    hint: 'Connect here to take it back.',
  });
}

function toBridgeEvent(message: ServerControlMessage): BridgeEvent {
  switch (message.type) {
    case 'joined':
      return {
        type: 'joined',
        sessionId: message.session_id,
        assistant: message.assistant,
        transcript: message.transcript.map(toLine),
        history: (message.history ?? []).map(toLine),
        participantId: message.participant_id,
        participants: (message.participants ?? []).map(toParticipant),
        pushToTalk: message.push_to_talk === true,
      };
    case 'transcript':
      return { type: 'transcript', line: toLine(message.entry), after: message.after };
    case 'transcript_delta':
      return { type: 'transcriptDelta', id: message.id, delta: message.delta };
    case 'tool_call':
      return { type: 'toolCall', call: toToolCall(message.tool_call) };
    case 'participants':
      return { type: 'participants', participants: message.participants.map(toParticipant) };
    case 'levels': {
      const levels = new Map(message.levels.map((each) => [each.participant_id, each.level]));
      return { type: 'levels', levels, active: message.active };
    }
    case 'error':
      return { type: 'error', error: new VoiceBridgeError(toErrorCode(message.code), message.message) };
    case 'closed':
      return { type: 'closed', ending: toEnding(message.reason, message.code) };
    default:
      return message;
  }
}

function toLine({ participant_id: participantId, ...entry }: TranscriptEntry): TranscriptLine {
  return participantId === undefined ? entry : { ...entry, participantId };
}

function toParticipant({ participant_id: participantId, ...view }: ParticipantView): Participant {
  return { ...view, participantId, isSelf: false };
}

function toToolCall({ call_id: callId, progress, result, ...view }: ToolCallView): ToolCall {
  return { ...view, callId, progress, result };
}

function toErrorCode(code: string): ErrorCode {
  return isErrorCode(code) ? code : 'internal';
}

function toEnding(reason: string, code: string | undefined): BridgeEnding {
  switch (reason) {
    case 'stopped':
    case 'left':
      return { error: null, redial: false };
    case 'kicked':
      return ending('participant_removed', 'Somebody took you out of the session', 'Ask whoever leads the session.');
    case 'replaced':
      return { error: replacedElsewhere(), redial: false };
    case 'idle':
      return ending('session_idle', 'The session ended because nobody said anything for long', CONNECT_AGAIN);
    case 'expired':
      return ending('session_expired', 'The session reached its longest time', CONNECT_AGAIN);
    case 'revoked':
      return redialled('unauthorized', 'The token is not good any more');
    case 'connection_lost':
      return redialled('connection_lost', 'The bridge lost this page');
    case 'shutting_down':
      return redialled('shutting_down', 'The bridge is restarting');
    case 'model_closed':
      return ending(code ?? 'model_closed', 'The speech model ended the session', CONNECT_AGAIN);
    default:
      return ending(code ?? 'session_closed', 'The bridge ended the session', CONNECT_AGAIN);
  }
}

const CONNECT_AGAIN = 'Connect again to go on.';

function ending(code: string, message: string, hint: string): BridgeEnding {
  return { error: new VoiceBridgeError(toErrorCode(code), message, { hint }), redial: false };
}

function redialled(code: ErrorCode, message: string): BridgeEnding {
  return { error: new VoiceBridgeError(code, message, { retryable: true }), redial: true };
}
