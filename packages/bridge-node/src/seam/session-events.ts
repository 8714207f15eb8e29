import type {
  AssistantState,
  ErrorCode,
  MediaStats,
  ParticipantRole,
  ParticipantTransport,
  SessionCloseReason,
  TranscriptEntry,
} from '@voice-bridge/core';
import type { SessionCommand, SessionOptions } from './session-commands.ts';

/** How the connections of a session are, each as `RTCPeerConnection.getStats()` lists it from the bridge's side. */
export interface SessionStats {
  readonly model: readonly MediaStats[];
  /** By participant id. */
  readonly participants: Readonly<Record<string, readonly MediaStats[]>>;
}

/** What a session tells the control plane. Plain data: it may cross a thread. Audio is never among it. */
export type SessionEvent =
  /** The model leg is connected and configured. */
  | { readonly type: 'opened' }
  /** `answer` is our offer when there was none. */
  | { readonly type: 'joinAnswered'; readonly participantId: string; readonly answer: string }
  | { readonly type: 'joinRefused'; readonly participantId: string; readonly code: ErrorCode; readonly message: string }
  /** Somebody takes part from now on: unmuted, as loud as it is. */
  | {
      readonly type: 'participantJoined';
      readonly participantId: string;
      readonly name: string | null;
      readonly role: ParticipantRole;
      readonly transport: ParticipantTransport;
    }
  /** A participant is here by another connection: everything else about it is as it was. */
  | {
      readonly type: 'participantResumed';
      readonly participantId: string;
      readonly transport: ParticipantTransport;
    }
  /** Somebody was answered and never came. */
  | { readonly type: 'joinEnded'; readonly participantId: string }
  /** How a participant is from now on. */
  | {
      readonly type: 'participantChanged';
      readonly participantId: string;
      readonly muted: boolean;
      readonly gain: number;
      readonly role: ParticipantRole;
    }
  /** `reason`: left, kicked, revoked, connection_lost, connect_timeout, rate_limited, or why the session ended. */
  | { readonly type: 'participantLeft'; readonly participantId: string; readonly reason: string }
  /** Another participant is the one who speaks; null: nobody. */
  | { readonly type: 'speakers'; readonly active: string | null }
  /** A recording was played to its end, or gave way. */
  | { readonly type: 'played'; readonly playId: string }
  | { readonly type: 'assistantChanged'; readonly state: AssistantState }
  | { readonly type: 'speech'; readonly state: 'started' | 'stopped' }
  /** An entry, new or changed, and the entry it stands after (null: first). */
  | { readonly type: 'transcript'; readonly entry: TranscriptEntry; readonly after: string | null }
  | { readonly type: 'transcriptDelta'; readonly id: string; readonly delta: string }
  /** The model wants a tool run; `arguments` is its JSON text, unchecked. */
  | { readonly type: 'toolCall'; readonly callId: string; readonly name: string; readonly arguments: string }
  | { readonly type: 'usage'; readonly inputTokens: number; readonly outputTokens: number }
  | { readonly type: 'stats'; readonly stats: SessionStats }
  /** Somebody spoke or typed: the session is not idle. */
  | { readonly type: 'activity' }
  /** Something failed and the session goes on. */
  | { readonly type: 'warning'; readonly code: ErrorCode; readonly message: string }
  /** An open session is over and takes nothing more; `closed` follows when everything it held is free. */
  | {
      readonly type: 'closing';
      readonly reason: SessionCloseReason;
      readonly code?: ErrorCode;
      readonly message?: string;
    }
  /** The last event of a session. */
  | {
      readonly type: 'closed';
      readonly reason: SessionCloseReason;
      readonly code?: ErrorCode;
      readonly message?: string;
    };

/** A running session as the control plane holds it, whichever host it lives in. */
export interface SessionHandle {
  send(command: SessionCommand): void;
}

/** Where sessions run: the process itself, or (later) worker threads. */
export interface SessionHost {
  /** Starts a session; every event of it goes to `onEvent`, `closed` last. */
  open(options: SessionOptions, onEvent: (event: SessionEvent) => void): SessionHandle;
  /** Ends every session and frees what the host holds. */
  close(): Promise<void>;
}
