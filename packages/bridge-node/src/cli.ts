#!/usr/bin/env node
import { isVoiceBridgeError, type LogFields, type Logger } from '@voice-bridge/core';
import { loadTools } from './cli/load-tools.ts';
import { type CommandLine, HELP, readCommandLine } from './cli/read-command-line.ts';
import { listen } from './control-plane/http/listen.ts';
import { describeLan } from './control-plane/lan/describe-lan.ts';
import type { LanAccess } from './control-plane/lan/open-lan.ts';
import { createVoiceBridge } from './voice-bridge.ts';

/** A stop that takes longer is cut off, in ms: a supervisor waits 5 s at least. */
const STOP_WITHIN_MS = 4_500;

const commandLine = readCommandLine(process.argv.slice(2), process.env);
if (!commandLine.ok) fail(commandLine.problem);
else if (commandLine.value.help) console.log(HELP);
else await run(commandLine.value).catch((error: unknown) => fail(describe(error)));

async function run({ host, port, open, lan, tools, instructions }: CommandLine): Promise<void> {
  const loaded = tools === undefined ? {} : await loadTools(tools);
  const bridge = createVoiceBridge({
    tools: loaded,
    instructions,
    logger: stderrLogger(),
    ...(open ? { authorize: 'open' } : {}),
  });
  const server = await listen(bridge, { host, port, lan });
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(0), STOP_WITHIN_MS);
    Promise.allSettled([bridge.close(), server.close()]).then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const model = process.env.OPENAI_BASE_URL
    ? `the server at ${process.env.OPENAI_BASE_URL}`
    : 'OpenAI, which costs money';
  const names = Object.keys(loaded);
  console.log(`Voice Bridge listens on ${server.url} (model: ${model}; tools: ${names.join(', ') || 'none'})`);
  if (server.lan !== undefined) sayLan(server.lan);
}

/** Says how phones reach it, and again when the addresses change. */
function sayLan(lan: LanAccess): void {
  console.log(describeLan(lan));
  lan.subscribe(() => console.log(describeLan(lan)));
}

function stderrLogger(): Logger {
  const write = (level: string) => (fields: LogFields, message: string) =>
    process.stderr.write(`${level}: ${message} ${JSON.stringify(fields)}\n`);
  return { debug() {}, info() {}, warn: write('warning'), error: write('error') };
}

function describe(error: unknown): string {
  if (isVoiceBridgeError(error))
    return `${error.code}: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `${error.message}. Another program listens there; choose another --port`;
  }
  return error instanceof Error ? error.message : String(error);
}

function fail(problem: string): void {
  process.stderr.write(`voice-bridge: ${problem}\n`);
  process.exitCode = 1;
}
