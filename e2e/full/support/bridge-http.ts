import {
  bridgePath,
  bridgeResponseSchema,
  ENDPOINTS,
  type ErrorCode,
  errorResponseSchema,
  parseValue,
} from '@voice-bridge/core';
import { createMediaConnection } from '@voice-bridge/media-node';
import { realClock } from '../../integration/support/real-clock.ts';

/** How one request to the bridge ended: an answer to the offer, or the code of the refusal. */
export type Outcome =
  | { readonly status: 200; readonly sessionId: string; readonly answer: string }
  | { readonly status: number; readonly code: ErrorCode | string };

/** A good offer of a client that is gone: nobody will ever connect to its answer. */
export async function deadOffer(): Promise<string> {
  const connection = createMediaConnection({
    clock: realClock,
    channels: ['voice-bridge.control'],
    additionalHostAddresses: ['127.0.0.1'],
  });
  const offer = await connection.createOffer();
  await connection.close();
  return offer;
}

/** Posts an offer. Throws for an answer that is not in the protocol. */
export async function postOffer(
  url: string,
  conversationId: string,
  offer: string,
  signal?: AbortSignal,
): Promise<Outcome> {
  const body = JSON.stringify({ conversation_id: conversationId, offer });
  const response = await postRaw(url, body, signal);
  const text = await response.text();
  if (response.status !== 200) return { status: response.status, code: codeIn(text) };
  const parsed = parseValue(bridgeResponseSchema, JSON.parse(text));
  if (!parsed.ok) throw new Error(`Not in the protocol: ${parsed.problem}`);
  return { status: 200, sessionId: parsed.value.session_id, answer: parsed.value.answer };
}

/** Posts any bytes where an offer is expected. */
export function postRaw(url: string, body: string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${url}${ENDPOINTS.bridge}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Asks for the end of a conversation; gives the HTTP status. */
export async function deleteConversation(url: string, conversationId: string): Promise<number> {
  const response = await fetch(`${url}${bridgePath(conversationId)}`, { method: 'DELETE' });
  await response.arrayBuffer();
  return response.status;
}

/** The code of an error answer. Throws when the text is none. */
export function codeIn(text: string): string {
  const parsed = parseValue(errorResponseSchema, JSON.parse(text));
  if (!parsed.ok) throw new Error(`Not an error answer: ${text.slice(0, 200)}`);
  return parsed.value.error.code;
}
