import type { Clock, Logger, MediaStats } from '@voice-bridge/core';
import type { ClientEvent, OtherServerEvent, ServerEvent } from '@voice-bridge/core/openai';
import type { InboundAudio, OutboundAudio } from '@voice-bridge/media-node';
import type { SessionOptions } from '../../../seam/session-commands.ts';

/** The events of an open call, both ways. */
export interface ModelEvents {
  /** Sets the one taker of what the server says; it gets what was said before, too. */
  receive(taker: (event: ServerEvent | OtherServerEvent) => void): void;
  /** Sends an event; false when it is too large for one message or the line is closed. */
  send(event: ClientEvent): boolean;
}

/**
 * The way to one OpenAI Realtime session: a WebRTC call or a WebSocket. Either takes and gives Opus packets, and tells with
 * `output_audio_buffer.*` when the assistant is heard, so that the conversation in it is the same.
 */
export interface ModelLeg {
  /** How audio is coded in events, both ways; undefined where it does not travel in them. */
  readonly audioFormat: { readonly type: 'audio/pcm'; readonly rate: 24_000 } | undefined;
  /** Dials, and has `configure` make the open call ready. Resolves when the model takes audio; else rejects and frees everything. */
  dial(configure: (events: ModelEvents) => Promise<void>, signal: AbortSignal): Promise<void>;
  /** Sends one Opus packet of the users' audio. */
  sendAudio(packet: OutboundAudio): void;
  /** How its connection is; empty while it has none. */
  stats(): readonly MediaStats[];
  /** Hangs up and frees everything, in bounded time. Idempotent and final. */
  close(): Promise<void>;
}

/** What every leg runs on and where its audio goes. */
export interface ModelLegOptions {
  readonly session: SessionOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onAudio: (packet: InboundAudio) => void;
  /** The call was up and is over, not by `close()`. */
  readonly onLost: () => void;
  /** Something failed and the call goes on. */
  readonly onWarning: (message: string) => void;
}
