import type { Clock, Logger, MediaStats, VoiceBridgeError } from '@voice-bridge/core';
import type { InboundAudio, MediaConnectionFactory, OutboundAudio } from '@voice-bridge/media-node';
import type { SessionEvent } from '../../seam/session-events.ts';
import type { DialEventsLine } from './openai/events-line.ts';

/** What a speech model tells the bridge, in the bridge's words, whoever made it. */
export type UpstreamEvent =
  | Extract<
      SessionEvent,
      {
        readonly type: 'assistantChanged' | 'transcript' | 'transcriptDelta' | 'toolCall' | 'usage' | 'warning';
      }
    >
  /** A user's turn by voice begins or ends; it becomes the transcript entry `itemId`. */
  | { readonly type: 'speech'; readonly state: 'started' | 'stopped'; readonly itemId: string }
  /** Typed text becomes the transcript entry `itemId`; `author` typed it. */
  | { readonly type: 'textSent'; readonly itemId: string; readonly author: string }
  /** The model dropped what it had queued: the bridge empties its own queues for listeners. */
  | { readonly type: 'flush' }
  /** The last event. */
  | { readonly type: 'closed'; readonly error: VoiceBridgeError | undefined };

/** The speech model's side of a session. */
export interface Upstream {
  /** Dials and configures the model. Resolves when it takes audio; rejects with `model_*`, `connect_timeout` or `aborted`. */
  open(signal: AbortSignal): Promise<void>;
  /** Sends one Opus packet of the users' audio. */
  sendAudio(packet: OutboundAudio): void;
  /** Says typed text to the model, with a picture as a `data:` URL if there is one; `author` comes back in `textSent`. */
  sendText(text: string, author?: string | undefined, imageUrl?: string | undefined): void;
  sendToolResult(callId: string, output: string): void;
  /** Asks the model to say something now or when its running answer is done. */
  announce(text: string): void;
  interrupt(): void;
  /** Somebody hears the assistant: the first time it says what it was told to say first, unless the conversation goes on from earlier. */
  greet(): void;
  /** What was said so far is a turn of `author`: for a model that does not find its end by itself. */
  commitInput(author?: string | undefined): void;
  /** What was said so far is no turn. */
  clearInput(): void;
  /** How its connection is; empty while it has none. */
  stats(): readonly MediaStats[];
  /** Hangs up at the provider and frees the connection. Idempotent and final. */
  close(): Promise<void>;
}

/** Where an upstream's audio and events go. */
export interface UpstreamSinks {
  readonly onAudio: (packet: InboundAudio) => void;
  readonly onEvent: (event: UpstreamEvent) => void;
}

/** The part of WHATWG `fetch` the bridge uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What every upstream runs on. */
export interface UpstreamDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly createConnection: MediaConnectionFactory;
  readonly fetch: Fetch;
  readonly dialEventsLine: DialEventsLine;
}
