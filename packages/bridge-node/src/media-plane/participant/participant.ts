import type {
  ClientControlMessage,
  ErrorCode,
  MediaStats,
  ParticipantTransport,
  ServerControlMessage,
} from '@voice-bridge/core';
import type { InboundAudio } from '@voice-bridge/media-node';
import type { Outlet } from '../audio-path/audio-path.ts';

/** Why a participant ended by itself. */
export type LeaveReason = 'left' | 'connection_lost' | 'connect_timeout' | 'rate_limited';

/** What a client may ask of its session. */
export type ParticipantRequest = Extract<
  ClientControlMessage,
  { type: 'text' | 'interrupt' | 'commit' | 'clear' | 'mute' | 'set_participant' | 'remove_participant' }
>;

/** What a participant tells its session. Nothing comes after `refused` or `left`, nor after `close()`. */
export type ParticipantEvent =
  /** Its offer is answered, or ours is made; not of participants that need neither. */
  | { readonly type: 'answered'; readonly answer: string }
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly message: string }
  /** Media can flow both ways. */
  | { readonly type: 'joined'; readonly transport: ParticipantTransport }
  /** Its control channel is open: it wants to know where the session stands. */
  | { readonly type: 'controlOpened' }
  | { readonly type: 'request'; readonly request: ParticipantRequest }
  | { readonly type: 'left'; readonly reason: LeaveReason };

/** Where what comes from a participant goes. */
export interface ParticipantSinks {
  /** One packet of its media track; valid only during the call. */
  readonly onPacket: (packet: InboundAudio) => void;
  /** PCM of one that has no media track: 24 kHz mono, cut anywhere. */
  readonly onPcm: (samples: Int16Array) => void;
  readonly onEvent: (event: ParticipantEvent) => void;
}

/** One client of a session, however it is connected. */
export interface Participant {
  /** Takes what it hears. */
  readonly outlet: Outlet;
  /** Begins to connect; `joined` or `refused` tells how it went. */
  start(): void;
  /** The client's answer to our offer; without effect when we made none, or have one. */
  takeAnswer(answer: string): void;
  /** Sends one control message; dropped while there is no way to. */
  send(message: ServerControlMessage): void;
  /** How its connection is; empty when it has none of its own. */
  stats(): readonly MediaStats[];
  /** Tells the client why, then ends its connection and frees it. Idempotent and final. */
  close(farewell: ServerControlMessage | undefined): Promise<void>;
}
