import { startLocalRealtime } from '@voice-bridge/local-realtime';
import { runProgram } from 'example-server-tools/run-program';
import { tools } from 'example-server-tools/tools';
import { afterEach, describe, expect, it } from 'vitest';
import { BridgeClient } from '../integration/support/bridge-client.ts';
import { spoken } from '../integration/support/voice.ts';
import { startHouse } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { hasRecogniser } from '../support/recognise.ts';
import { skipWithout } from '../support/skip.ts';
import { openTalkingPage, type } from '../support/talking-page.ts';
import { startExample } from './support/start-example.ts';

const skip = skipWithout({ 'the recogniser (pocketsphinx)': hasRecogniser });

afterEach(closeAll);

describe('the example with tools that run programs', () => {
  it('starts by itself, shows how far a slow program is, and says what came of it [S-1.21] [S-1.26] [S-4.5]', async () => {
    const client = await visit((await startExample('server-tools')).url);
    client.send({ type: 'text', text: 'ask the team about the moon' });
    const call = await client.waitFor('tool_call', ({ tool_call: { state } }) => state === 'done');
    expect(call.tool_call).toMatchObject({ name: 'execute_nested_team', arguments: '{"text":"the moon"}' });
    expect(linesOf(client)).toEqual([
      'The reader is thinking',
      'The reader says: it is 2 words long',
      'The critic is thinking',
      'The critic says: its longest word is moon',
      'The writer is thinking',
      'The writer says: it is best put as "the moon"',
    ]);
    await client.waitFor('assistant', ({ state }) => state === 'speaking');
    await client.waitFor('assistant', ({ state }) => state === 'idle');
    expect(client.lastLine('assistant')).toBe('The team has talked about the moon. Its longest word is moon.');
  });

  it('says why a program failed', async () => {
    const client = await visit((await startExample('server-tools')).url);
    client.send({ type: 'text', text: 'let the agent code a clock' });
    const call = await client.waitFor('tool_call', ({ tool_call: { state } }) => state === 'failed');
    expect(call.tool_call).toMatchObject({ name: 'execute_claude_code', arguments: '{"task":"a clock"}' });
    await client.waitFor('assistant', ({ state }) => state === 'speaking');
    await client.waitFor('assistant', ({ state }) => state === 'idle');
    expect(client.lastLine('assistant')).toBe('Sorry, that did not work. The code agent has no project to work in.');
  });

  it.skipIf(skip)('hears a question for the team', async () => {
    const model = await startLocalRealtime();
    const voice = await spoken(model.url, { question: 'ask the team about the moon' }).finally(() => model.close());
    const client = await visit((await startExample('server-tools')).url);
    await client.microphone.say(voice.question);
    const call = await client.waitFor('tool_call', ({ tool_call: { state } }) => state === 'done', 30_000);
    expect(call.tool_call).toMatchObject({ name: 'execute_nested_team', arguments: '{"text":"the moon"}' });
  });

  it('shows the progress and the result on the page', async () => {
    const house = await startHouse({ tools });
    cleanup(() => house.close());
    const page = await openTalkingPage(house);
    await type(page, 'ask the team about our garden');
    await page.locator('.tools li[data-state=running] progress').waitFor();
    await page.locator('.tools small', { hasText: 'The writer is thinking' }).waitFor();
    await page.locator('.tools li[data-state=done] small', { hasText: 'is best put as' }).waitFor();
    await page
      .locator('[data-role=assistant][data-state=final]', { hasText: 'The team has talked about our garden.' })
      .waitFor();
  });
});

describe('a program of a tool', () => {
  it('ends when its call does, also one that does not want to', async () => {
    const stubborn =
      "process.on('SIGTERM', () => {}); console.log(JSON.stringify({ progress: process.pid })); setInterval(() => {}, 1000)";
    const abort = new AbortController();
    let tellPid: (pid: unknown) => void = () => {};
    const started = new Promise<unknown>((resolve) => {
      tellPid = resolve;
    });
    const running = runProgram({
      file: process.execPath,
      args: ['-e', stubborn],
      input: '',
      signal: abort.signal,
      onProgress: (pid) => tellPid(pid),
    });
    const pid = Number(await started);
    abort.abort(new Error('The session closed'));
    await expect(running).rejects.toThrow('The session closed');
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('is started without a shell, and gets nothing of our environment', async () => {
    process.env.CANARY_KEY = 'sk-canary-55d1';
    const print =
      'console.log(JSON.stringify({ result: { args: process.argv.slice(1), env: Object.keys(process.env) } }))';
    const program = { file: process.execPath, input: '', signal: new AbortController().signal, onProgress: () => {} };
    const result = await runProgram({ ...program, args: ['-e', print, '--', '$(id); `id` && id'] });
    delete process.env.CANARY_KEY;
    expect(result).toMatchObject({ args: ['$(id); `id` && id'] });
    expect(JSON.stringify(result)).not.toContain('CANARY_KEY');
  });

  it('that is not there, or gives nothing, is a failure', async () => {
    const program = { input: 'x'.repeat(1_000_000), signal: new AbortController().signal, onProgress: () => {} };
    await expect(runProgram({ ...program, file: '/nobody/here', args: [] })).rejects.toThrow('ENOENT');
    await expect(runProgram({ ...program, file: process.execPath, args: ['-e', ''] })).rejects.toThrow('ended with 0');
  });
});

/** Every line of progress that was shown, in order. */
function linesOf(client: BridgeClient): string[] {
  const lines = client.all('tool_call').map(({ tool_call: { progress } }) => lineOf(progress));
  return lines.filter((line, index) => line !== undefined && line !== lines[index - 1]).map(String);
}

function lineOf(progress: unknown): unknown {
  return typeof progress === 'object' && progress !== null && 'line' in progress ? progress.line : undefined;
}

async function visit(url: string): Promise<BridgeClient> {
  const client = await BridgeClient.connect(url, 'workshop');
  cleanup(() => client.vanish());
  return client;
}
