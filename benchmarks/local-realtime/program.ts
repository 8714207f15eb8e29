import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../packages/local-realtime/dist/cli.js', import.meta.url));
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;

/** The program, running by itself. */
export interface Program {
  readonly url: string;
  /** From its start to its `Ready` line. */
  readonly startMs: number;
  /** Memory it holds, in MB. */
  residentMb(): number;
  /** CPU it has used, in seconds. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

interface ProgramOptions {
  /** The built program, unless it is another one that prints `OPENAI_BASE_URL=…`. */
  readonly program?: string;
  readonly options?: readonly string[];
  /** Of Node. */
  readonly flags?: readonly string[];
}

/** Starts a program; the built one on a free port. */
export async function startProgram(what: ProgramOptions = {}): Promise<Program> {
  const { program = PROGRAM, options = ['--port', '0'], flags = [] } = what;
  const began = performance.now();
  const child = spawn(process.execPath, [...flags, program, ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
  const url = await new Promise<string>((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (data) => {
      printed += String(data);
      const found = /OPENAI_BASE_URL=(\S+)/.exec(printed)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error('The program ended before it was ready')));
  });
  const startMs = performance.now() - began;
  const { pid } = child;
  return {
    url,
    startMs,
    residentMb: () => (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES) / 2 ** 20,
    cpuSeconds: () => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
