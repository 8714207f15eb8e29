import { afterEach, describe, expect, it } from 'vitest';
import { BridgeClient, type HeardPacket } from '../integration/support/bridge-client.ts';
import { startHouse } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { codeIn, deadOffer, postRaw } from './support/bridge-http.ts';

const REQUESTS = 200;
const AT_A_TIME = 8;
/** Three times the wanted 200 ms: client, bridge and model share one process here. */
const LARGEST_GAP_MS = 3 * 200;
const MESSAGES = 200;
const PATIENCE = { timeout: 5_000 };

afterEach(closeAll);

describe('floods beside a conversation', () => {
  it('200 bad requests are each refused with a code, dial nothing, and open no gap in the speech of another session', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const good = await deadOffer();
    const talking = await connect(house.url, 'talking');
    talking.send({ type: 'text', text: 'tell me a story' });
    await talking.waitFor('assistant', ({ state }) => state === 'speaking');
    const from = talking.packets.length;
    const refused = await flood(house.url, badBodies(good));
    expect(refused.unexpected).toEqual([]);
    expect(refused.codes).toEqual({ invalid_request: 80, body_too_large: 40, invalid_offer: 80 });
    expect(house.model.callCount).toBe(1);
    expect(house.bridge.sessions.list()).toMatchObject([{ conversationId: 'talking', state: 'open' }]);
    expect(talking.all('assistant').at(-1)?.state).toBe('speaking');
    await talking.until(() => talking.packets.length >= from + 50, 'more of the story');
    expect(largestGap(talking.packets.slice(from))).toBeLessThanOrEqual(LARGEST_GAP_MS);
  });

  it('of two clients the one that floods its control channel is disconnected, and only that one', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const [flooding, quiet] = await Promise.all([connect(house.url, 'flooding'), connect(house.url, 'quiet')]);
    quiet.send({ type: 'text', text: 'tell me a story' });
    await quiet.waitFor('assistant', ({ state }) => state === 'speaking');
    const from = quiet.packets.length;
    for (let n = 0; n < MESSAGES; n++) flooding.send({ type: 'mute', muted: n % 2 === 0 });
    const closed = await flooding.waitFor('closed');
    expect(closed).toMatchObject({ code: 'rate_limited' });
    await flooding.until(() => flooding.state === 'closed', 'end of its connection');
    await expect
      .poll(() => house.bridge.sessions.list(), PATIENCE)
      .toMatchObject([{ conversationId: 'quiet', state: 'open' }]);
    await quiet.until(() => quiet.packets.length > from + 50, 'more of the story');
    expect(largestGap(quiet.packets.slice(from))).toBeLessThanOrEqual(LARGEST_GAP_MS);
    await expect.poll(() => house.model.callCount, PATIENCE).toBe(1);
    await connect(house.url, 'flooding');
  });
});

async function connect(url: string, conversationId: string): Promise<BridgeClient> {
  const client = await BridgeClient.connect(url, conversationId);
  cleanup(() => client.vanish());
  return client;
}

/** What is wrong with each, in turn: not JSON, too large, not SDP, SDP of nonsense, fields that do not exist. */
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

async function flood(url: string, bodies: readonly string[]) {
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

function largestGap(packets: readonly HeardPacket[]): number {
  return packets.reduce((most, { at }, n) => Math.max(most, at - (packets[n - 1]?.at ?? at)), 0);
}
