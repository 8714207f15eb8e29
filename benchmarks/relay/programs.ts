import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** How long any answer of a program may take, in ms. */
const ANSWER_MS = 20_000;

/** Whatever else the machine does, it should not be what is measured. */
const FIRST_IN_LINE = process.getuid?.() === 0 ? ['nice', '-n', '-20'] : [];

interface Waiting {
  readonly pattern: RegExp;
  readonly resolve: (match: RegExpExecArray) => void;
  readonly reject: (error: Error) => void;
}

/** A program that is spoken to in lines, bound to one core. Its standard error is ours. */
export class LineProgram {
  readonly #name: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Set<Waiting>();
  readonly #lines: string[] = [];
  #ended: Error | undefined;

  /** Starts it on core number `core`; before all other programs, where we may ask for that. */
  constructor(name: string, core: number, command: string, args: readonly string[], environment = process.env) {
    this.#name = name;
    this.#child = spawn('taskset', ['-c', `${core}`, ...FIRST_IN_LINE, command, ...args], {
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child.stderr.pipe(process.stderr);
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', (error) => this.#end(error));
    this.#child.on('exit', (code, signal) => this.#end(new Error(`${name} ended with ${signal ?? code}`)));
    createInterface(this.#child.stdout).on('line', (line) => this.#take(line));
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Writes one line to it. */
  say(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** The first line, of those not yet taken, that matches. Rejects when it ends, is silent too long, or says `failed`. */
  hear(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      const timer = setTimeout(
        () => settle(() => reject(new Error(`${this.#name} did not say ${pattern}`))),
        ANSWER_MS,
      );
      const settle = (then: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        then();
      };
      const waiting: Waiting = {
        pattern,
        resolve: (match) => settle(() => resolve(match)),
        reject: (error) => settle(() => reject(error)),
      };
      this.#waiting.add(waiting);
      for (const [index, line] of this.#lines.entries()) {
        if (!this.#offer(line)) continue;
        this.#lines.splice(index, 1);
        return;
      }
    });
  }

  /** Ends it by the end of its input; killed when it does not go within 2 s. */
  async stop(): Promise<void> {
    if (this.#ended !== undefined) return;
    const exited = once(this.#child, 'exit');
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 2_000);
    await exited;
    clearTimeout(timer);
  }

  #take(line: string): void {
    if (line.startsWith('failed')) {
      for (const each of this.#waiting) each.reject(new Error(`${this.#name}: ${line}`));
    } else if (!this.#offer(line)) {
      this.#lines.push(line);
    }
  }

  #offer(line: string): boolean {
    for (const each of this.#waiting) {
      const match = each.pattern.exec(line);
      if (match === null) continue;
      each.resolve(match);
      return true;
    }
    return false;
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const each of this.#waiting) each.reject(this.#ended);
  }
}

/** Runs a program to its end; gives its output, or throws with what it said. */
export function runProgram(
  command: string,
  args: readonly string[],
  environment = process.env,
  folder?: string,
): string {
  return execFileSync(command, args, {
    encoding: 'utf8',
    env: environment,
    stdio: 'pipe',
    ...(folder === undefined ? {} : { cwd: folder }),
  });
}
