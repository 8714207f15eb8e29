import { afterEach, describe, expect, it } from 'vitest';
import { startHouse } from '../support/house.ts';
import { heldInTheEnd } from '../support/open-handles.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { deadOffer, deleteConversation, postOffer } from './support/bridge-http.ts';

const OFFERS = 20;
const DEADLINE_MS = 15_000;
const GRACE_MS = 8_000;

afterEach(closeAll);

describe('offers that nobody stands behind', () => {
  it('20 that are answered and never connected: after the deadline no session, call, port or timer is left', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const offer = await deadOffer();
    const outcomes = await Promise.all(
      Array.from({ length: OFFERS }, (_, n) => postOffer(house.url, `abandoned-${n}`, offer)),
    );
    const answeredAt = performance.now();
    expect(outcomes.map(({ status }) => status)).toEqual(Array(OFFERS).fill(200));
    expect(house.bridge.sessions.list()).toHaveLength(OFFERS);
    expect(house.model.callCount).toBe(OFFERS);
    await expect
      .poll(() => [house.bridge.sessions.list().length, house.model.callCount], { timeout: DEADLINE_MS + GRACE_MS })
      .toEqual([0, 0]);
    // The first was answered before the last: not all of the deadline is left for it.
    expect(performance.now() - answeredAt).toBeLessThan(DEADLINE_MS + GRACE_MS);
    expect(await heldInTheEnd()).toEqual([]);
  });

  it('10 whose client gives up while it waits for the answer leave nothing', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const offer = await deadOffer();
    const given = Array.from({ length: 10 }, async (_, n) => {
      const client = new AbortController();
      const asked = postOffer(house.url, `given-up-${n}`, offer, client.signal);
      // Each in another state of being dialled.
      setTimeout(() => client.abort(), n * 40);
      return asked.then(
        () => 'answered',
        () => 'given up',
      );
    });
    const ends = await Promise.all(given);
    expect(ends).toContain('given up');
    const answered = ends.flatMap((end, n) => (end === 'answered' ? [n] : []));
    for (const n of answered) await deleteConversation(house.url, `given-up-${n}`);
    // An answer that crossed its client's giving up counts as given, until the deadline.
    await expect
      .poll(() => [house.bridge.sessions.list().length, house.model.callCount], { timeout: DEADLINE_MS + GRACE_MS })
      .toEqual([0, 0]);
    expect(await heldInTheEnd()).toEqual([]);
  });
});
