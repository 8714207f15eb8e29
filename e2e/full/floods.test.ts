import { afterEach, describe, expect, it } from 'vitest';
import { BridgeClient } from '../integration/support/bridge-client.ts';
import { floodWithMessages, floodWithRequests, largestGap } from '../support/flood.ts';
import { startHouse } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';

/** Three times the wanted 200 ms, which `npm run bench:flood` asserts: client, bridge and model share one process here. */
const LARGEST_GAP_MS = 3 * 200;
const PATIENCE = { timeout: 5_000 };

afterEach(closeAll);

describe('floods beside a conversation', () => {
  it('200 bad requests are each refused with a code, dial nothing, and open no gap in the speech of another session', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const talking = await connect(house.url, 'talking');
    talking.send({ type: 'text', text: 'tell me a story' });
    await talking.waitFor('assistant', ({ state }) => state === 'speaking');
    const from = talking.packets.length;
    const refused = await floodWithRequests(house.url);
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
    floodWithMessages(flooding);
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
