import { isVoiceBridgeError, VoiceBridgeError } from '@voice-bridge/core';
import {
  postRemote,
  type RemoteAnswer,
  type RemoteServer,
  readAll,
  remoteEndpoint,
} from '../remote/remote-endpoint.ts';
import { serverSentData } from '../remote/server-sent-events.ts';
import type { AssistantEngine, AssistantOutput, AssistantRequest, AssistantToolChoice } from './assistant-engine.ts';
import { type ChatPiece, parseChatEvent } from './chat-answer.ts';
import { chatMessages } from './chat-messages.ts';
import { createRulesAssistant } from './rules-assistant.ts';
import { SentenceStream } from './sentence-stream.ts';

const ROUTE = '/chat/completions';
const NAME = 'The chat server';
const DEFAULT_MODEL = 'default';
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const END = '[DONE]';

/**
 * Answers with any server that has OpenAI's `POST /chat/completions` with streaming and tools: Ollama, llama.cpp server, OpenAI.
 * Sentences come one by one while the server still writes; calls come behind them, whole.
 */
export function createChatAssistant(server: RemoteServer): AssistantEngine {
  const endpoint = remoteEndpoint(NAME, ROUTE, server, MAX_ANSWER_BYTES);
  const model = server.model ?? DEFAULT_MODEL;
  return {
    name: 'chat',
    // A recogniser of phrases still hears the tools' own.
    phrases: (tools) => createRulesAssistant().phrases(tools),
    async *respond(request, signal) {
      if (signal.aborted) return;
      try {
        const answer = await postRemote(endpoint, JSON.stringify(requestBody(model, request)), signal);
        for await (const output of outputs(answer)) {
          if (signal.aborted) return;
          yield output;
        }
      } catch (error) {
        if (!(isVoiceBridgeError(error) && error.code === 'aborted')) throw error;
      }
    },
  };
}

function requestBody(model: string, request: AssistantRequest) {
  const tools = request.tools.map(({ name, description, parameters }) => ({
    type: 'function',
    function: { name, description, parameters },
  }));
  const offered = tools.length === 0 ? {} : { tools, ...chosenTool(request.toolChoice) };
  return { model, stream: true, messages: chatMessages(request), ...offered };
}

/** Left out when the model may choose: some servers do not know the field. */
function chosenTool(choice: AssistantToolChoice) {
  if (choice.name === 'function') return { tool_choice: { type: 'function', function: { name: choice.tool } } };
  return choice.name === 'required' ? { tool_choice: choice.name } : {};
}

async function* outputs(answer: RemoteAnswer): AsyncIterable<AssistantOutput> {
  const sentences = new SentenceStream();
  const calls = new Map<number, { name: string; arguments: string }>();
  for await (const piece of pieces(answer)) {
    if (piece.type === 'text') {
      for (const text of sentences.push(piece.text)) yield { type: 'sentence', text };
      continue;
    }
    const call = calls.get(piece.index) ?? { name: '', arguments: '' };
    calls.set(piece.index, { name: call.name + piece.name, arguments: call.arguments + piece.arguments });
  }
  for (const text of sentences.end()) yield { type: 'sentence', text };
  for (const call of calls.values()) yield wholeCall(call);
}

async function* pieces(answer: RemoteAnswer): AsyncIterable<ChatPiece> {
  for await (const text of events(answer)) {
    if (text === END) return;
    const parsed = parseChatEvent(text);
    if (!parsed.ok) throw new VoiceBridgeError('model_error', `${NAME} answered wrongly: ${parsed.problem}`);
    yield* parsed.value;
  }
}

/** A server that cannot stream answers with all of it at once. */
async function* events(answer: RemoteAnswer): AsyncIterable<string> {
  if (answer.contentType !== 'application/json') yield* serverSentData(answer.parts);
  else yield new TextDecoder().decode(await readAll(answer));
}

function wholeCall(call: { readonly name: string; readonly arguments: string }): AssistantOutput {
  if (call.name === '') throw new VoiceBridgeError('model_error', `${NAME} called a function without a name`);
  return { type: 'function_call', name: call.name, arguments: call.arguments === '' ? '{}' : call.arguments };
}
