import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startRemoteTestServer } from './engines/remote/remote-test-server.ts';
import { newIds, SCRIPTED_SEED } from './new-ids.ts';
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

async function connect(program: ReturnType<typeof run>): Promise<RealtimeTestClient> {
  await expect
    .poll(() => program.printed.out + program.printed.err)
    .toMatch(/^Ready: OPENAI_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/v1/);
  return RealtimeTestClient.connect({ url: /http\S+/.exec(program.printed.out)?.[0] ?? '' });
}

/** Types something and gives what the assistant answers in text. */
async function ask(client: RealtimeTestClient, text: string): Promise<string> {
  client.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
  });
  client.send({ type: 'response.create', response: { output_modalities: ['text'] } });
  return (await client.waitFor('response.output_text.done')).text;
}

it('prints one line when ready, serves, and ends with 0 on SIGTERM, calls included', async () => {
  const running = run('--port', '0', '--voice', 'cedar');
  const client = await connect(running);
  expect(client.all('session.created')[0]?.session).toMatchObject({ audio: { output: { voice: 'cedar' } } });
  running.child.kill('SIGTERM');
  expect(await running.exit).toEqual([0, null]);
  expect(running.printed.out.trim().split('\n')).toHaveLength(1);
  await client.until(() => client.state === 'closed', 'the end');
  await client.close();
});

it('answers from a script', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'voice-bridge-test-'));
  const file = join(folder, 'script.json');
  writeFileSync(file, JSON.stringify({ turns: ['It is noon.'] }));
  const running = run('--port', '0', '--script', file);
  const client = await connect(running);
  const [created] = client.all('session.created');
  const newId = newIds(SCRIPTED_SEED);
  expect([created?.session.id, client.callId]).toEqual([newId('sess'), newId('rtc')]);
  expect(await ask(client, 'What time is it?')).toBe('It is noon.');
  await client.close();
  running.child.kill('SIGTERM');
  expect(await running.exit).toEqual([0, null]);
  rmSync(folder, { recursive: true });
});

it('serves https: when told to', async () => {
  const running = run('--port', '0', '--tls');
  await expect.poll(() => running.printed.out).toContain('Ready: OPENAI_BASE_URL=https:');
  expect(running.printed.err).toContain('BEGIN CERTIFICATE');
  running.child.kill('SIGTERM');
  expect(await running.exit).toEqual([0, null]);
});

it('thinks with a chat server', async () => {
  const server = await startRemoteTestServer((request, response) => {
    const heard = /"content":"(What[^"]*)"/.exec(request.body.toString())?.[1];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ choices: [{ message: { content: `You asked: ${heard}` } }] }));
  });
  const running = run('--port', '0', '--llm-url', server.url);
  const client = await connect(running);
  expect(await ask(client, 'What is love?')).toBe('You asked: What is love?');
  await client.close();
  running.child.kill('SIGTERM');
  await running.exit;
  await server.close();
});

it.each([
  [['--port', 'eight'], '--port'],
  [['--script', '/nonexistent'], '/nonexistent'],
  [['--port', '0', '--llm-url', 'nowhere'], 'The chat server needs an http: or https: URL'],
])('says what is wrong with %j, and ends with 1', async (options, problem) => {
  const { printed, exit } = run(...options);
  expect(await exit).toEqual([1, null]);
  expect(printed.err).toContain(problem);
});
