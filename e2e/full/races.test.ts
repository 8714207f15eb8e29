import { afterEach, describe, expect, it } from 'vitest';
import { type House, startHouse } from '../support/house.ts';
import { heldInTheEnd } from '../support/open-handles.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { deadOffer, deleteConversation, type Outcome, postOffer } from './support/bridge-http.ts';

const RACERS = 10;
const CONVERSATION = 'contested';
const LOSING_CODES = ['session_replaced', 'session_closed', 'aborted'];

afterEach(closeAll);

describe('requests for one conversation at the same time', () => {
  it('10 POSTs among 10 DELETEs leave one session and one call or none, and never two at once', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const offer = await deadOffer();
    const most = watchMost(house);
    for (let round = 0; round < 3; round++) {
      const posts: Promise<Outcome>[] = [];
      const deletes: Promise<number>[] = [];
      for (let n = 0; n < RACERS; n++) {
        posts.push(postOffer(house.url, CONVERSATION, offer));
        deletes.push(deleteConversation(house.url, CONVERSATION));
      }
      const outcomes = await Promise.all(posts);
      expect(await Promise.all(deletes)).toEqual(Array(RACERS).fill(200));
      for (const outcome of outcomes) if ('code' in outcome) expect(LOSING_CODES).toContain(outcome.code);
      const left = house.bridge.sessions.list();
      expect(left.length).toBeLessThanOrEqual(1);
      expect(house.model.callCount).toBe(left.length);
      expect(await deleteConversation(house.url, CONVERSATION)).toBe(200);
      expect([house.bridge.sessions.list().length, house.model.callCount]).toEqual([0, 0]);
    }
    expect(most()).toEqual({ open: expect.any(Number), calls: expect.any(Number) });
    expect(most().open).toBeLessThanOrEqual(1);
    expect(most().calls).toBeLessThanOrEqual(1);
    expect(await heldInTheEnd()).toEqual([]);
  });

  it('10 POSTs alone leave exactly one session and one call: that of the last one answered', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const offer = await deadOffer();
    const most = watchMost(house);
    let lastAnswered = '';
    const outcomes = await Promise.all(
      Array.from({ length: RACERS }, async () => {
        const outcome = await postOffer(house.url, CONVERSATION, offer);
        if ('sessionId' in outcome) lastAnswered = outcome.sessionId;
        return outcome;
      }),
    );
    for (const outcome of outcomes) if ('code' in outcome) expect(outcome.code).toBe('session_replaced');
    expect(house.bridge.sessions.list()).toMatchObject([{ state: 'open', sessionId: lastAnswered }]);
    expect(house.model.callCount).toBe(1);
    expect(most()).toEqual({ open: 1, calls: 1 });
  });
});

/** The most sessions that were open, and calls that were up whenever one of them changed, at the same time. */
function watchMost(house: House): () => { readonly open: number; readonly calls: number } {
  let open = 0;
  let most = { open: 0, calls: 0 };
  const look = () => {
    most = { open: Math.max(most.open, open), calls: Math.max(most.calls, house.model.callCount) };
  };
  house.bridge.on('sessionOpened', () => {
    open++;
    look();
  });
  house.bridge.on('sessionClosed', () => {
    look();
    open--;
  });
  return () => most;
}
