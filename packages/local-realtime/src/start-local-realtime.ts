import { type Logger, silentLogger } from '@voice-bridge/core';
import type { CallEngines } from './call/call-engines.ts';
import { createRulesAssistant } from './engines/assistant/rules-assistant.ts';
import { startSpeechWorker } from './engines/speech-worker-client.ts';
import { createSileroVad } from './engines/vad/silero-vad.ts';
import { type RunningServer, type ServerSettings, startServer } from './server.ts';

const PREPARING_SAMPLES = 4_800;

/** How {@link startLocalRealtime} is set. */
export interface LocalRealtimeOptions extends ServerSettings {
  /** `real` (default): Silero VAD, pocketsphinx when it is installed, Flite and rules. Or engines of your own, which stay yours to close. */
  readonly engines?: 'real' | CallEngines;
}

/** A running server and what it can do. */
export interface LocalRealtime extends RunningServer {
  /** False when no recogniser is installed: then only typed text is understood. */
  readonly hears: boolean;
}

/**
 * Starts an OpenAI-Realtime-compatible server on this machine. Rejects when the port is taken, or with `internal` when the engines
 * cannot start.
 */
export async function startLocalRealtime(options: LocalRealtimeOptions = {}): Promise<LocalRealtime> {
  const { engines: wanted = 'real', ...settings } = options;
  const engines = wanted === 'real' ? await startRealEngines(settings.logger ?? silentLogger) : wanted;
  const closeEngines = async () => {
    if (wanted === 'real') await Promise.all([engines.stt.close(), engines.tts.close()]);
  };
  try {
    const server = await startServer(engines, settings);
    return {
      url: server.url,
      port: server.port,
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

async function startRealEngines(logger: Logger): Promise<CallEngines> {
  const worker = await startSpeechWorker({
    onWarning: (warning) => logger.warn({ code: warning.code }, warning.message),
  });
  const never = new AbortController().signal;
  const prepare = (phrases: readonly string[]) => {
    // The first use of a vocabulary reads the dictionary; the first sentence compiles the voice.
    worker.stt.recognise(new Int16Array(PREPARING_SAMPLES), { phrases }, never).catch(() => {});
    worker.tts.speak({ text: 'Ready.', voice: '' }, never).catch(() => {});
  };
  return {
    createVad: createSileroVad,
    stt: { ...worker.stt, close: () => worker.close() },
    tts: worker.tts,
    assistant: createRulesAssistant(),
    prepare,
  };
}
