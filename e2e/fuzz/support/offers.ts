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

/** Tells the UDP ports of every offer that this process posts from now on. */
export function watchOffers(onPorts: (ports: readonly number[]) => void): void {
  const post = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    if (typeof init?.body === 'string') onPorts(candidatePorts(init.body));
    return post(input, init);
  };
}

/** RFC 8839, section 5.1. */
function candidatePorts(text: string): readonly number[] {
  return [...text.matchAll(/^a=candidate:\S+ \d+ udp \d+ \S+ (\d+) /gim)].map(([, port]) => Number(port));
}
