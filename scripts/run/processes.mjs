import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Failure } from './console.mjs';
import { ROOT } from './paths.mjs';

const KEPT_LINES = 20;
const running = new Set();
let stoppedBy;

/**
 * Runs a program to its end and resolves with its exit code and what it printed.
 * `output: 'show'` passes its lines through, `'keep'` holds them back. Never rejects for a non-zero exit; a program that
 * cannot be started gives code 127. Rejects only when we were told to stop meanwhile.
 */
export function run(command, args, { env = process.env, cwd = ROOT, output = 'show' } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = output === 'show' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, args, { env, cwd, stdio });
    running.add(child);
    let text = '';
    const collect = (part) => {
      text += part;
    };
    child.stdout?.setEncoding('utf8').on('data', collect);
    child.stderr?.setEncoding('utf8').on('data', collect);
    child.on('error', (error) => finish(127, `${error.message}\n`));
    child.on('close', (code, signal) => finish(exitCode(code, signal), ''));
    const finish = (code, more) => {
      running.delete(child);
      if (stoppedBy !== undefined) reject(new Failure(`Stopped by ${stoppedBy}`));
      else resolve({ code, output: text + more });
    };
  });
}

/** Like {@link run}, but a non-zero exit throws a {@link Failure} that names the step, the code and the exact command. */
export async function mustRun(title, command, args, options = {}) {
  const result = await run(command, args, options);
  if (result.code === 0) return result;
  const text = shorten(result.output.trim().split('\n'));
  if (text !== '') process.stderr.write(`${text}\n`);
  throw new Failure(
    `${title} failed with exit code ${result.code}`,
    options.fix ?? `run  ${quote(command, args)}  and read its output`,
  );
}

/** Runs a server in the foreground until it ends or until we are asked to stop; gives its exit code. */
export function runForeground(command, args, { env = process.env, cwd = ROOT } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, cwd, stdio: 'inherit' });
    running.add(child);
    child.on('error', () => resolve(127));
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve(exitCode(code, signal));
    });
  });
}

/** Passes SIGINT and SIGTERM on to every running child, so that each can close what it holds open. */
export function forwardSignals() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      stoppedBy = signal;
      if (running.size === 0) process.exit(128 + constants.signals[signal]);
      for (const child of running) child.kill(signal);
    });
  }
}

/** The command as a person would type it. */
export function quote(command, args) {
  return [command, ...args]
    .map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : `'${part.replaceAll("'", "'\\''")}'`))
    .join(' ');
}

/** The first and the last lines: programs name the cause at either end. */
function shorten(lines) {
  if (lines.length <= 2 * KEPT_LINES) return lines.join('\n');
  return [...lines.slice(0, KEPT_LINES), '  …', ...lines.slice(-KEPT_LINES)].join('\n');
}

function exitCode(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 0);
}

/**
 * Starts a server beside us and resolves when a line of its output matches `ready`, with that match and a `stop`.
 * Throws a {@link Failure} when it ends or stays silent first.
 */
export function startServer(title, command, args, { env, ready, withinMs, cwd = ROOT }) {
  const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  const ended = new Promise((resolve) => child.on('close', resolve));
  ended.then(() => running.delete(child));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return new Promise((resolve, reject) => {
    const fix = `run  ${quote(command, args)}  and read its output`;
    const fail = (message) => reject(new Failure(message, fix));
    const waiting = setTimeout(() => {
      fail(`${title} was not ready within ${withinMs / 1000} s`);
      stop();
    }, withinMs);
    let text = '';
    child.on('error', () => fail(`${title} could not be started`));
    const read = (part) => {
      text += part;
      const match = ready.exec(text);
      if (match === null) return;
      clearTimeout(waiting);
      child.stdout.off('data', read).resume();
      resolve({ match, stop });
    };
    child.stdout.setEncoding('utf8').on('data', read);
    ended.then((code) => {
      clearTimeout(waiting);
      fail(`${title} ended with exit code ${code} before it was ready`);
    });
  });
}
