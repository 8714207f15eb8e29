import { spawn } from 'node:child_process';
import { VoiceBridgeError } from '@voice-bridge/core';

const MAX_LOG_LENGTH = 1_000_000;

/** How long a program may take, and what ends it early. */
export interface ProcessLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Runs a program to its end and gives back what it wrote to standard error. Rejects with `aborted` when the signal fires and with
 * `internal` when it takes too long, cannot start or fails; the process is gone by then.
 */
export function runProcess(
  program: string,
  options: readonly string[],
  { timeoutMs, signal }: ProcessLimits,
): Promise<string> {
  if (signal.aborted) return Promise.reject(abortedError());
  return new Promise((resolve, reject) => {
    const child = spawn(program, options, { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    let ending: VoiceBridgeError | undefined;
    const end = (error: VoiceBridgeError): void => {
      ending ??= error;
      child.kill('SIGKILL');
    };
    const abort = (): void => end(abortedError());
    const timer = setTimeout(
      () => end(new VoiceBridgeError('internal', `The recogniser took more than ${timeoutMs} ms`)),
      timeoutMs,
    );
    signal.addEventListener('abort', abort, { once: true });
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      if (log.length < MAX_LOG_LENGTH) log += text;
    });
    child.on('error', (cause) => {
      ending ??= new VoiceBridgeError('internal', 'The recogniser could not be started', { cause });
    });
    child.on('close', (exitCode) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      if (ending !== undefined) reject(ending);
      else if (exitCode === 0) resolve(log);
      else reject(new VoiceBridgeError('internal', `The recogniser ended with ${exitCode}: ${lastError(log)}`));
    });
  });
}

function abortedError(): VoiceBridgeError {
  return new VoiceBridgeError('aborted', 'The recognition was given up');
}

function lastError(log: string): string {
  return log.split('\n').findLast((line) => /^(ERROR|FATAL)/.test(line)) ?? 'no reason given';
}
