import type { VoiceBridgeError } from '@voice-bridge/core';
import type { BridgeEvent } from './bridge/bridge-events.ts';
import { sameFields } from './same-fields.ts';
import {
  addTypedLine,
  appendDelta,
  continueLines,
  endLines,
  failTypedLines,
  putLine,
  replaceLines,
} from './transcript-lines.ts';
import type {
  MicrophoneReason,
  Participant,
  ToolCall,
  TranscriptLine,
  VoiceSnapshot,
  VoiceState,
} from './voice-client.ts';

/** What the microphone turned into; whether it is heard is added by the step. */
export type MicrophoneReport =
  | { readonly name: 'off' }
  | { readonly name: 'prompting' }
  | { readonly name: 'live' }
  | { readonly name: 'unavailable'; readonly reason: MicrophoneReason };

/** Everything that can change a snapshot. */
export type ClientInput =
  | { readonly type: 'connecting' }
  | { readonly type: 'reconnecting'; readonly error: VoiceBridgeError }
  | { readonly type: 'ended'; readonly state: 'closed' | 'failed'; readonly error: VoiceBridgeError | null }
  | { readonly type: 'microphone'; readonly report: MicrophoneReport }
  | { readonly type: 'muted'; readonly muted: boolean }
  | { readonly type: 'talking'; readonly talking: boolean }
  | { readonly type: 'speakerMuted'; readonly muted: boolean }
  | { readonly type: 'typed'; readonly id: string; readonly text: string }
  | { readonly type: 'typedFailed'; readonly id: string }
  | { readonly type: 'warning'; readonly error: VoiceBridgeError }
  | { readonly type: 'bridge'; readonly event: BridgeEvent };

/** What to tell listeners after a step. */
export type ClientNotice =
  | { readonly name: 'transcript'; readonly line: TranscriptLine }
  | { readonly name: 'toolCall'; readonly call: ToolCall }
  | { readonly name: 'stateChanged'; readonly state: VoiceState; readonly previous: VoiceState }
  | { readonly name: 'speech'; readonly state: 'started' | 'stopped' }
  | { readonly name: 'warning'; readonly error: VoiceBridgeError };

/** A new snapshot (the same object when nothing changed) and what to tell. */
export interface ClientStep {
  readonly snapshot: VoiceSnapshot;
  readonly notices: readonly ClientNotice[];
}

/** The snapshot of a client that was never connected, and the one servers render. */
export const INITIAL_SNAPSHOT: VoiceSnapshot = {
  state: 'idle',
  sessionId: null,
  microphone: 'off',
  microphoneReason: null,
  muted: false,
  pushToTalk: 'off',
  speakerMuted: false,
  assistant: 'idle',
  userSpeaking: false,
  participants: [],
  activeSpeaker: null,
  error: null,
  transcript: [],
  toolCalls: [],
};

const MAX_TOOL_CALLS = 100;

/** Decides what a snapshot becomes. Pure: no clock, no listeners. */
export function stepClient(snapshot: VoiceSnapshot, input: ClientInput): ClientStep {
  switch (input.type) {
    case 'connecting':
      return change(snapshot, { ...NO_SESSION, state: 'connecting', error: null, toolCalls: [] });
    case 'reconnecting':
      return changeHeard(snapshot, {
        ...SILENT,
        state: 'reconnecting',
        error: input.error,
        pushToTalk: snapshot.pushToTalk === 'off' ? 'off' : 'ready',
      });
    case 'ended':
      return change(snapshot, {
        ...NO_SESSION,
        state: input.state,
        error: input.error,
        microphone: 'off',
        microphoneReason: null,
        transcript: failTypedLines(endLines(snapshot.transcript, snapshot.sessionId ?? '')),
      });
    case 'microphone':
      return changeHeard(snapshot, microphoneFields(input.report));
    case 'muted':
      return changeHeard(snapshot, { muted: input.muted });
    case 'talking':
      return changeHeard(snapshot, { pushToTalk: input.talking ? 'talking' : 'ready' });
    case 'speakerMuted':
      return change(snapshot, { speakerMuted: input.muted });
    case 'typed':
      return changeLine(snapshot, addTypedLine(snapshot.transcript, input.id, input.text), input.id);
    case 'typedFailed':
      return changeLine(snapshot, failTypedLines(snapshot.transcript, input.id), input.id);
    case 'warning':
      return { snapshot, notices: [{ name: 'warning', error: input.error }] };
    case 'bridge':
      return stepBridge(snapshot, input.event);
  }
}

/** Whether the user wants the microphone to be heard now. */
export function isHeard({ muted, pushToTalk }: VoiceSnapshot): boolean {
  return !muted && pushToTalk !== 'ready';
}

function stepBridge(snapshot: VoiceSnapshot, event: BridgeEvent): ClientStep {
  switch (event.type) {
    case 'joined':
      return changeHeard(snapshot, {
        state: 'connected',
        error: null,
        sessionId: event.sessionId,
        assistant: event.assistant,
        participants: marked(event.participants, event.participantId),
        pushToTalk: event.pushToTalk ? 'ready' : 'off',
        transcript: joinedTranscript(snapshot, event),
      });
    case 'assistant':
      return change(snapshot, { assistant: event.state });
    case 'speech': {
      const step = change(snapshot, { userSpeaking: event.state === 'started' });
      return { ...step, notices: [...step.notices, { name: 'speech', state: event.state }] };
    }
    case 'transcript':
      return changeLine(snapshot, putLine(snapshot.transcript, event.line, event.after), event.line.id);
    case 'transcriptDelta':
      return changeLine(snapshot, appendDelta(snapshot.transcript, event.id, event.delta), event.id);
    case 'toolCall': {
      const step = change(snapshot, { toolCalls: putToolCall(snapshot.toolCalls, event.call) });
      return { ...step, notices: [...step.notices, { name: 'toolCall', call: event.call }] };
    }
    case 'error':
      return { snapshot, notices: [{ name: 'warning', error: event.error }] };
    case 'participants': {
      const self = snapshot.participants.find(({ isSelf }) => isSelf)?.participantId;
      return change(snapshot, { participants: marked(event.participants, self) });
    }
    case 'levels':
      return change(snapshot, { activeSpeaker: event.active });
    case 'ping':
    case 'closed':
      return { snapshot, notices: [] };
  }
}

function marked(participants: readonly Participant[], self: string | undefined): readonly Participant[] {
  return participants.map((each) => ({ ...each, isSelf: each.participantId === self }));
}

function joinedTranscript({ sessionId, transcript }: VoiceSnapshot, joined: Joined): readonly TranscriptLine[] {
  if (joined.sessionId === sessionId) return replaceLines(transcript, joined.transcript);
  return continueLines(endLines(transcript, sessionId ?? ''), joined.history, joined.transcript);
}

type Joined = Extract<BridgeEvent, { type: 'joined' }>;

const SILENT = { assistant: 'idle', userSpeaking: false, activeSpeaker: null } as const;
const NO_SESSION = { ...SILENT, sessionId: null, participants: [], pushToTalk: 'off' } as const;

function microphoneFields(report: MicrophoneReport): Partial<VoiceSnapshot> {
  return { microphone: report.name, microphoneReason: report.name === 'unavailable' ? report.reason : null };
}

/** {@link change} for what may let an open microphone be heard, or not. */
function changeHeard(snapshot: VoiceSnapshot, fields: Partial<VoiceSnapshot>): ClientStep {
  const next = { ...snapshot, ...fields };
  const { microphone } = next;
  if (microphone !== 'live' && microphone !== 'muted') return change(snapshot, fields);
  return change(snapshot, { ...fields, microphone: isHeard(next) ? 'live' : 'muted' });
}

function putToolCall(calls: readonly ToolCall[], call: ToolCall): readonly ToolCall[] {
  const index = calls.findIndex((known) => known.callId === call.callId);
  if (index >= 0) return calls.with(index, call);
  return [...calls, call].slice(-MAX_TOOL_CALLS);
}

function changeLine(snapshot: VoiceSnapshot, transcript: readonly TranscriptLine[], id: string): ClientStep {
  if (transcript === snapshot.transcript) return { snapshot, notices: [] };
  const step = change(snapshot, { transcript });
  const line = transcript.find((candidate) => candidate.id === id);
  return line === undefined ? step : { ...step, notices: [...step.notices, { name: 'transcript', line }] };
}

function change(snapshot: VoiceSnapshot, fields: Partial<VoiceSnapshot>): ClientStep {
  const next = { ...snapshot, ...fields };
  if (sameFields(next, snapshot)) return { snapshot, notices: [] };
  if (next.state === snapshot.state) return { snapshot: next, notices: [] };
  return { snapshot: next, notices: [{ name: 'stateChanged', state: next.state, previous: snapshot.state }] };
}
