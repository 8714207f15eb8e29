import type { RealtimeResponse, ServerEventBody } from '@voice-bridge/core/openai';
import type { AudioFormat } from '../call/sound/audio-format.ts';
import type { ConversationItem, ItemContent } from '../call/turn/conversation.ts';
import type { Usage } from '../call/turn/usage.ts';
import { formatJson } from './format-json.ts';
import { emptyItemJson, itemJson, partJson } from './item-json.ts';
import type { ApiProblem } from './problem.ts';

/** What the `response` object of an event is made from. */
export interface ResponseFacts {
  readonly id: string;
  readonly conversationId: string | null;
  readonly modality: 'audio' | 'text';
  readonly voice: string;
  readonly format: AudioFormat;
  readonly maxOutputTokens: number | 'inf';
  readonly metadata: Readonly<Record<string, string>> | null;
}

/** How a response ended. */
export type ResponseOutcome =
  | { readonly name: 'completed' }
  | { readonly name: 'cancelled'; readonly reason: 'turn_detected' | 'client_cancelled' }
  | { readonly name: 'incomplete'; readonly reason: 'max_output_tokens' | 'content_filter' }
  | { readonly name: 'failed'; readonly problem: ApiProblem };

/** Where in a response an event belongs. */
export interface OutputPlace {
  readonly responseId: string;
  readonly outputIndex: number;
  readonly itemId: string;
}

/** `response.created`. */
export function responseCreated(facts: ResponseFacts): ServerEventBody {
  return {
    type: 'response.created',
    response: { ...responseJson(facts), status: 'in_progress', output: [] },
  };
}

/** `response.done`. */
export function responseDone(
  facts: ResponseFacts,
  outcome: ResponseOutcome,
  output: readonly ConversationItem[],
  usage: Usage,
): ServerEventBody {
  return {
    type: 'response.done',
    response: {
      ...responseJson(facts),
      status: outcome.name,
      ...statusDetails(outcome),
      output: output.map((item) => itemJson(item)),
      usage: usageJson(usage),
    },
  };
}

/** `rate_limits.updated`. */
export function rateLimitsUpdated(requests: RateLimit, tokens: RateLimit): ServerEventBody {
  const limit = (name: string, each: RateLimit) => ({
    name,
    limit: each.limit,
    remaining: each.remaining,
    reset_seconds: 0,
  });
  return { type: 'rate_limits.updated', rate_limits: [limit('requests', requests), limit('tokens', tokens)] };
}

/** One allowance and what is left of it. */
export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
}

/** `response.output_item.added`. */
export function outputItemAdded(place: OutputPlace, item: ConversationItem): ServerEventBody {
  return {
    type: 'response.output_item.added',
    response_id: place.responseId,
    output_index: place.outputIndex,
    item: emptyItemJson(item),
  };
}

/** `response.output_item.done`. */
export function outputItemDone(place: OutputPlace, item: ConversationItem): ServerEventBody {
  return {
    type: 'response.output_item.done',
    response_id: place.responseId,
    output_index: place.outputIndex,
    item: itemJson(item),
  };
}

/** `response.content_part.added` or `.done`. */
export function contentPart(change: 'added' | 'done', place: OutputPlace, content: ItemContent): ServerEventBody {
  return { type: `response.content_part.${change}`, ...partPlace(place), part: partJson(content) };
}

/** `response.output_audio_transcript.delta` or `response.output_text.delta`. */
export function textDelta(modality: 'audio' | 'text', place: OutputPlace, delta: string): ServerEventBody {
  const type = modality === 'audio' ? 'response.output_audio_transcript.delta' : 'response.output_text.delta';
  return { type: type, ...partPlace(place), delta };
}

/** `response.output_audio.delta`: the next piece of speech, base64 (WebSocket only). */
export function audioDelta(place: OutputPlace, delta: string): ServerEventBody {
  return { type: 'response.output_audio.delta', ...partPlace(place), delta };
}

/** What closes the content of an audio message: `response.output_audio.done`, then `response.output_audio_transcript.done`. */
export function audioDone(place: OutputPlace, transcript: string): readonly ServerEventBody[] {
  return [
    { type: 'response.output_audio.done', ...partPlace(place) },
    { type: 'response.output_audio_transcript.done', ...partPlace(place), transcript },
  ];
}

/** `response.output_text.done`. */
export function textDone(place: OutputPlace, text: string): ServerEventBody {
  return { type: 'response.output_text.done', ...partPlace(place), text };
}

/** `response.function_call_arguments.delta`. */
export function argumentsDelta(place: OutputPlace, callId: string, delta: string): ServerEventBody {
  return { type: 'response.function_call_arguments.delta', ...callPlace(place, callId), delta };
}

/** `response.function_call_arguments.done`. */
export function argumentsDone(place: OutputPlace, callId: string, name: string, text: string): ServerEventBody {
  return { type: 'response.function_call_arguments.done', ...callPlace(place, callId), name, arguments: text };
}

function partPlace(place: OutputPlace) {
  return {
    response_id: place.responseId,
    item_id: place.itemId,
    output_index: place.outputIndex,
    content_index: 0,
  };
}

function callPlace(place: OutputPlace, callId: string) {
  return {
    response_id: place.responseId,
    item_id: place.itemId,
    output_index: place.outputIndex,
    call_id: callId,
  };
}

function responseJson(facts: ResponseFacts): Omit<RealtimeResponse, 'status' | 'output'> {
  return {
    object: 'realtime.response',
    id: facts.id,
    ...(facts.conversationId === null ? {} : { conversation_id: facts.conversationId }),
    output_modalities: [facts.modality],
    max_output_tokens: facts.maxOutputTokens,
    audio: { output: { format: formatJson(facts.format), voice: facts.voice } },
    ...(facts.metadata === null ? {} : { metadata: { ...facts.metadata } }),
  };
}

function statusDetails(outcome: ResponseOutcome): Pick<RealtimeResponse, 'status_details'> {
  switch (outcome.name) {
    case 'completed':
      return {};
    case 'failed': {
      const { type, code, message } = outcome.problem;
      return { status_details: { type: outcome.name, error: { type, code, message } } };
    }
    default:
      return { status_details: { type: outcome.name, reason: outcome.reason } };
  }
}

function usageJson(usage: Usage) {
  const { inputText, inputAudio, outputText, outputAudio } = usage;
  return {
    total_tokens: inputText + inputAudio + outputText + outputAudio,
    input_tokens: inputText + inputAudio,
    output_tokens: outputText + outputAudio,
    input_token_details: {
      text_tokens: inputText,
      audio_tokens: inputAudio,
      image_tokens: 0,
      cached_tokens: 0,
      cached_tokens_details: { text_tokens: 0, audio_tokens: 0, image_tokens: 0 },
    },
    output_token_details: { text_tokens: outputText, audio_tokens: outputAudio },
  };
}
