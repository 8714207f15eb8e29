import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadOpusCodec } from '@voice-bridge/media-node';
import type { Generator } from './generator.ts';
import { runProgram } from './programs.ts';
import { answeredSessions, bridgedSessions, type Command, plainSessions, type Sessions } from './sessions.ts';

/** One system of the table. */
export interface Row {
  readonly name: string;
  readonly title: string;
  /** For systems that decode: what is played to them, Opus packets. */
  readonly tone?: { readonly silence: Uint8Array; readonly tone: Uint8Array };
  readonly start: (core: number, generator: Generator) => Promise<Sessions>;
}

/** A row, or why there is none on this machine. */
export type RowOrReason =
  | { readonly row: Row }
  | { readonly name: string; readonly title: string; readonly reason: string };

const BUILT = new URL('./.cache/', import.meta.url);
/** What Node does by itself: as somebody chose it, `listen` leaves it alone. */
const GROWING = '--semi-space-growth-factor=2';
const GO_SOURCES = '/usr/share/gocode';
const DEBIAN_PYTHON = '/usr/bin/python3';

/** Every system, in the order of the table; those that cannot run here say why. */
export const ROWS: readonly {
  readonly name: string;
  readonly title: string;
  readonly make: () => Row | Promise<Row>;
}[] = [
  node('node', 'Node dgram forwarder, no crypto', 'dgram-forwarder.ts', plainSessions),
  node('bridge', '**Voice Bridge**', 'voice-bridge.ts', bridgedSessions),
  node('bridge-grown', '**Voice Bridge**, `smallYoungGeneration: false`', 'voice-bridge.ts', bridgedSessions, [
    GROWING,
  ]),
  node('werift', 'werift as installed, `sendRtp`', 'werift-relay.ts', answeredSessions),
  node('ndc', 'node-datachannel', 'node-datachannel-relay.ts', answeredSessions),
  { name: 'pion', title: 'Pion, default interceptors', make: () => pion('pion', 'Pion, default interceptors', {}) },
  {
    name: 'pion-bare',
    title: 'Pion, no interceptors',
    make: () => pion('pion-bare', 'Pion, no interceptors', { PION_BARE: '1' }),
  },
  { name: 'aiortc', title: 'aiortc `MediaRelay` (decodes and encodes)', make: aiortc },
];

/** Makes the rows named, all of them when none is; unknown names are a `TypeError`. */
export async function makeRows(names: readonly string[]): Promise<readonly RowOrReason[]> {
  const unknown = names.find((name) => !ROWS.some((row) => row.name === name));
  if (unknown !== undefined)
    throw new TypeError(`No row ${unknown}; there are ${ROWS.map(({ name }) => name).join(', ')}`);
  const wanted = ROWS.filter(({ name }) => names.length === 0 || names.includes(name));
  return Promise.all(
    wanted.map(async ({ name, title, make }) => {
      try {
        return { row: await make() };
      } catch (error) {
        return { name, title, reason: error instanceof Error ? error.message.split('\n', 1).join() : String(error) };
      }
    }),
  );
}

type Open = (command: Command, core: number, generator: Generator) => Promise<Sessions>;

function node(name: string, title: string, file: string, open: Open, flags: readonly string[] = []) {
  const path = fileURLToPath(new URL(`./systems/${file}`, import.meta.url));
  const command = { program: process.execPath, args: [...flags, path] };
  return {
    name,
    title,
    make: () => ({ name, title, start: (core: number, generator: Generator) => open(command, core, generator) }),
  };
}

/** Debian's packages of Pion are built in GOPATH mode: import paths with a version need a go.mod beside the importer. */
function pion(name: string, title: string, environment: NodeJS.ProcessEnv): Row {
  if (!existsSync(`${GO_SOURCES}/src/github.com/pion/webrtc`))
    throw new Error('golang-github-pion-webrtc.v3-dev is not installed');
  const workspace = fileURLToPath(new URL('go/', BUILT));
  const folder = `${workspace}src/relay`;
  mkdirSync(folder, { recursive: true });
  cpSync(fileURLToPath(new URL('./systems/pion/', import.meta.url)), folder, { recursive: true });
  const program = `${workspace}relay`;
  const go = { GO111MODULE: 'off', GOPATH: `${workspace}:${GO_SOURCES}`, GOCACHE: `${workspace}cache` };
  runProgram('go', ['build', '-o', program, '.'], { ...process.env, ...go }, folder);
  const command = { program, args: [], environment: { ...process.env, ...environment } };
  return { name, title, start: (core, generator) => answeredSessions(command, core, generator) };
}

async function aiortc(): Promise<Row> {
  const path = fileURLToPath(new URL('./systems/aiortc_relay.py', import.meta.url));
  runProgram(DEBIAN_PYTHON, ['-c', 'import aiortc']);
  const command = { program: DEBIAN_PYTHON, args: [path] };
  return {
    name: 'aiortc',
    title: 'aiortc `MediaRelay` (decodes and encodes)',
    tone: await opusPackets(),
    start: (core, generator) => answeredSessions(command, core, generator),
  };
}

/** One packet of silence and one of a steady tone, 20 ms each, as an encoder in the middle of a stream makes them. */
async function opusPackets(): Promise<{ silence: Uint8Array; tone: Uint8Array }> {
  const codec = await loadOpusCodec();
  const last = (sample: (n: number) => number) => {
    const encoder = codec.createEncoder({ sampleRateHz: 48_000 });
    let packet = new Uint8Array();
    for (let frame = 0; frame < 10; frame++) {
      packet = Uint8Array.from(encoder.encode(Int16Array.from({ length: 960 }, (_, n) => sample(frame * 960 + n))));
    }
    encoder.close();
    return packet;
  };
  return { silence: last(() => 0), tone: last((n) => 12_000 * Math.sin((2 * Math.PI * 440 * n) / 48_000)) };
}
