import { bridgeResponseSchema, ENDPOINTS, parseValue } from '@voice-bridge/core';

/** Offers a connection to the bridge; gives its answer. Throws with the status of a refusal. */
export async function askBridge(url: string, conversationId: string, offer: string): Promise<string> {
  const response = await postOffer(url, conversationId, offer);
  const text = await response.text();
  const parsed = parseValue(bridgeResponseSchema, response.ok ? JSON.parse(text) : undefined);
  if (!parsed.ok) throw new Error(`The bridge refused: HTTP ${response.status} ${text.slice(0, 200)}`);
  return parsed.value.answer;
}

/** Posts any offer. */
export function postOffer(url: string, conversationId: string, offer: string): Promise<Response> {
  return fetch(`${url}${ENDPOINTS.bridge}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conversation_id: conversationId, offer }),
  });
}
