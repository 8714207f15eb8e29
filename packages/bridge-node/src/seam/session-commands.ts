import type { ErrorCode, IceServer, ParticipantRole, SessionCloseReason, TranscriptEntry } from '@voice-bridge/core';
import type { AudioPort } from './audio-port.ts';

/** A function tool as the model is told of it. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Record<string, unknown>;
}

/** Which model to dial and how. Crosses the seam once, at `open`. */
export interface UpstreamOptions {
  readonly provider: 'openai';
  /** How the model is reached; default `webrtc`. */
  readonly transport?: 'webrtc' | 'websocket';
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
  readonly voice: string;
  readonly instructions: string;
  readonly tools: readonly ToolDefinition[];
  /** Turn detection as the provider takes it; default server VAD, null: the users say when a turn is over. */
  readonly turnDetection?: Readonly<Record<string, unknown>> | null;
  /** How the users' words are written down, as the provider takes it; null: not at all. */
  readonly transcription?: Readonly<Record<string, unknown>> | null;
  /** Noise reduction as the provider takes it; default none. */
  readonly noiseReduction?: Readonly<Record<string, unknown>> | null;
  /** What the assistant is told to say first, once somebody hears it; default: it waits. */
  readonly greeting?: string;
  /** From the request to a model that answers, in ms. */
  readonly connectTimeoutMs: number;
}

/** Everything a session needs to open; plain data. */
export interface SessionOptions {
  readonly sessionId: string;
  readonly conversationId: string;
  readonly upstream: UpstreamOptions;
  readonly iceServers: readonly IceServer[];
  readonly additionalHostAddresses: readonly string[];
  readonly portRange?: readonly [number, number];
  /** From a participant's answer to its connection, in ms. */
  readonly connectTimeoutMs: number;
  /**
   * For a session that is opened before anybody joins: how long it waits for the first participant, in ms; joins may fail until then.
   * Left out, the session belongs to its first join and ends with it.
   */
  readonly joinTimeoutMs?: number;
  /** Whether participants hear each other besides the assistant; nobody ever hears themselves. */
  readonly hearEachOther: boolean;
  /** Spoken and typed lines of earlier sessions of this conversation, oldest first, told to the model as text and shown to clients. */
  readonly history: readonly Readonly<TranscriptEntry>[];
}

/** Who joins, and what they may do. */
export interface JoinProfile {
  readonly participantId: string;
  /** How the others see them; null: nameless. */
  readonly name: string | null;
  readonly role: ParticipantRole;
  /** Whether they may change, mute and remove others. */
  readonly moderator: boolean;
  /** Longest text they may type, in UTF-16 units; 0: they may not type. */
  readonly textLength: number;
  /** Whose mute by a moderator is kept when they leave and come back; left out: nobody in particular. */
  readonly person?: string;
  /** Whether this participant was in the session before, or still is by another connection, which ends: it has its place again. */
  readonly resumes?: boolean;
}

/** What the control plane asks of a session. Plain data: it may cross a thread. */
export type SessionCommand =
  /**
   * Answers an offer for one more participant; null: makes one instead, which `answerJoin` is to follow. Settled by a `joinAnswered`
   * or `joinRefused` event with the same participant.
   */
  | ({ readonly type: 'join'; readonly offer: string | null } & JoinProfile)
  /** The client's answer to the offer that was made for it. One that cannot be taken ends the participant. */
  | { readonly type: 'answerJoin'; readonly participantId: string; readonly answer: string }
  /** Lets a participant in whose audio comes as PCM over a port. Settled as `join` is; the answer is empty. */
  | ({ readonly type: 'joinPcm'; readonly port: AudioPort } & JoinProfile)
  /** Changes a participant in the name of the application; what is left out stays. `gain` is 0 to 4. */
  | {
      readonly type: 'setParticipant';
      readonly participantId: string;
      readonly muted?: boolean;
      readonly gain?: number;
      readonly role?: ParticipantRole;
    }
  /** Takes a participant out of the session; it is told `kicked`, or `revoked` with the code: it may not stay any more. */
  | { readonly type: 'removeParticipant'; readonly participantId: string; readonly code?: ErrorCode }
  /** Plays a recording to everybody who hears: PCM16 at 24 kHz, mono. Settled by a `played` event unless the session ends first. */
  | { readonly type: 'play'; readonly playId: string; readonly samples: Int16Array }
  /** Stops a recording, or takes it out of those that wait; settled by the same `played`. */
  | { readonly type: 'stopPlaying'; readonly playId: string }
  /** Typed text of a user. */
  | {
      readonly type: 'sendText';
      readonly text: string;
      readonly participantId: string | undefined;
      /** A picture as a `data:` URL; the text may be empty then. */
      readonly imageUrl?: string;
    }
  /** Cuts the assistant's running answer. */
  | { readonly type: 'interrupt' }
  /** What a tool call gave: exactly one per `callId`. */
  | { readonly type: 'toolResult'; readonly callId: string; readonly output: string; readonly failed: boolean }
  | { readonly type: 'toolProgress'; readonly callId: string; readonly progress: unknown }
  /** Asks how the connections are: answered by one `stats` event while the session is open. */
  | { readonly type: 'reportStats' }
  /** Something the assistant should say by itself: text the model turns into speech when it is free. */
  | { readonly type: 'announce'; readonly text: string }
  | { readonly type: 'close'; readonly reason: SessionCloseReason };

/** How somebody asks to be let in. */
export type JoinCommand = Extract<SessionCommand, { type: 'join' | 'joinPcm' }>;
