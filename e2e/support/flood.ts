import { codeIn, deadOffer, postRaw } from '../full/support/bridge-http.ts';
import type { BridgeClient, HeardPacket } from '../integration/support/bridge-client.ts';

const REQUESTS = 200;
const AT_A_TIME = 8;
const MESSAGES = 200;

/** How a flood of bad requests was answered: how often with each code, and what was no refusal. */
export interface Refusals {
  readonly codes: Readonly<Record<string, number>>;
  readonly unexpected: readonly string[];
}

/** Posts 200 bad requests, eight at a time: not JSON, too large, not SDP, SDP of nonsense, fields that do not exist, in turn. */
export async function floodWithRequests(url: string): Promise<Refusals> {
  const bodies = badBodies(await deadOffer());
  const codes: Record<string, number> = {};
  const unexpected: string[] = [];
  let next = 0;
  const send = async () => {
    for (let n = next++; n < REQUESTS; n = next++) {
      const response = await postRaw(url, bodies[n % bodies.length] ?? '');
      const text = await response.text();
      if (response.status < 400 || response.status > 499) unexpected.push(`${response.status}: ${text}`);
      else codes[codeIn(text)] = (codes[codeIn(text)] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, send));
  return { codes, unexpected };
}

/** Sends 200 control messages at once. */
export function floodWithMessages(client: BridgeClient): void {
  for (let n = 0; n < MESSAGES; n++) client.send({ type: 'mute', muted: n % 2 === 0 });
}

/** The longest time between two packets that followed each other, in ms. */
export function largestGap(packets: readonly HeardPacket[]): number {
  return packets.reduce((most, { at }, n) => Math.max(most, at - (packets[n - 1]?.at ?? at)), 0);
}

function badBodies(offer: string): readonly string[] {
  const ask = (fields: Readonly<Record<string, unknown>>) => JSON.stringify({ conversation_id: 'flood', ...fields });
  return [
    '{"conversation_id": "flood", "offer": "v=0',
    ask({ offer: 'x'.repeat(1_048_576) }),
    ask({ offer: 'junk '.repeat(200) }),
    ask({ offer: offer.replaceAll('a=fingerprint', 'a=fingermark') }),
    ask({ offer, admin: true }),
  ];
}
