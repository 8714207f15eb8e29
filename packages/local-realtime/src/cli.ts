#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { readCliOptions, USAGE } from './cli-options.ts';
import { parseScript } from './engines/script-file.ts';
import { scriptedEngines } from './engines/scripted-engines.ts';
import { SCRIPTED_SEED } from './new-ids.ts';
import { type LocalRealtimeOptions, startLocalRealtime } from './start-local-realtime.ts';

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

function scripted(file: string | undefined): Pick<LocalRealtimeOptions, 'engines' | 'seed'> {
  if (file === undefined) return {};
  const script = parseScript(readFileSync(file, 'utf8'));
  if (!script.ok) throw new TypeError(`${file} is no script: ${script.problem}`);
  return { engines: scriptedEngines(script.value, { giveWay: setImmediate }), seed: SCRIPTED_SEED };
}

async function main(): Promise<void> {
  const { help, script, server: options } = readCliOptions(process.argv.slice(2), process.env);
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const server = await startLocalRealtime({ ...options, ...scripted(script), logger });
  const stop = () => {
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (server.certPem !== undefined) {
    process.stderr.write(`Clients have to trust this certificate (NODE_EXTRA_CA_CERTS):\n${server.certPem}`);
  }
  const hears = server.hears ? '' : ' (no speech recogniser found: it answers typed text only)';
  process.stdout.write(`Ready: OPENAI_BASE_URL=${server.url}${hears}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
