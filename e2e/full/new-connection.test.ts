import { afterEach, expect, it } from 'vitest';
import { BridgeClient, type ClientWishes } from '../integration/support/bridge-client.ts';
import { startHouse } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';

const FRAMES = 50;
/** Root mean square: speech is far above. */
const LOUD = 500;

afterEach(closeAll);

it('[W12] who comes over a new connection before the old one goes hears the assistant go on, packet after packet', async () => {
  const house = await startHouse();
  cleanup(() => house.close());
  const connect = async (wishes: ClientWishes = {}) => {
    const client = await BridgeClient.connect(house.url, 'walks-out-of-the-house', wishes);
    cleanup(() => client.vanish());
    return client;
  };
  const old = await connect();
  old.send({ type: 'text', text: 'tell me a story' });
  await old.waitFor('assistant', ({ state }) => state === 'speaking');
  const fresh = await connect({ join: true });
  expect(fresh.sessionId).toBe(old.sessionId);
  await fresh.until(() => fresh.packets.length > FRAMES, 'the assistant over the new connection');
  await old.vanish();
  const alone = performance.now();
  const before = fresh.packets.length;
  await fresh.until(() => fresh.packets.length > before + FRAMES, 'the assistant without the old connection');
  const numbers = fresh.packets.map(({ sequenceNumber }) => sequenceNumber);
  const [first = 0] = numbers;
  expect(numbers).toEqual(numbers.map((_, index) => (first + index) & 0xffff));
  expect(fresh.loudness(alone).some(({ level }) => level > LOUD)).toBe(true);
  expect(house.model.callCount).toBe(1);
  const text = 'what is your name';
  fresh.send({ type: 'text', text });
  await fresh.waitFor('transcript', ({ entry }) => entry.role === 'user' && entry.text === text);
});
