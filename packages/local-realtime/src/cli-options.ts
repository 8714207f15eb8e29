import { parseArgs } from 'node:util';
import { type Environment, remoteEngines } from './engines/remote/remote-engines.ts';
import type { LocalRealtimeOptions } from './start-local-realtime.ts';

/** What the program prints for `--help`. */
export const USAGE = `Usage: voice-bridge-local-realtime [OPTIONS]

Serves the OpenAI Realtime protocol on this machine, without a key.
  --host HOST      address to listen on (default 127.0.0.1, or HOST)
  --port PORT      port to listen on (default 8080, or PORT; 0 takes a free one)
  --tls            https: and wss:, with a certificate made at the start (or TLS=1)
  --voice VOICE    voice of sessions that ask for none (default marin)
  --script FILE    answer from a JSON file instead of listening and thinking
  --stt-url URL    hear with this server's /audio/transcriptions (or STT_URL; with STT_API_KEY, STT_MODEL)
  --tts-url URL    speak with its /audio/speech (or TTS_URL; with TTS_API_KEY, TTS_MODEL)
  --llm-url URL    think with its /chat/completions (or LLM_URL; with LLM_API_KEY, LLM_MODEL)
  --help           print this
URLs are base URLs such as http://127.0.0.1:11434/v1
`;

const DEFAULT_PORT = 8_080;

/** What the program was asked to do. */
export interface CliOptions {
  readonly help: boolean;
  /** Path of a script. */
  readonly script: string | undefined;
  readonly server: LocalRealtimeOptions;
}

/** Reads arguments, then the environment. Throws `TypeError` for what it does not know. */
export function readCliOptions(args: readonly string[], environment: Environment): CliOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      host: { type: 'string' },
      port: { type: 'string' },
      tls: { type: 'boolean' },
      voice: { type: 'string' },
      script: { type: 'string' },
      'stt-url': { type: 'string' },
      'tts-url': { type: 'string' },
      'llm-url': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  return {
    help: values.help ?? false,
    script: values.script,
    server: {
      host: values.host ?? environment.HOST ?? '127.0.0.1',
      port: readPort(values.port ?? environment.PORT),
      ...((values.tls ?? environment.TLS === '1') ? { tls: 'generated' as const } : {}),
      ...(values.voice === undefined ? {} : { voice: values.voice }),
      ...remoteEngines(environment, {
        stt: values['stt-url'],
        tts: values['tts-url'],
        llm: values['llm-url'],
      }),
    },
  };
}

function readPort(text: string | undefined): number {
  const port = Number(text ?? DEFAULT_PORT);
  if (text === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError('--port takes a number from 0 to 65535');
  }
  return port;
}
