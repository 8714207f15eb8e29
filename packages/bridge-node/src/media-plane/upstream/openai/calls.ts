import { type ErrorCode, VoiceBridgeError } from '@voice-bridge/core';
import { CALL_PARTS, CALLS_PATH, callIdOf, hangupPath, MAX_SDP_LENGTH } from '@voice-bridge/core/openai';
import type { Fetch } from '../upstream.ts';
import { encodeMultipart } from './multipart.ts';
import { readLimited } from './read-limited.ts';
import { MAX_PROBLEM_BYTES, refusalError, unreachableError } from './refusal.ts';

/** Where calls are made and with which key. */
export interface CallsOptions {
  /** Such as `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly fetch: Fetch;
}

/** A call the model accepted. */
export interface CreatedCall {
  /** The model's SDP answer, with all its candidates; rejects with `model_unreachable`, `model_error` or `aborted`. */
  readonly answer: Promise<string>;
  /** Last part of the `Location` header; undefined when the server gave none, so that there is nothing to hang up. */
  readonly callId: string | undefined;
}

/**
 * `POST /realtime/calls` with our offer and the session it asks for.
 * Rejects with `model_rejected`, `model_rate_limited`, `model_unreachable`, `model_error` or `aborted`; no error carries the key or the server's words.
 */
export async function createCall(
  options: CallsOptions,
  offer: string,
  session: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<CreatedCall> {
  const form = encodeMultipart([
    { name: CALL_PARTS.sdp, contentType: 'application/sdp', body: offer },
    { name: CALL_PARTS.session, contentType: 'application/json', body: JSON.stringify(session) },
  ]);
  const response = await post(options, CALLS_PATH, signal, {
    accept: 'application/sdp',
    contentType: form.contentType,
    body: form.body,
  });
  if (!response.ok) throw await refusal(response, signal);
  // The call is there from now on, whatever becomes of the answer: it is known before the answer is read.
  const answer = readAnswer(response, signal);
  answer.catch(() => {});
  return { answer, callId: callIdOf(response.headers.get('location') ?? '') };
}

async function readAnswer(response: Response, signal: AbortSignal): Promise<string> {
  const answer = await readLimited(response, MAX_SDP_LENGTH).catch(() => {
    throw failure(signal, 'model_unreachable', 'The connection to the speech model broke while it answered');
  });
  if (answer === undefined) throw new VoiceBridgeError('model_error', 'The answer of the speech model is too large');
  return answer;
}

/** `POST /realtime/calls/{callId}/hangup`. Rejects like {@link createCall}; a call that is gone already counts as hung up. */
export async function hangUpCall(options: CallsOptions, callId: string, signal: AbortSignal): Promise<void> {
  const response = await post(options, hangupPath(callId), signal, { accept: '*/*' });
  if (response.ok || response.status === 404) {
    await response.body?.cancel();
    return;
  }
  throw await refusal(response, signal);
}

interface Post {
  readonly accept: string;
  readonly contentType?: string;
  readonly body?: string;
}

async function post(options: CallsOptions, path: string, signal: AbortSignal, request: Post): Promise<Response> {
  const headers: Record<string, string> = { authorization: `Bearer ${options.apiKey}`, accept: request.accept };
  if (request.contentType !== undefined) headers['content-type'] = request.contentType;
  const url = `${options.baseUrl.replace(/\/+$/, '')}${path}`;
  try {
    return await options.fetch(url, {
      method: 'POST',
      headers,
      signal,
      // The key belongs to this address only.
      redirect: 'manual',
      ...(request.body === undefined ? {} : { body: request.body }),
    });
  } catch (error) {
    // The error itself is not kept: fetch quotes a header it does not like, and that header is the key.
    if (signal.aborted) throw failure(signal, 'aborted', '');
    throw unreachableError(field(field(error, 'cause'), 'code'));
  }
}

function failure(signal: AbortSignal, code: ErrorCode, message: string): VoiceBridgeError {
  return signal.aborted
    ? new VoiceBridgeError('aborted', 'The call to the speech model was given up')
    : new VoiceBridgeError(code, message);
}

async function refusal(response: Response, signal: AbortSignal): Promise<VoiceBridgeError> {
  const text = await readLimited(response, MAX_PROBLEM_BYTES).catch(() => undefined);
  return signal.aborted ? failure(signal, 'aborted', '') : refusalError(response.status, text);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
