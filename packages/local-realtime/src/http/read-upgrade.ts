import type { IncomingMessage } from 'node:http';
import type { SessionConfig } from '@voice-bridge/core/openai';
import { type ApiProblem, invalidRequest } from '../openai/problem.ts';
import { HttpProblem, httpProblem } from './http-problem.ts';
import { bearerKey, isEphemeral, subprotocolKey } from './keys.ts';

/** Close codes of refused WebSockets, as OpenAI sends them: the key, and everything else. */
const CLOSE = { key: 3_000, request: 4_000 } as const;
const MAX_URL_LENGTH = 4_096;
const MAX_MODEL_LENGTH = 128;
const TRANSCRIPTION = 'transcription';
const NO_CALL = 'No session found for the provided call_id';

/** What a client wants to open, or how it is refused. */
export type Upgrade =
  | { readonly type: 'session'; readonly session: SessionConfig; readonly key: UpgradeKey }
  | { readonly type: 'sideband'; readonly callId: string }
  /** Before the WebSocket: the answer is HTTP. */
  | { readonly type: 'refused'; readonly problem: HttpProblem }
  /** On the WebSocket: an `error` event, then this close code; all that a page in a browser can see. */
  | RefusedOnChannel;

/** A key and who showed it: a page in a browser sees only what comes over the WebSocket itself. */
export interface UpgradeKey {
  readonly text: string;
  readonly from: 'header' | 'page';
}

/** A refusal on the WebSocket. */
export interface RefusedOnChannel {
  readonly type: 'refusedOnChannel';
  readonly problem: ApiProblem;
  readonly closeCode: number;
}

/** Reads the request for a WebSocket; never throws. */
export function readUpgrade(request: Pick<IncomingMessage, 'url' | 'headers'>): Upgrade {
  const subprotocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim());
  const url = URL.parse((request.url ?? '').slice(0, MAX_URL_LENGTH), 'http://local');
  if (url?.pathname !== '/v1/realtime') return refused(httpProblem(404, 'unknown_url', 'Unknown request URL.'));
  if (asksForBeta(request.headers['openai-beta']) || subprotocols.some((each) => each.startsWith('openai-beta.'))) {
    return refusedOnChannel(betaProblem(), CLOSE.request);
  }
  const pageKey = subprotocolKey(subprotocols);
  const text = pageKey ?? headerKey(request.headers.authorization);
  if (text instanceof HttpProblem) return refused(text);
  const key: UpgradeKey = { text, from: pageKey === undefined ? 'header' : 'page' };
  return readTarget(url.searchParams, key);
}

/** True when a request's `OpenAI-Beta` header names the retired Realtime beta. */
export function asksForBeta(header: string | readonly string[] | undefined): boolean {
  return header !== undefined && String(header).includes('realtime');
}

/** Why a request in the shape of the retired beta is refused. */
export function betaProblem(): ApiProblem {
  const message = 'The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.';
  return invalidRequest('beta_api_shape_disabled', message);
}

/** How a key that opens nothing is refused: where its owner can see it. */
export function refusedKey(
  key: UpgradeKey,
  problem: HttpProblem,
): Extract<Upgrade, { type: 'refused' | 'refusedOnChannel' }> {
  return key.from === 'page' ? refusedOnChannel(problem.problem, CLOSE.key) : { type: 'refused', problem };
}

/** What a sideband to a call that is not there gets; also one with an ephemeral key. */
export function noCall(): HttpProblem {
  return httpProblem(404, 'call_id_not_found', NO_CALL);
}

function readTarget(query: URLSearchParams, key: UpgradeKey): Upgrade {
  const callId = query.get('call_id');
  const model = query.get('model');
  const intent = query.get('intent');
  const given = [callId, model, intent].filter((each) => each !== null);
  if (model !== null && intent === TRANSCRIPTION) {
    return refusedQuery('invalid_query', 'You must not provide a model parameter for transcription sessions.', 'model');
  }
  if (given.length !== 1) {
    const message = "Exactly one of the query parameters 'model', 'call_id' and 'intent' must be given.";
    return refusedQuery('invalid_query', message, given.length === 0 ? 'model' : null);
  }
  if (callId !== null) return isEphemeral(key.text) ? refused(noCall()) : { type: 'sideband', callId };
  if (intent === TRANSCRIPTION) return { type: 'session', session: { type: TRANSCRIPTION }, key };
  if (intent !== null) {
    return refusedQuery('invalid_value', `Invalid intent. Supported values are: '${TRANSCRIPTION}'.`, 'intent');
  }
  if (model !== null && model !== '' && model.length <= MAX_MODEL_LENGTH) {
    return { type: 'session', session: { type: 'realtime', model }, key };
  }
  return refusedQuery('invalid_value', 'The model has no usable name.', 'model');
}

function refusedQuery(code: string, message: string, param: string | null): RefusedOnChannel {
  return refusedOnChannel(invalidRequest(code, message, param), CLOSE.request);
}

function headerKey(authorization: string | undefined): string | HttpProblem {
  try {
    return bearerKey(authorization);
  } catch (error) {
    if (error instanceof HttpProblem) return error;
    throw error;
  }
}

function refused(problem: HttpProblem): Upgrade {
  return { type: 'refused', problem };
}

function refusedOnChannel(problem: ApiProblem, closeCode: number): RefusedOnChannel {
  return { type: 'refusedOnChannel', problem, closeCode };
}
