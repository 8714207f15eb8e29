import { silentLogger } from '@voice-bridge/core';
import type { CallEngines } from './call/call-engines.ts';
import { startRealEngines } from './engines/real-engines.ts';
import type { RemoteEngines } from './engines/remote/remote-engines.ts';
import { type RunningServer, type ServerSettings, startServer } from './server.ts';

/** How {@link startLocalRealtime} is set. `stt`, `tts` and `llm` count with the real engines only. */
export interface LocalRealtimeOptions extends ServerSettings, RemoteEngines {
  /** `real` (default): Silero VAD, pocketsphinx when it is installed, Flite and rules. Or engines of your own, which stay yours to close. */
  readonly engines?: 'real' | CallEngines;
}

/** A running server and what it can do. */
export interface LocalRealtime extends RunningServer {
  /** False when no recogniser is installed: then only typed text is understood. */
  readonly hears: boolean;
}

/**
 * Starts an OpenAI-Realtime-compatible server on this machine. Rejects when the port is taken, with `internal` when the engines cannot
 * start, and with a `TypeError` for a URL that is none.
 */
export async function startLocalRealtime(options: LocalRealtimeOptions = {}): Promise<LocalRealtime> {
  const { engines: wanted = 'real', stt, tts, llm, ...settings } = options;
  const logger = settings.logger ?? silentLogger;
  const remote = { ...(stt && { stt }), ...(tts && { tts }), ...(llm && { llm }) };
  const { engines, close: closeEngines } =
    wanted === 'real'
      ? await startRealEngines(remote, (warning) => logger.warn({ code: warning.code }, warning.message))
      : { engines: wanted, close: async () => {} };
  try {
    const server = await startServer(engines, settings);
    return {
      url: server.url,
      port: server.port,
      certPem: server.certPem,
      get callCount() {
        return server.callCount;
      },
      hears: engines.stt.name !== 'none',
      hints: (tools) => server.hints(tools),
      async close() {
        await server.close();
        await closeEngines();
      },
    };
  } catch (error) {
    await closeEngines();
    throw error;
  }
}
