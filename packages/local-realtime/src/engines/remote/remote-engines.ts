import type { RemoteServer } from './remote-endpoint.ts';

/** Which parts of the work other servers do. What is not named is done here. */
export interface RemoteEngines {
  /** A server with OpenAI's `/audio/transcriptions`, for free speech; default: pocketsphinx, which knows phrases only. */
  readonly stt?: RemoteServer;
  /** A server with OpenAI's `/audio/speech`; default: Flite. */
  readonly tts?: RemoteServer;
  /** A server with OpenAI's `/chat/completions`; default: ordered rules. */
  readonly llm?: RemoteServer;
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The servers that `STT_URL`, `TTS_URL` and `LLM_URL` name, with their keys and models; `given` URLs count before those. */
export function remoteEngines(
  environment: Environment,
  given: Readonly<Partial<Record<keyof RemoteEngines, string | undefined>>> = {},
): RemoteEngines {
  const engines: Partial<Record<keyof RemoteEngines, RemoteServer>> = {};
  for (const engine of ['stt', 'tts', 'llm'] as const) {
    const name = engine.toUpperCase();
    const [url, apiKey, model] = [
      given[engine] ?? environment[`${name}_URL`],
      environment[`${name}_API_KEY`],
      environment[`${name}_MODEL`],
    ];
    if (!url) continue;
    engines[engine] = { url, ...(apiKey ? { apiKey } : {}), ...(model ? { model } : {}) };
  }
  return engines;
}
