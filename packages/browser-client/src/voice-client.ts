import type {
  AssistantState,
  EventSource,
  ParticipantRole,
  ParticipantTransport,
  Unsubscribe,
  VoiceBridgeError,
} from '@voice-bridge/core';

/** Where the connection to the bridge is. `closed` and `failed` are left by another `connect()`. */
export type VoiceState = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'closed' | 'failed';

/** What the microphone does. `unavailable` comes with a reason; the session goes on with silence. */
export type MicrophoneState = 'off' | 'prompting' | 'live' | 'muted' | 'unavailable';

/**
 * Who ends the user's turns: `off`, the bridge's turn detection does, or nobody is connected; otherwise the user does, who holds a
 * button: `ready` while it is up and nothing is heard, `talking` while it is down.
 */
export type PushToTalkState = 'off' | 'ready' | 'talking';

/** Why there is no microphone: the code of the error underneath. */
export type MicrophoneReason =
  | 'microphone_denied'
  | 'microphone_not_found'
  | 'microphone_in_use'
  | 'microphone_failed'
  | 'insecure_context';

/** One line of the conversation: spoken or typed. A typed line is `pending` until the bridge shows it to everybody, or `failed`. */
export interface TranscriptLine {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly state: 'pending' | 'partial' | 'final' | 'interrupted' | 'failed';
  /** Who of the participants typed or said it; left out when that is not known, as when several spoke at once. */
  readonly participantId?: string | undefined;
}

/** One client in the session, oneself included. */
export interface Participant {
  readonly participantId: string;
  /** As it called itself. */
  readonly name: string | null;
  /** A speaker speaks and hears, a listener hears, an observer only sees what is said. */
  readonly role: ParticipantRole;
  readonly transport: ParticipantTransport;
  readonly muted: boolean;
  /** Factor on its sound, 0 to 4; 1 is as it is. */
  readonly gain: number;
  /** Whether it is this page. */
  readonly isSelf: boolean;
}

/** What may be changed of a {@link Participant}; what is left out stays. */
export type ParticipantChange = Partial<Pick<Participant, 'muted' | 'gain' | 'role'>>;

/** One run of a tool in the bridge. */
export interface ToolCall {
  readonly callId: string;
  readonly name: string;
  /** The arguments as the model gave them: JSON text. */
  readonly arguments: string;
  readonly state: 'running' | 'done' | 'failed';
  /** What the tool last reported through `progress`; undefined before that. */
  readonly progress: unknown;
  /** What the model was told, cut to 4,000 characters; undefined while running. */
  readonly result: string | undefined;
}

/** Everything a page shows, as one object that is replaced when something changed and only then. */
export interface VoiceSnapshot {
  readonly state: VoiceState;
  /** The bridge's name for the running session, kept while it is redialled; null while there is none. */
  readonly sessionId: string | null;
  readonly microphone: MicrophoneState;
  /** Why the microphone is `unavailable`; null otherwise. The whole error came as a `warning`. */
  readonly microphoneReason: MicrophoneReason | null;
  /** What the user asked for with `setMuted`; lasts over reconnections and sessions. */
  readonly muted: boolean;
  /** Whether the user's turns are told by `startTalking` and `stopTalking`, and whether one is. */
  readonly pushToTalk: PushToTalkState;
  /** Whether the assistant is kept silent here. */
  readonly speakerMuted: boolean;
  readonly assistant: AssistantState;
  /** Whether the model hears somebody speak. */
  readonly userSpeaking: boolean;
  /** Everybody in the session, in the order they came; empty while not connected. */
  readonly participants: readonly Participant[];
  /** Whose voice is heard now; null when nobody's is, or while nobody else is there. */
  readonly activeSpeaker: string | null;
  /** Why the session failed, was closed by the bridge or is being redialled. */
  readonly error: VoiceBridgeError | null;
  /** In the order of the conversation: what was said in earlier sessions, here or as the bridge kept it, then this one, then typed lines that are not there yet. */
  readonly transcript: readonly TranscriptLine[];
  /** Tool calls of this session, oldest first, at most 100. */
  readonly toolCalls: readonly ToolCall[];
}

/** How loud it is, as root mean square of full scale: 0 to 1. */
export interface AudioLevel {
  readonly input: number;
  readonly output: number;
}

/** What a {@link VoiceClient} tells besides its snapshot. */
export type VoiceEvents = {
  /** A line, new or changed, with its whole text. */
  transcript: [line: TranscriptLine];
  /** A tool call that started, reported progress or ended. */
  toolCall: [call: ToolCall];
  stateChanged: [state: VoiceState, previous: VoiceState];
  /** The model heard somebody start or stop speaking. */
  speech: [state: 'started' | 'stopped'];
  /** Something failed and the session goes on. */
  warning: [error: VoiceBridgeError];
};

/** What pages and hooks use: implemented by `VoiceBridgeClient` and, for tests, by `FakeVoiceBridge`. */
export interface VoiceClient extends EventSource<VoiceEvents> {
  /** The same as `getSnapshot().state`. */
  readonly state: VoiceState;
  /** The same object until something changed. */
  getSnapshot(): VoiceSnapshot;
  /** Runs `listener` after every change of the snapshot. */
  subscribe(listener: () => void): Unsubscribe;
  /**
   * Opens a session; call it in a click or key press, so that the page may play sound. Resolves when the bridge has let us in;
   * rejects with a `VoiceBridgeError`, `aborted` among them. While connecting or connected it gives the running attempt.
   */
  connect(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Ends the session here and at the bridge, also one that is still connecting. Never rejects. */
  disconnect(): Promise<void>;
  /** Mutes the microphone; before, during and between sessions. */
  setMuted(muted: boolean): void;
  /** Keeps the assistant silent here, while the session goes on. */
  setSpeakerMuted(muted: boolean): void;
  /** Says typed text to the assistant. Resolves when the model has it; rejects with `not_connected`, `text_too_long` or the bridge's code. */
  sendText(text: string): Promise<void>;
  /** Cuts the assistant's running answer. Does nothing while not connected. */
  interrupt(): void;
  /**
   * The button goes down: lets the microphone be heard (and unmutes it), cuts the assistant's running answer, and forgets what was
   * said before. Throws `not_connected`, or `invalid_request` where the bridge detects turns by itself.
   */
  startTalking(): void;
  /** The button goes up: what was said since `startTalking` is a turn to answer, and the microphone is not heard. Otherwise does nothing. */
  stopTalking(): void;
  /** Asks for a change of a participant; everything but one's own mute takes a moderator. Refused, it comes as a `warning`. Does nothing while not connected. */
  setParticipant(participantId: string, change: ParticipantChange): void;
  /** Asks for somebody's removal, which takes a moderator. Refused, it comes as a `warning`. Does nothing while not connected. */
  removeParticipant(participantId: string): void;
  /** How loud a participant is now, 0 to 1; measured by the bridge, up to five times a second, where at least two are in the session. */
  participantLevel(participantId: string): number;
  /** Changes the microphone (null: the default one); also asks again after a refusal. Rejects with a microphone code and keeps the old one. */
  setInputDevice(deviceId: string | null): Promise<void>;
  /** Changes where the assistant is heard (null: the default). Rejects with `output_unavailable`. */
  setOutputDevice(deviceId: string | null): Promise<void>;
  /** How loud the microphone is now, 0 to 1. */
  inputLevel(): number;
  /** How loud the assistant is now, 0 to 1. */
  outputLevel(): number;
  /** Runs `listener` on every animation frame; changes nothing in the snapshot. */
  onLevel(listener: (level: AudioLevel) => void): Unsubscribe;
}
