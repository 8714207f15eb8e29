#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { startLocalRealtime } from './start-local-realtime.ts';

const USAGE = `Usage: voice-bridge-local-realtime [--host HOST] [--port PORT] [--voice VOICE]

Serves the OpenAI Realtime protocol on this machine, without a key.
  --host   address to listen on (default 127.0.0.1, or HOST)
  --port   port to listen on (default 8080, or PORT; 0 takes a free one)
  --voice  voice of sessions that ask for none (default marin)
`;
const DEFAULT_PORT = 8_080;

const logger = {
  debug() {},
  info: print,
  warn: print,
  error: print,
};

function print(fields: Readonly<Record<string, unknown>>, message: string): void {
  const facts = Object.entries(fields).map(
    ([name, value]) => `${name}=${value instanceof Error ? value.message : String(value)}`,
  );
  process.stderr.write(`${[message, ...facts].join(' ')}\n`);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      host: { type: 'string' },
      port: { type: 'string' },
      voice: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const port = Number(values.port ?? process.env.PORT ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new TypeError('--port takes a number from 0 to 65535');
  const host = values.host ?? process.env.HOST ?? '127.0.0.1';
  return { host, port, help: values.help ?? false, ...(values.voice === undefined ? {} : { voice: values.voice }) };
}

async function main(): Promise<void> {
  const { help, ...options } = readOptions();
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const server = await startLocalRealtime({ ...options, logger });
  const stop = () => {
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const hears = server.hears ? '' : ' (no speech recogniser found: it answers typed text only)';
  process.stdout.write(`Ready: OPENAI_BASE_URL=${server.url}${hears}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
