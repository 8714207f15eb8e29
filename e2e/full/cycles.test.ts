import { afterEach, describe, expect, it } from 'vitest';
import { BridgeClient } from '../integration/support/bridge-client.ts';
import { startHouse } from '../support/house.ts';
import { heldInTheEnd } from '../support/open-handles.ts';
import { cleanup, closeAll } from '../support/open-things.ts';

const CYCLES = 10;

afterEach(closeAll);

describe('a conversation opened and closed again and again', () => {
  it('gives back every port, connection and timer, whoever ends it and however', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const ends: ((client: BridgeClient, conversationId: string) => Promise<unknown>)[] = [
      (client) => client.delete(),
      async (client) => client.send({ type: 'leave' }),
      (_client, id) => house.bridge.sessions.close(id),
      (client) => client.vanish(),
    ];
    for (let n = 0; n < CYCLES; n++) {
      const conversationId = `cycle-${n % 3}`;
      const client = await BridgeClient.connect(house.url, conversationId);
      client.send({ type: 'text', text: 'how are you' });
      await client.waitFor('assistant', ({ state }) => state === 'speaking');
      await ends[n % ends.length]?.(client, conversationId);
      await client.vanish();
    }
    await expect
      .poll(() => [house.bridge.sessions.list().length, house.model.callCount], { timeout: 10_000 })
      .toEqual([0, 0]);
    expect(await heldInTheEnd()).toEqual([]);
  });
});
