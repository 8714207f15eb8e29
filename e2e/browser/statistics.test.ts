import type { MediaStats } from '@voice-bridge/core';
import { afterEach, describe, expect, it } from 'vitest';
import { startHouse } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { openTalkingPage, type } from '../support/talking-page.ts';

afterEach(closeAll);

describe('the statistics of a conversation', () => {
  it('[S-0.48] [S-1.40] [S-1.41] tell of both legs what the other side reports: Chromium and the model understand our RTCP', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const page = await openTalkingPage(house);
    // Whoever sends nothing is reported nothing about: the answer is our audio towards the page.
    await type(page, 'tell me a story');
    const conversationId = house.bridge.sessions.list()[0]?.conversationId ?? '';
    const legs = async () => {
      const stats = await house.bridge.sessions.stats(conversationId);
      return [stats?.model ?? [], ...Object.values(stats?.participants ?? {})];
    };
    await expect
      .poll(async () => (await legs()).map(roundTrip), { timeout: 30_000, interval: 250 })
      .toEqual([expect.any(Number), expect.any(Number)]);
    for (const leg of await legs()) expect(roundTrip(leg)).toBeLessThan(0.5);
    const fromPage = async () => (await legs())[1]?.find((entry) => entry.type === 'inbound-rtp');
    await expect.poll(async () => (await fromPage())?.packetsReceived).toBeGreaterThan(100);
    expect((await fromPage())?.audioLevel).toBeTypeOf('number');
  });
});

function roundTrip(leg: readonly MediaStats[]): number | undefined {
  return leg.find((entry) => entry.type === 'remote-inbound-rtp')?.roundTripTime;
}
