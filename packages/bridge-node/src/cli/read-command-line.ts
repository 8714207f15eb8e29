import { parseArgs } from 'node:util';
import { type Parsed, parsedOk, parsedProblem } from '@voice-bridge/core';
import type { Environment } from '../model-options.ts';

/** What the command line and the environment ask of the program. */
export interface CommandLine {
  readonly help: boolean;
  readonly host: string;
  readonly port: number;
  /** Whether everybody may connect. */
  readonly open: boolean;
  /** Whether local networks reach it, over HTTPS. */
  readonly lan: boolean;
  /** A module whose default export, or export named `tools`, is a record of tools. */
  readonly tools: string | undefined;
  readonly instructions: string | undefined;
}

/** What `--help` prints. */
export const HELP = `voice-bridge: carries live voice between browsers and a realtime speech model

Usage: voice-bridge [options]

  --host <address>       Address to bind (HOST; default 127.0.0.1)
  --port <number>        Port to bind, 0 for any free one (PORT; default 3000)
  --open                 Let everybody who reaches it connect (VOICE_BRIDGE_AUTHORIZE=open).
                         Needed outside a loopback address and in production
  --lan                  Listen in local networks, too, over HTTPS, for phones (VOICE_BRIDGE_LAN=1).
                         Prints a code to scan; without its token nobody there may connect
  --tools <module>       Module with the assistant's tools: its default export, or its export "tools"
  --instructions <text>  System prompt of the assistant
  --help                 Print this

Environment: OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL, and OPENAI_TRANSPORT=websocket
where no UDP passes between here and the model. Without a key, run
npx @voice-bridge/local-realtime and set OPENAI_BASE_URL to the address it prints.`;

const DEFAULT_PORT = '3000';

/** Reads arguments (without node and program) and environment; arguments go first. Says what is wrong instead of throwing. */
export function readCommandLine(args: readonly string[], environment: Environment): Parsed<CommandLine> {
  const parsed = parse(args);
  if (!parsed.ok) return parsed;
  const values = parsed.value;
  const port = readPort(values.port ?? given(environment.PORT) ?? DEFAULT_PORT);
  if (port === undefined) return parsedProblem('The port must be a whole number from 0 to 65535');
  const authorize = given(environment.VOICE_BRIDGE_AUTHORIZE);
  if (authorize !== undefined && authorize !== 'open')
    return parsedProblem('VOICE_BRIDGE_AUTHORIZE can only be "open"');
  const lan = given(environment.VOICE_BRIDGE_LAN);
  if (lan !== undefined && lan !== '1') return parsedProblem('VOICE_BRIDGE_LAN can only be "1"');
  return parsedOk({
    help: values.help ?? false,
    host: values.host ?? given(environment.HOST) ?? '127.0.0.1',
    port,
    open: (values.open ?? false) || authorize === 'open',
    lan: (values.lan ?? false) || lan === '1',
    tools: values.tools,
    instructions: values.instructions,
  });
}

const OPTIONS = {
  host: { type: 'string' },
  port: { type: 'string' },
  open: { type: 'boolean' },
  lan: { type: 'boolean' },
  tools: { type: 'string' },
  instructions: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

function parse(args: readonly string[]) {
  try {
    return parsedOk(parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false }).values);
  } catch (error) {
    return parsedProblem<never>(error instanceof Error ? error.message : 'The arguments cannot be read');
  }
}

function given(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

function readPort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : undefined;
}
