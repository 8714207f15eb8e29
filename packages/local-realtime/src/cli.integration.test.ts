import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { RealtimeTestClient } from './testing/realtime-test-client.ts';

const program = fileURLToPath(new URL('./cli.ts', import.meta.url));

function run(...options: string[]) {
  const child = spawn(process.execPath, [program, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = { out: '', err: '' };
  child.stdout.on('data', (data) => {
    printed.out += String(data);
  });
  child.stderr.on('data', (data) => {
    printed.err += String(data);
  });
  return { child, printed, exit: once(child, 'exit') };
}

it('prints one line when ready, serves, and ends with 0 on SIGTERM, calls included', async () => {
  const { child, printed, exit } = run('--port', '0', '--voice', 'cedar');
  await expect.poll(() => printed.out).toMatch(/^Ready: OPENAI_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/v1/);
  const url = /http\S+/.exec(printed.out)?.[0] ?? '';
  const client = await RealtimeTestClient.connect({ url });
  expect(client.all('session.created')[0]?.session).toMatchObject({ audio: { output: { voice: 'cedar' } } });
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  expect(printed.out.trim().split('\n')).toHaveLength(1);
  await client.until(() => client.state === 'closed', 'the end');
  await client.close();
});

it('says what is wrong with its options, and ends with 1', async () => {
  const { printed, exit } = run('--port', 'eight');
  expect(await exit).toEqual([1, null]);
  expect(printed.err).toContain('--port');
});
