import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EventSource, PhoneId } from '@voice-bridge/core';
import type { SessionStats } from '../seam/session-events.ts';
import type { BridgeEvents } from './bridge-events.ts';
import type { Participant, ParticipantSettings } from './directory/session-participants.ts';
import type { SessionView } from './directory/session-record.ts';
import type { UserMessage } from './directory/user-message.ts';
import type { Bind } from './http/origin-policy.ts';
import type { Recording } from './play/read-recording.ts';
import type { Tools } from './settings.ts';

/** The sessions of a bridge, for the application that runs it. */
export interface Sessions {
  /** Sessions that are opening, open or closing. */
  list(): SessionView[];
  /** The conversation's session; undefined when it has none. */
  get(conversationId: string): SessionView | undefined;
  /**
   * How the connections of the conversation's session are, the model's and each participant's, as
   * `RTCPeerConnection.getStats()` would list them at the bridge: loss, jitter, round-trip time, audio level.
   * Undefined when it has no open session.
   */
  stats(conversationId: string): Promise<SessionStats | undefined>;
  /**
   * Says typed text to the assistant, shows it a picture, or both, in the name of no participant; false when the conversation
   * has no open session. Throws `rate_limited` and `body_too_large` (over WebRTC a picture of more than 60,000 characters).
   */
  sendText(conversationId: string, message: string | UserMessage): boolean;
  /** Who is in the conversation's session; undefined when it has none. */
  participants(conversationId: string): readonly Participant[] | undefined;
  /**
   * Mutes a participant, changes its gain (0 to 4) or its role; what is left out stays. False when it is not in the conversation's session.
   * Throws `rate_limited` when there was too much of it, and `TypeError` for what no participant can be.
   */
  setParticipant(conversationId: string, participantId: string, settings: ParticipantSettings): boolean;
  /** Takes a participant out, who is told `kicked`. False when it is not in the conversation's session. Throws `rate_limited`. */
  removeParticipant(conversationId: string, participantId: string): boolean;
  /**
   * Speaks a recording to everybody who hears: PCM16 at 24 kHz, mono, or the path of a WAVE file of PCM. Resolves when it was heard or gave
   * way to a later one. Rejects with `not_found` when the conversation has no open session, with why it ended when it ends first, and with
   * `TypeError` for what is no such recording.
   */
  play(conversationId: string, recording: Recording): Promise<void>;
  /** Ends the conversation's session and resolves when it is over; at once when it has none. */
  close(conversationId: string): Promise<void>;
}

/** Which phones are meant: those that agree with everything that is said. */
export interface PhoneFilter {
  readonly conversationId?: string;
  /** Whoever invited them, as `authorize` names them. */
  readonly subject?: string;
  readonly peerId?: PhoneId;
}

/** A phone that was paired, or an invitation that can be redeemed. */
export interface PhoneView {
  readonly conversationId: string;
  readonly peerId: PhoneId;
  /** `waiting`: to be accepted. */
  readonly state: 'invited' | 'waiting' | 'accepted';
  /** What it calls itself. */
  readonly name: string | null;
  /** Whoever invited it; null for nobody in particular. */
  readonly subject: string | null;
  /** From now until it ends, unless it is renewed, in ms. */
  readonly expiresInMs: number;
}

/** The phones of a bridge, for the application that runs it. */
export interface Phones {
  /** The phones that are meant, without a filter all of them. Throws `TypeError` for what is no filter. */
  list(filter?: PhoneFilter): PhoneView[];
  /**
   * Ends the phones that are meant, as when their desktop removes them: credentials and invitations are dead at once, and everything that goes on by
   * them ends. Gives how many there were. Throws `TypeError` for a filter that says nothing, or says `undefined`.
   */
  revoke(filter: PhoneFilter): number;
}

/** The two doors of a bridge. */
export interface BridgeDoors {
  /** Answers one HTTP request (WHATWG fetch) from this address, where it is known. Never rejects. */
  fetch(request: Request, address?: string): Promise<Response>;
  /** Takes a connection that asked for an upgrade, as node:http hands it over. Never throws. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Uint8Array): void;
}

/**
 * A running bridge. Its own doors do not know where the server around it listens, so they need `authorize`;
 * `boundTo` gives doors that do.
 */
export interface VoiceBridge<Names extends Tools = Tools> extends BridgeDoors, EventSource<BridgeEvents> {
  readonly sessions: Sessions;
  readonly phones: Phones;
  /** Prefix of every path. */
  readonly basePath: string;
  /** Whether the application itself says who may connect, by an `authorize` function. */
  readonly authorizes: boolean;
  /** The doors of a server that listens there. Throws `authorize_required` when such a server must not start. */
  boundTo(bind: Bind): BridgeDoors;
  /** Ends every session, hangs up every model call and takes no more. Idempotent and final. */
  close(): Promise<void>;
  /** Types only, for typed tool calls in clients; never set. */
  readonly types?: { readonly tools: Names };
}
