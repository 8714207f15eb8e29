import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { cleanup } from '../../support/open-things.ts';

/** A running example. */
export interface Example {
  readonly url: string;
  /** What it says to press. */
  readonly button: string;
}

/** Starts `server.ts` of an example as its README does, on a free port and with the local model; it is stopped by a signal, and must end well. */
export async function startExample(name: string, environment: Readonly<Record<string, string>> = {}): Promise<Example> {
  const server = fileURLToPath(new URL(`../../../examples/${name}/server.ts`, import.meta.url));
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...rest } = process.env;
  const env = { ...rest, PORT: '0', ...environment };
  const child = spawn(process.execPath, [server], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  cleanup(() => stopped(child));
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url, button] = /^Open (http\S+) and press "(.+?)"/.exec(line) ?? [];
    if (url !== undefined && button !== undefined) return { url, button };
  }
  throw new Error(`The example ${name} did not start`);
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      expect(code).toBe(0);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
