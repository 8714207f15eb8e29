import type { Clock, Logger } from '@voice-bridge/core';
import {
  createMediaConnection,
  loadOpusCodec as loadRealOpusCodec,
  type MediaConnectionFactory,
  type OpusCodec,
  warmUpMediaConnections,
} from '@voice-bridge/media-node';
import type { SessionHost } from '../../seam/session-events.ts';
import { randomRtpStart } from '../audio-path/rtp-start.ts';
import { createParticipant } from '../participant/create-participant.ts';
import { BridgeSession, type SessionDependencies } from '../session/bridge-session.ts';
import { createUpstream } from '../upstream/create-upstream.ts';
import { createDialEventsLine } from '../upstream/openai/dial-events-line.ts';
import type { DialEventsLine } from '../upstream/openai/events-line.ts';
import type { Fetch } from '../upstream/upstream.ts';

/** What an in-process host runs on. */
export interface InProcessHostOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: real WebRTC connections. */
  readonly createConnection?: MediaConnectionFactory;
  /** Default: Opus in WebAssembly. */
  readonly loadOpusCodec?: () => Promise<OpusCodec>;
  /** Default: the global `fetch`. */
  readonly fetch?: Fetch;
  /** Default: real WebSockets. */
  readonly dialEventsLine?: DialEventsLine;
}

/** Runs sessions in this very process. */
export function createInProcessHost(options: InProcessHostOptions): SessionHost {
  const { clock, logger, createConnection = createMediaConnection } = options;
  if (createConnection === createMediaConnection) warmUpMediaConnections();
  const { loadOpusCodec = loadRealOpusCodec, fetch = globalThis.fetch } = options;
  const dialEventsLine = options.dialEventsLine ?? createDialEventsLine(clock);
  const dependencies: SessionDependencies = {
    clock,
    logger,
    loadOpusCodec,
    createRtpStart: randomRtpStart,
    createParticipant: (session, join, sinks) =>
      createParticipant({ clock, logger, createConnection }, session, join, sinks),
    createUpstream: (session, sinks) =>
      createUpstream(session, { clock, logger, createConnection, fetch, dialEventsLine }, sinks),
  };
  const live = new Map<BridgeSession, Promise<void>>();
  return {
    open(session, onEvent) {
      let ended: () => void = () => {};
      const end = new Promise<void>((resolve) => {
        ended = resolve;
      });
      const running = new BridgeSession(session, dependencies, (event) => {
        if (event.type === 'closed') {
          live.delete(running);
          ended();
        }
        onEvent(event);
      });
      live.set(running, end);
      return running;
    },
    async close() {
      const ends = [...live.values()];
      for (const session of live.keys()) session.send({ type: 'close', reason: 'shutting_down' });
      await Promise.all(ends);
    },
  };
}
