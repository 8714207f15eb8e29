import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program and what it is given. */
export interface Program {
  readonly file: string;
  /** Each one word for the program: no shell reads them. */
  readonly args: readonly string[];
  /** What the program reads from its standard input. */
  readonly input: string;
  /** Ends the program. */
  readonly signal: AbortSignal;
  /** Told of each `{"progress": …}` line. */
  readonly onProgress: (progress: unknown) => void;
}

/** A program that does not end when it is asked to is killed after this, in ms. */
const KILL_AFTER_MS = 2_000;
const MAX_LINE = 10_000;

/**
 * Runs a program that writes one JSON object per line: `{"progress": …}` as it goes on, and `{"result": …}` at its end. Resolves
 * with the result when it has ended well; rejects with its last word on standard error, or with the signal's reason. What a
 * person said never reaches a shell, and the program gets nothing of our environment but `PATH`: no key.
 */
export function runProgram({ file, args, input, signal, onProgress }: Program): Promise<unknown> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = spawn(file, [...args], { env: { PATH: process.env.PATH ?? '' }, stdio: 'pipe' });
    let result: unknown;
    let complaint = '';
    const stop = () => end(child);
    signal.addEventListener('abort', stop, { once: true });
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = read(text);
      if (line === undefined) return;
      if ('progress' in line) onProgress(line.progress);
      if ('result' in line) result = line.result;
    });
    createInterface({ input: child.stderr }).on('line', (text) => {
      if (text.trim() !== '') complaint = text.trim().slice(0, 500);
    });
    child.on('error', (error) => {
      signal.removeEventListener('abort', stop);
      reject(error);
    });
    child.on('close', (code) => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(signal.reason);
      else if (code === 0 && result !== undefined) resolve(result);
      else reject(new Error(complaint === '' ? `The program ended with ${code}` : complaint));
    });
    // A program that ends before it has read everything closes the pipe.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

function end(child: ChildProcess): void {
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  child.once('close', () => clearTimeout(kill));
}

function read(text: string): object | undefined {
  if (text.length > MAX_LINE) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
