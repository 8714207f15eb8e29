import { ENDPOINTS, eventsPath, type LogFields, type Logger } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { ask, closeBridge, OFFER, openBridge, post, sendText } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost, type FakeSessionHostOptions } from '../../testing/fake-session-host.ts';
import { tool } from '../tools/tool.ts';

const CANARY = 'sk-canary"4711/secret+key';
const SPELLINGS = [CANARY, 'canary', '4711', encodeURIComponent(CANARY)];

/** Everything that leaves a bridge: answers, log lines, events, session views. */
function leaks(options: FakeSessionHostOptions = {}) {
  const left: string[] = [];
  const clock = new ManualClock();
  const host = new FakeSessionHost(options);
  const write = (fields: LogFields, message: string) => left.push(JSON.stringify(fields), message);
  const logger: Logger = { debug: write, info: write, warn: write, error: write };
  const leak = tool({
    description: 'leaks',
    input: z.object({ how: z.string() }),
    run: ({ how }, { progress, announce }) => {
      progress({ key: CANARY });
      announce(`the key is ${CANARY}`);
      if (how === 'throw') throw new TypeError(`no ${CANARY}`);
      return { key: CANARY };
    },
  });
  const failing = async () => {
    throw new TypeError(`store refused ${CANARY}`);
  };
  const bridge = createTestBridge(
    {
      model: { apiKey: CANARY },
      authorize: 'open',
      logger,
      tools: { leak },
      store: { append: failing, read: failing, readAfter: failing, delete: failing, close: failing },
    },
    { host, clock },
  );
  for (const name of [
    'sessionOpened',
    'sessionClosed',
    'participantJoined',
    'toolCall',
    'toolResult',
    'warning',
  ] as const) {
    bridge.on(name, (event) => {
      left.push(JSON.stringify(event));
    });
  }
  bridge.on('sessionOpened', () => {
    throw new TypeError(`listener ${CANARY}`);
  });
  const answered = async (response: Promise<Response>) => {
    const settled = await response;
    left.push(await settled.text(), JSON.stringify([...settled.headers]), JSON.stringify(bridge.sessions.list()));
  };
  return { left, clock, host, bridge, answered };
}

function expectClean(left: readonly string[]) {
  expect(left.length).toBeGreaterThan(0);
  for (const text of left) for (const spelling of SPELLINGS) expect(text).not.toContain(spelling);
}

it('the key is in no byte of a whole session, though tools, store, listeners and the host quote it', async () => {
  const { left, clock, host, bridge, answered } = leaks();
  const stream = await ask(bridge, eventsPath('c'));
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  left.push((await reader?.read())?.value ?? '');
  await answered(openBridge(bridge, 'c'));
  expect(host.last.options.upstream.apiKey).toBe(CANARY);
  for (const how of ['throw', 'return']) {
    host.last.emit({ type: 'toolCall', callId: how, name: 'leak', arguments: JSON.stringify({ how }) });
  }
  host.last.emit({ type: 'warning', code: 'model_error', message: `bad key ${CANARY}` });
  await clock.advanceAsync(0);
  const told = host.last.commands.filter(({ type }) => type !== 'join').map((command) => JSON.stringify(command));
  expect(host.last.told('toolResult')).toHaveLength(2);
  await answered(sendText(bridge, 'c'));
  await answered(ask(bridge, ENDPOINTS.config));
  host.last.end('model_closed', 'model_closed', `closed for ${encodeURIComponent(CANARY)}\n at stack ${CANARY}`);
  await answered(ask(bridge, ENDPOINTS.session));
  await answered(ask(bridge, ENDPOINTS.openapi));
  await answered(closeBridge(bridge, 'c'));
  const closing = bridge.close();
  for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) left.push(piece.value);
  await closing;
  expect(left.join('\n')).toContain('"type":"session_closed"');
  expect(left.join('\n')).toContain('[redacted]');
  expectClean([...left, ...told]);
});

it.each([
  'model_unreachable',
  'model_rejected',
  'model_rate_limited',
  'model_error',
  'connect_timeout',
  'internal',
] as const)('the key is in no byte when the model fails with %s', async (code) => {
  const { left, bridge, answered } = leaks({ model: { code, message: `Bearer ${CANARY} refused` } });
  await answered(openBridge(bridge, 'c'));
  expect(left.join('\n')).toContain('[redacted]');
  expectClean(left);
});

it.each([
  ['junk', '{', 'application/json'],
  ['the key itself', CANARY, 'text/plain'],
  ['the key as a field', JSON.stringify({ [CANARY]: 1 }), 'application/json'],
  ['the key as a conversation', JSON.stringify({ conversation_id: CANARY, offer: OFFER }), 'application/json'],
])('the key is in no byte of the answer to %s', async (_name, body, type) => {
  const { left, bridge, answered } = leaks();
  await answered(ask(bridge, ENDPOINTS.bridge, { method: 'POST', headers: { 'content-type': type }, body }));
  await answered(post(bridge, `${ENDPOINTS.bridge}/${encodeURIComponent(CANARY)}/text`, { text: 'x' }));
  await answered(ask(bridge, `/${encodeURIComponent(CANARY)}`));
  expectClean(left);
});
