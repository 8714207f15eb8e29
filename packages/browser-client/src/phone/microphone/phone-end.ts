import type { AssistantState, PeerId, Unsubscribe, VoiceBridgeError } from '@voice-bridge/core';
import type {
  MicrophoneReason,
  MicrophoneState,
  PushToTalkState,
  TranscriptLine,
  VoiceState,
} from '../../voice-client.ts';
import type { PhoneTrouble } from './phone-trouble.ts';

/**
 * Where a phone is: `joining` gets its credential and microphone, `waiting` waits for the desktop (to come, or to accept this phone),
 * `connecting` looks for a path to it. `removed`, `closed` and `failed` are left by another `join()`.
 */
export type PhoneState =
  | 'idle'
  | 'joining'
  | 'waiting'
  | 'connecting'
  | 'connected'
  | 'reconnecting'
  | 'removed'
  | 'closed'
  | 'failed';

/** How sound gets to the conversation: straight to the desktop, to it through a TURN server, or without it through the bridge. */
export type PhonePath = 'direct' | 'relayed' | 'bridge';

/** How good the path is, measured at most every 2 s and only while the page is seen. */
export interface PhoneQuality {
  /** There and back, in ms; null while nobody has measured it. */
  readonly roundTripMs: number | null;
  /** Share of the sound sent to the phone that did not arrive since the last measurement, 0 to 1. */
  readonly lossShare: number;
}

/** Everything a phone's page shows, as one object that is replaced when something changed and only then. */
export interface PhoneMicrophoneSnapshot {
  readonly state: PhoneState;
  /** As in the client: `muted` is an open microphone that is not heard, as `mutedBy` and `pushToTalk` say why. */
  readonly microphone: MicrophoneState;
  /** Why the microphone is `unavailable`; null otherwise. */
  readonly microphoneReason: MicrophoneReason | null;
  /** What was asked for with `setMuted`; lasts over reconnections. */
  readonly muted: boolean;
  /** Who keeps the microphone silent; `desktop` where both do, as the phone cannot undo that. Null: nobody. */
  readonly mutedBy: 'phone' | 'desktop' | null;
  /** Whether the button is held to talk: the microphone is then heard although it is muted here. */
  readonly holding: boolean;
  /**
   * `off` where the bridge detects turns. Otherwise the microphone is heard while the button is held only, and what was said until it is
   * let go is a turn to answer.
   */
  readonly pushToTalk: PushToTalkState;
  /** The path in use; null while not connected. */
  readonly path: PhonePath | null;
  /** Where the desktop's own session is: the assistant hears this phone while it is `connected`. Null while this phone is not connected straight to the desktop. */
  readonly session: VoiceState | null;
  readonly assistant: AssistantState;
  /** The last lines of the conversation, oldest first; at most 50. */
  readonly transcript: readonly TranscriptLine[];
  /** The phone as a speaker; `volume` is a factor from 0 to 1. */
  readonly speaker: { readonly muted: boolean; readonly volume: number };
  /** Null while not connected or not measured yet. */
  readonly quality: PhoneQuality | null;
  /** The phone's battery, 0 to 1; null where the browser does not tell. */
  readonly battery: number | null;
  /** What is in the way now, worst first; null when nothing is. */
  readonly trouble: PhoneTrouble | null;
  readonly conversationId: string | null;
  /** Which phone of the desktop this is. */
  readonly peerId: PeerId | null;
  /** Why the state is `failed`, `closed` by somebody else, or `reconnecting`. */
  readonly error: VoiceBridgeError | null;
}

/** The caller's own authorisation, for a conversation that it may lead. */
export interface OwnConversation {
  readonly conversationId: string;
  /** Gives the bearer token of the user. */
  readonly auth?: () => Promise<string> | string;
}

/** How a phone gets in: by what a code on the desktop held, by the short code, by the user's own right, or again by what it kept. */
export type PhoneInvitation = { readonly token: string } | { readonly code: string } | OwnConversation | 'stored';

/** What pages and hooks use: implemented by `PhoneMicrophone` and, for tests, by `FakePhoneMicrophone`. */
export interface PhoneEnd {
  /** The same object until something changed. */
  getSnapshot(): PhoneMicrophoneSnapshot;
  /** Runs `listener` after every change of the snapshot. */
  subscribe(listener: () => void): Unsubscribe;
  /**
   * Becomes the desktop's microphone and speaker; call it in a click or key press, so that the page may play sound. Resolves when
   * the phone waits for the desktop or is connected; rejects with a `VoiceBridgeError`. While running it gives the running attempt.
   */
  join(invitation: PhoneInvitation): Promise<void>;
  /** Whether `join('stored')` has something to go by: a credential from before a reload. */
  hasStored(): boolean;
  /** Ends it at once and forgets the credential; idempotent. Resolves when the bridge has forgotten it, or did not answer for 2 s. Never rejects. */
  leave(): Promise<void>;
  /**
   * Mutes the microphone, within 100 ms and before the desktop hears of it; before, during and between connections. What the desktop
   * muted stays so when it is unmuted here.
   */
  setMuted(muted: boolean): void;
  /** Lets a muted microphone be heard until `release()`: hold to talk. Where the bridge detects no turns, a turn begins. */
  hold(): void;
  /** Ends what `hold()` began; a turn is then answered. */
  release(): void;
  /** Keeps everything silent here. */
  setSpeakerMuted(muted: boolean): void;
  /** How loud it is here, a factor from 0 to 1. Throws `RangeError` outside. */
  setVolume(volume: number): void;
  /**
   * Does what a trouble with `resumable` asks for: starts the sound and opens the microphone again. Call it in a click or key press.
   * Never rejects: a trouble that stays is still shown.
   */
  resume(): Promise<void>;
  /** How loud the microphone is now, 0 to 1; 0 while it is muted or the page is hidden. Ask for it when painting. */
  level(): number;
}

/** The snapshot of a phone that never joined, and the one servers render. */
export const INITIAL_PHONE_SNAPSHOT: PhoneMicrophoneSnapshot = {
  state: 'idle',
  microphone: 'off',
  microphoneReason: null,
  muted: false,
  mutedBy: null,
  holding: false,
  pushToTalk: 'off',
  path: null,
  session: null,
  assistant: 'idle',
  transcript: [],
  speaker: { muted: false, volume: 1 },
  quality: null,
  battery: null,
  trouble: null,
  conversationId: null,
  peerId: null,
  error: null,
};
