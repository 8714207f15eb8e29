import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bridgeResponseSchema,
  CONTROL_CHANNEL_LABEL,
  ENDPOINTS,
  parseServerControl,
  parseValue,
} from '@voice-bridge/core';
import { createMediaConnection } from '@voice-bridge/media-node';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from './seam/system-clock.ts';
import { outcome } from './testing/ask.ts';
import { type LoopbackModel, type LoopbackModelOptions, startLoopbackModel } from './testing/loopback-model.ts';

const PROGRAM = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const CANARY = 'sk-canary-91f0b2';
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Run {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  readonly output: { stdout: string; stderr: string };
}

function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Run {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], { env: { PATH, PORT: '0', ...environment } });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  cleanups.push(() => child.kill('SIGKILL'));
  return { child, output, exit: once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null)) };
}

async function model(options: LoopbackModelOptions = {}): Promise<LoopbackModel> {
  const started = await startLoopbackModel(options);
  cleanups.push(() => started.close());
  return started;
}

async function ready({ output, exit }: Run): Promise<string> {
  const found = () => /http:\/\/localhost:\d+/.exec(output.stdout)?.[0];
  await Promise.race([expect.poll(found).toBeDefined(), exit]);
  return found() ?? expect.fail(`it did not start: ${output.stderr}`);
}

/** Joins like a browser: an offer with a control channel, the answer, a connection. Gives the control messages, once the first is there. */
async function join(url: string, conversationId: string) {
  const messages: string[] = [];
  const connection = createMediaConnection({
    clock: systemClock,
    channels: [CONTROL_CHANNEL_LABEL],
    dialCandidates: true,
    additionalHostAddresses: ['127.0.0.1'],
  });
  cleanups.push(() => connection.close());
  connection.on('channel', (channel) => channel.receive((message) => messages.push(String(message))));
  const response = await post(url, { conversation_id: conversationId, offer: await connection.createOffer() });
  const body = parseValue(bridgeResponseSchema, await response.json());
  if (!body.ok) throw new TypeError(`The bridge answered ${response.status}: ${body.problem}`);
  await connection.acceptAnswer(body.value.answer);
  await connection.whenConnected();
  const joined = () => messages.map((text) => parseServerControl(text)).some((m) => m.ok && m.value.type === 'joined');
  await expect.poll(joined).toBe(true);
  return { messages, sessionId: body.value.session_id };
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(`${url}${ENDPOINTS.bridge}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

describe('the voice-bridge program', () => {
  it('prints one line when ready, and on SIGTERM hangs up every model call and exits 0 within 5 s', async () => {
    const upstream = await model();
    const program = run([], { OPENAI_BASE_URL: upstream.url, OPENAI_API_KEY: CANARY });
    const url = await ready(program);
    const [first, second] = await Promise.all([join(url, 'one'), join(url, 'two')]);
    expect(first.sessionId).not.toBe(second.sessionId);
    const stoppedAt = performance.now();
    program.child.kill('SIGTERM');
    expect(await program.exit).toBe(0);
    expect(performance.now() - stoppedAt).toBeLessThan(5_000);
    const hangups = upstream.requests.filter((request) => request.endsWith('/hangup'));
    expect(hangups.sort()).toEqual(['POST /v1/realtime/calls/rtc_1/hangup', 'POST /v1/realtime/calls/rtc_2/hangup']);
    expect(first.messages.at(-1)).toContain('shutting_down');
    expect(program.output.stdout.trim().split('\n')).toHaveLength(1);
    expect(program.output.stdout + program.output.stderr).not.toContain(CANARY);
  });

  it('runs the tools of a module, once per call', async () => {
    const folder = await mkdtemp(joinPath(tmpdir(), 'voice-bridge-tools-'));
    cleanups.push(() => rm(folder, { recursive: true }));
    const path = joinPath(folder, 'tools.mjs');
    const entry = new URL('../dist/index.js', import.meta.url).href;
    const zod = import.meta.resolve('zod');
    await writeFile(
      path,
      `import { tool } from '${entry}';
import * as z from '${zod}';
export const tools = { double: tool({ description: 'x', input: z.object({ n: z.number() }), run: ({ n }) => ({ n: n * 2 }) }) };`,
    );
    const upstream = await model();
    const program = run(['--tools', path, '--instructions', 'Count.'], { OPENAI_BASE_URL: upstream.url });
    const url = await ready(program);
    expect(program.output.stdout).toContain('double');
    const { messages } = await join(url, 'c');
    const item = {
      id: 'item_1',
      type: 'function_call',
      status: 'completed',
      name: 'double',
      call_id: 'call_1',
      arguments: '{"n":21}',
    };
    const response = { id: 'resp_1', object: 'realtime.response', status: 'completed', output: [item] };
    upstream.say({
      type: 'response.created',
      event_id: 'e0',
      response: { ...response, status: 'in_progress', output: [] },
    });
    upstream.say({ type: 'response.output_item.done', event_id: 'e1', response_id: 'resp_1', output_index: 0, item });
    upstream.say({ type: 'response.done', event_id: 'e2', response });
    const results = () => upstream.events.filter((event) => event.includes('function_call_output'));
    await expect.poll(results).toHaveLength(1);
    expect(results()[0]).toContain(String.raw`{\"n\":42}`);
    const shown = () => messages.filter((text) => text.includes('"tool_call"'));
    await expect.poll(shown).toContainEqual(expect.stringContaining('done'));
    expect(upstream.events[0]).toContain('Count.');
  });

  it('keeps the key to itself when the model refuses it', async () => {
    const upstream = await model({ refusal: 401 });
    const program = run([], { OPENAI_BASE_URL: upstream.url, OPENAI_API_KEY: CANARY });
    const url = await ready(program);
    const offerer = createMediaConnection({ clock: systemClock, channels: [CONTROL_CHANNEL_LABEL] });
    cleanups.push(() => offerer.close());
    const answer = await post(url, { conversation_id: 'c', offer: await offerer.createOffer() });
    const text = await answer.clone().text();
    expect(await outcome(answer)).toEqual([502, 'model_rejected']);
    program.child.kill('SIGTERM');
    await program.exit;
    expect(upstream.requests).toEqual(['POST /v1/realtime/calls']);
    for (const said of [text, program.output.stdout, program.output.stderr]) expect(said).not.toContain(CANARY);
  });

  it('dials no model for junk SDP', async () => {
    const upstream = await model();
    const url = await ready(run([], { OPENAI_BASE_URL: upstream.url }));
    expect(await outcome(post(url, { conversation_id: 'c', offer: 'v=0\r\nnonsense\r\n' }))).toEqual([
      400,
      'invalid_offer',
    ]);
    expect(upstream.requests).toEqual([]);
  });

  it('exits 0 within 5 s though the model never answers the hang-up', async () => {
    const upstream = await model({ ignoresHangups: true });
    const program = run([], { OPENAI_BASE_URL: upstream.url });
    await join(await ready(program), 'c');
    const stoppedAt = performance.now();
    program.child.kill('SIGTERM');
    expect(await program.exit).toBe(0);
    expect(performance.now() - stoppedAt).toBeLessThan(5_000);
  });

  it('is forced to stop by a second signal', async () => {
    const upstream = await model({ ignoresHangups: true });
    const program = run([], { OPENAI_BASE_URL: upstream.url });
    await join(await ready(program), 'c');
    program.child.kill('SIGINT');
    await expect.poll(() => upstream.requests.some((request) => request.endsWith('/hangup'))).toBe(true);
    program.child.kill('SIGINT');
    expect(await program.exit).toBe(1);
  });

  it.each([
    ['no model at all', [], {}, 'missing_api_key'],
    ['the world and nobody authorized', ['--host', '0.0.0.0'], { OPENAI_API_KEY: CANARY }, 'authorize_required'],
    ['production and nobody authorized', [], { OPENAI_API_KEY: CANARY, NODE_ENV: 'production' }, 'authorize_required'],
    ['a wrong argument', ['--colour'], { OPENAI_API_KEY: CANARY }, '--colour'],
    ['tools that are none', ['--tools', 'package.json'], { OPENAI_API_KEY: CANARY }, 'package.json'],
  ])('says why it does not start with %s, and exits 1', async (_name, args, environment, words) => {
    const program = run(args, environment);
    expect(await program.exit).toBe(1);
    expect(program.output.stdout).toBe('');
    expect(program.output.stderr).toContain(words);
    expect(program.output.stderr).not.toContain(CANARY);
    expect(program.output.stderr).not.toMatch(/\n\s+at /);
  });

  it('shows phones in the network a code and a link with a token, and makes its authority once', async () => {
    const cache = await mkdtemp(joinPath(tmpdir(), 'voice-bridge-cache-'));
    cleanups.push(() => rm(cache, { recursive: true }));
    const upstream = await model();
    const shown = async () => {
      const program = run(['--lan'], { OPENAI_BASE_URL: upstream.url, XDG_CACHE_HOME: cache });
      await ready(program);
      const said = () => program.output.stdout.split('\n').slice(1).join('\n');
      await expect.poll(said).toMatch(/SHA-256 \S+\n|No local network yet/);
      const fingerprint = /SHA-256 (\S+)/.exec(said())?.[1];
      expect(fingerprint === undefined || /https:\S+\/lan#[\w-]{32}\n/.test(said())).toBe(true);
      program.child.kill('SIGTERM');
      expect(await program.exit).toBe(0);
      return [fingerprint, await readFile(joinPath(cache, 'voice-bridge', 'lan', 'authority.pem'), 'utf8')];
    };
    expect(await shown()).toEqual(await shown());
  });

  it('explains itself', async () => {
    const program = run(['--help']);
    expect(await program.exit).toBe(0);
    expect(program.output.stdout).toContain('--tools <module>');
  });
});
