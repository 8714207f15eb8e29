import { bridgeResponseSchema, ENDPOINTS, parseValue } from '@voice-bridge/core';

/** Joins a conversation at a bridge by an offer, beside whoever is there. Gives the answer; rejects when the bridge refuses. */
export async function offerToBridge(url: string, conversationId: string, offer: string): Promise<string> {
  const response = await fetch(`${url}${ENDPOINTS.bridge}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conversation_id: conversationId, offer, join: true }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The bridge refused an offer: ${text}`);
  const parsed = parseValue(bridgeResponseSchema, JSON.parse(text));
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value.answer;
}
