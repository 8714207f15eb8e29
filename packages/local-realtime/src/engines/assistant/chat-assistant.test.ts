import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { anySignal } from '../engine-test-support.ts';
import { type RemoteTestServer, startJsonTestServer } from '../remote/remote-test-server.ts';
import { answer, ask, assistantEngineContract, user } from './assistant-engine.contract.ts';
import type { AssistantOutput } from './assistant-engine.ts';
import { createChatAssistant } from './chat-assistant.ts';
import { DEMO_TOOLS } from './demo-tools.ts';
import { createRulesAssistant } from './rules-assistant.ts';

const requestSchema = z.strictObject({
  model: z.string(),
  stream: z.literal(true),
  messages: z.array(z.looseObject({ role: z.string(), content: z.nullable(z.string()) })),
  tools: z.optional(z.array(z.looseObject({ type: z.literal('function') }))),
  tool_choice: z.optional(z.unknown()),
});
type ChatRequest = z.infer<typeof requestSchema>;

let server: RemoteTestServer;
let asked: ChatRequest;
let reply: ((response: ServerResponse) => void) | undefined;

beforeAll(async () => {
  server = await startJsonTestServer(requestSchema, (request, response) => {
    asked = request;
    return reply === undefined ? answerByRules(asked, response) : reply(response);
  });
});
beforeEach(() => {
  reply = undefined;
});
afterAll(() => server.close());

/** A language model that is none: it streams what the rules say, a few letters at a time. */
async function answerByRules({ messages }: ChatRequest, response: ServerResponse): Promise<void> {
  const outputs = await answer(createRulesAssistant(), [user(messages.at(-1)?.content ?? '')]);
  const spoken = outputs.flatMap((output) => (output.type === 'sentence' ? [output.text] : [])).join(' ');
  const letters = (spoken.match(/.{1,9}/gs) ?? []).map((content) => ({ content }));
  const calls = outputs.flatMap((output, index) => (output.type === 'function_call' ? callPieces(output, index) : []));
  stream(response, [{ role: 'assistant', content: '' }, ...letters, ...calls]);
}

function callPieces(call: AssistantOutput & { type: 'function_call' }, index: number) {
  const first = { index, id: `call_${index}`, type: 'function', function: { name: call.name, arguments: '' } };
  const letters = call.arguments.match(/.{1,4}/gs) ?? [];
  return [first, ...letters.map((text) => ({ index, function: { arguments: text } }))].map((each) => ({
    tool_calls: [each],
  }));
}

function stream(response: ServerResponse, deltas: readonly object[], end = 'data: [DONE]\n\n'): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const choice = (delta: object, reason: string | null = null) =>
    response.write(`data: ${JSON.stringify({ id: 'x', choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`);
  for (const delta of deltas) choice(delta);
  choice({}, 'stop');
  response.write(`data: ${JSON.stringify({ choices: [], usage: { total_tokens: 3 } })}\n\n`);
  response.end(end);
}

const create = () => createChatAssistant({ url: server.url });

assistantEngineContract('a chat server', create);

it('asks with the model, the conversation and the tools', async () => {
  const chat = createChatAssistant({ url: server.url, model: 'llama3.2' });
  const request = ask({ instructions: 'Be kind.', items: [user('hello')], tools: DEMO_TOOLS });
  for await (const _ of chat.respond(request, anySignal()));
  expect(server.requests.at(-1)?.path).toBe('/v1/chat/completions');
  expect(asked.model).toBe('llama3.2');
  expect(asked.messages).toEqual([
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'hello' },
  ]);
  expect(asked.tools?.[4]).toEqual({ type: 'function', function: DEMO_TOOLS[4] });
  await answer(chat, [user('hello')], []);
  expect(asked.tools).toBeUndefined();
});

it.each([
  [{ name: 'auto' }, undefined],
  [{ name: 'required' }, 'required'],
  [
    { name: 'function', tool: 'roll_dice' },
    { type: 'function', function: { name: 'roll_dice' } },
  ],
] as const)('asks for tools as the session wants them: %o', async (toolChoice, expected) => {
  for await (const _ of create().respond(ask({ items: [user('hello')], tools: DEMO_TOOLS, toolChoice }), anySignal()));
  expect(asked.tool_choice).toEqual(expected);
});

it('puts calls together from their pieces, several at once too', async () => {
  expect(await answer(create(), [user('set the lamp to blue and roll the dice')])).toEqual([
    { type: 'function_call', name: 'set_lamp', arguments: '{"colour":"blue"}' },
    { type: 'function_call', name: 'roll_dice', arguments: '{}' },
  ]);
});

it('speaks the first sentence while the server still writes', async () => {
  let finish: () => void = () => {};
  reply = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: {"choices":[{"delta":{"content":"First. Sec"}}]}\n\n');
    finish = () => response.end('data: {"choices":[{"delta":{"content":"ond."}}]}\n\ndata: [DONE]\n\n');
  };
  const told: AssistantOutput[] = [];
  for await (const output of create().respond(ask({}), anySignal())) {
    told.push(output);
    finish();
  }
  expect(told).toEqual([
    { type: 'sentence', text: 'First.' },
    { type: 'sentence', text: 'Second.' },
  ]);
});

it('takes an answer that was not streamed, and a refusal', async () => {
  const call = { id: 'c', type: 'function', function: { name: 'roll_dice', arguments: '' } };
  reply = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ choices: [{ message: { content: null, refusal: 'No. Sorry.', tool_calls: [call] } }] }),
    );
  };
  expect(await answer(create(), [user('x')])).toEqual([
    { type: 'sentence', text: 'No.' },
    { type: 'sentence', text: 'Sorry.' },
    { type: 'function_call', name: 'roll_dice', arguments: '{}' },
  ]);
});

it.each([
  ['data: nonsense\n\n', 'Not JSON'],
  ['data: {"error":{"message":"The model is gone"}}\n\n', 'The model is gone'],
  ['data: {"choices":[{"delta":{"tool_calls":[{"function":{}}]}}]}\n\n', 'without a name'],
  ['data: {"choices":[{"delta":{"tool_calls":[{"index":100000}]}}]}\n\n', 'index'],
])('rejects %s', async (text, problem) => {
  reply = (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text);
  const failure = { code: 'model_error', message: expect.stringContaining(problem) };
  await expect(answer(create(), [user('x')])).rejects.toMatchObject(failure);
});

it('lets the server go when nobody listens any more', async () => {
  const controller = new AbortController();
  reply = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: {"choices":[{"delta":{"content":"Now. And"}}]}\n\n');
  };
  const request = ask({ items: [user('x')] });
  for await (const _ of create().respond(request, controller.signal)) controller.abort();
  await server.whenAbandoned();
});
