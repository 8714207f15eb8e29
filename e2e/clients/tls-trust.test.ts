import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { cleanup, closeAll } from '../support/open-things.ts';

const CLI = fileURLToPath(new URL('../../packages/local-realtime/dist/cli.js', import.meta.url));
const PROGRAM = fileURLToPath(new URL('./snippets/one-text-turn.ts', import.meta.url));

afterEach(closeAll);

it('a program that uses openai talks with `local-realtime --tls` once NODE_EXTRA_CA_CERTS names what it printed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'voice-bridge-tls-'));
  cleanup(() => rmSync(folder, { recursive: true }));
  const certificate = join(folder, 'local-realtime.pem');
  const script = join(folder, 'script.json');
  writeFileSync(script, JSON.stringify({ turns: ['It is noon.'] }));
  const url = await startCli(['--tls', '--port', '0', '--script', script], certificate);
  expect(await run({ OPENAI_BASE_URL: url, NODE_EXTRA_CA_CERTS: certificate })).toEqual({
    printed: 'It is noon.\n',
    code: 0,
  });
  expect(await run({ OPENAI_BASE_URL: url })).toEqual({ printed: '', code: 1 });
});

/** Starts the program with its stderr in a file, and gives the URL it prints when it is ready. */
async function startCli(args: readonly string[], stderr: string): Promise<string> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', openSync(stderr, 'w')] });
  const ended = once(child, 'exit');
  cleanup(async () => {
    child.kill();
    await ended;
  });
  if (child.stdout === null) throw new Error('No output');
  const [line] = await once(createInterface(child.stdout), 'line');
  return /https:\S+/.exec(String(line))?.[0] ?? '';
}

async function run(environment: Readonly<Record<string, string>>): Promise<{ printed: string; code: unknown }> {
  const child = spawn(process.execPath, [PROGRAM], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  child.stdout.on('data', (data) => {
    printed += String(data);
  });
  const [code] = await once(child, 'close');
  return { printed, code };
}
