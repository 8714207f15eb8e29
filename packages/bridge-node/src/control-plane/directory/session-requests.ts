import type { ParticipantRole } from '@voice-bridge/core';
import type { SessionOptions } from '../../seam/session-commands.ts';
import type { Admission } from './admission-watch.ts';
import type { JoinMedia } from './session-participants.ts';

/** Who asks for a session. */
export interface Asker {
  readonly subject: string;
  /** Whether the subject is somebody in particular, whose sessions are counted. */
  readonly named: boolean;
  /** Whether they may change, mute and remove others, and end sessions, whosever session it is; who opened it may in any case. */
  readonly moderates: boolean;
}

/** Somebody who wants in. */
export interface Joiner extends Asker, Admission {
  readonly media: JoinMedia;
  readonly name: string | null;
  readonly role: ParticipantRole;
  /** Longest text they may type on the control channel, in UTF-16 units; 0: they may not type. */
  readonly textLength: number;
  /** The one session that is meant; undefined: whichever the conversation has. */
  readonly sessionId?: string | undefined;
  /** What they were given when they joined before: their place is theirs again. */
  readonly resumeToken?: string | undefined;
  /** Fires when the client gave up. */
  readonly signal: AbortSignal;
}

/** One request for a session. */
export interface OpenRequest extends Asker {
  readonly conversationId: string;
  /** The session the client had and wants to renew; undefined: it takes the conversation over. */
  readonly renews?: string | undefined;
  /** Everything about the session that is known before it is its turn. */
  readonly prepare: () => Promise<SessionOptions>;
  /** Fires when the client gave up. */
  readonly signal: AbortSignal;
}

/** A session that is open. */
export interface Opened {
  readonly sessionId: string;
}

/** A place in a session. */
export interface Joined extends Opened {
  readonly participantId: string;
  /** SDP text; empty for who brought a line of PCM. */
  readonly answer: string;
  /** What the participant shows when it comes back. */
  readonly resumeToken: string;
}
