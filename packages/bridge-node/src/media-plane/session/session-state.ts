import type { ErrorCode, ParticipantRole, SessionCloseReason, Step } from '@voice-bridge/core';
import type { JoinCommand, JoinProfile, SessionCommand } from '../../seam/session-commands.ts';
import type { SessionEvent } from '../../seam/session-events.ts';
import type { SpeakerLevels } from '../audio-path/level-report.ts';
import type { ParticipantEvent } from '../participant/participant.ts';
import type { UpstreamEvent } from '../upstream/upstream.ts';
import type { KeptPlaces, Place } from './kept-places.ts';
import type { TurnAuthors } from './turn-authors.ts';

/** How far a participant has come. */
export type ParticipantPhase = 'answering' | 'connecting' | 'joined';

/** One participant as its session knows it. */
export interface Member extends Place, Omit<JoinProfile, 'name' | 'role'> {
  readonly phase: ParticipantPhase;
  /** Whether it was told to be there, as one that resumes its place was before. */
  readonly isKnown: boolean;
}

/** How a participant is to be heard and to hear. */
export interface MemberAudio {
  readonly muted: boolean;
  readonly gain: number;
  readonly role: ParticipantRole;
}

/** Why a session ends; the same words for everybody. */
export interface SessionEnding {
  readonly reason: SessionCloseReason;
  readonly code?: ErrorCode;
  readonly message?: string;
}

/** Commands that go to the model as they are. */
export type UpstreamCommand =
  | Extract<SessionCommand, { type: 'sendText' | 'interrupt' | 'announce' }>
  /** Somebody hears the assistant now: it may speak first. */
  | { readonly type: 'greet' }
  /** Push-to-talk: what was said so far is a turn, or nothing. */
  | { readonly type: 'commitInput'; readonly participantId: string }
  | { readonly type: 'clearInput' };

/** What becomes of a session that nobody is in: it waits for its first participant, or it ends. */
export type WhenEmpty = 'waits' | 'ends';

/** Where a session is in its life. */
export type SessionState =
  /** The model is being dialled; offers and words wait for it. */
  | {
      readonly name: 'opening';
      readonly joins: ReadonlyMap<string, JoinCommand>;
      readonly words: readonly UpstreamCommand[];
      readonly whenEmpty: WhenEmpty;
    }
  | {
      readonly name: 'open';
      readonly members: ReadonlyMap<string, Member>;
      readonly whenEmpty: WhenEmpty;
      readonly authors: TurnAuthors;
      readonly places: KeptPlaces;
    }
  | { readonly name: 'closing'; readonly ending: SessionEnding }
  | { readonly name: 'closed' };

/** What can happen to a session. */
export type SessionInput =
  | { readonly type: 'command'; readonly command: SessionCommand }
  | { readonly type: 'upstreamOpened' }
  | { readonly type: 'upstreamFailed'; readonly code: ErrorCode; readonly message: string }
  | { readonly type: 'upstreamEvent'; readonly event: UpstreamEvent }
  | { readonly type: 'participantEvent'; readonly participantId: string; readonly event: ParticipantEvent }
  | { readonly type: 'levels'; readonly levels: SpeakerLevels }
  /** The time for the first participant to come is over. */
  | { readonly type: 'nobodyJoined' }
  /** Everything the session held is freed. */
  | { readonly type: 'released' };

/** What is to be done about it, in order. */
export type SessionEffect =
  | { readonly type: 'emit'; readonly event: SessionEvent }
  /** A participant begins: its offer is answered, its port taken. */
  | { readonly type: 'admit'; readonly join: JoinCommand }
  /** Tell a participant where the session stands. */
  | { readonly type: 'welcome'; readonly participantId: string }
  | { readonly type: 'setAudio'; readonly participantId: string; readonly audio: MemberAudio }
  /** Tell everybody how loud participants are. */
  | { readonly type: 'tellLevels'; readonly levels: SpeakerLevels }
  /** Tell one participant that what it asked is not done. */
  | { readonly type: 'refuse'; readonly participantId: string; readonly code: ErrorCode; readonly message: string }
  /** A participant ends; it is told why and freed. */
  | { readonly type: 'drop'; readonly participantId: string; readonly ending: SessionEnding }
  | { readonly type: 'upstream'; readonly command: UpstreamCommand }
  | Extract<
      SessionCommand,
      { type: 'answerJoin' | 'toolResult' | 'toolProgress' | 'reportStats' | 'play' | 'stopPlaying' }
    >
  /** Audio that listeners have not had yet is stale. */
  | { readonly type: 'flush' }
  /** A new answer begins: what comes now is fresh again. */
  | { readonly type: 'resume' }
  /** The model takes audio from now on. */
  | { readonly type: 'startAudio' }
  | { readonly type: 'armJoinDeadline' }
  /** Ends the upstream and every participant, then gives `released`. */
  | { readonly type: 'release'; readonly ending: SessionEnding };

/** A state and what to do on the way into it. */
export type SessionStep = Step<SessionState, SessionEffect>;
