import { startLocalRealtime } from '@voice-bridge/local-realtime';
import { afterEach, describe, expect, it } from 'vitest';
import { BridgeClient, BridgeRefusal } from '../integration/support/bridge-client.ts';
import { startHouse } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';

const AUDIBLE = 500;
const PATIENCE = { timeout: 5_000 };

afterEach(closeAll);

describe('the speech model dies in the middle of a sentence', () => {
  it('the client is told within a second, is refused with a code meanwhile, and talks again once the model is back', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const before = await connect(house.url);
    before.send({ type: 'text', text: 'tell me a story' });
    await before.until(() => before.loudness().some(({ level }) => level > AUDIBLE), 'story');
    const killedAt = performance.now();
    await house.model.close();
    const closed = await before.waitFor('closed');
    expect(closed).toMatchObject({ reason: 'model_closed', code: 'model_closed' });
    expect(closed.at - killedAt).toBeLessThan(1_000);
    await expect.poll(() => house.bridge.sessions.list(), PATIENCE).toEqual([]);

    const refusal: unknown = await connect(house.url).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(BridgeRefusal);
    expect(refusal).toMatchObject({ status: 502, body: expect.stringContaining('model_unreachable') });
    expect(house.bridge.sessions.list()).toEqual([]);

    const back = await startLocalRealtime({ port: house.model.port });
    cleanup(() => back.close());
    const after = await connect(house.url);
    after.send({ type: 'text', text: 'how are you' });
    await after.waitFor('transcript', ({ entry }) => entry.role === 'assistant' && entry.state === 'final');
    expect(after.lastLine('assistant')).toBe('I am fine, thank you.');
    await after.until(() => after.loudness().some(({ level }) => level > AUDIBLE), 'answer aloud');
    expect(back.callCount).toBe(1);
  });
});

async function connect(url: string): Promise<BridgeClient> {
  const client = await BridgeClient.connect(url, 'survivor');
  cleanup(() => client.vanish());
  return client;
}
