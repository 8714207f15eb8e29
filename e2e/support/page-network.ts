import { seededRandom } from '@voice-bridge/core/testing';
import { startUdpRelay, systemClock, type UdpRelay } from '@voice-bridge/media-node/testing';
import type { Page } from 'playwright-core';
import { cleanup } from './open-things.ts';

/** The only way of one page to the bridge. */
export interface PageNetwork {
  /** One for each connection the page made. */
  readonly relays: readonly UdpRelay[];
  /** Cut, nothing gets through and nobody is told; healed, requests do, and connections made from then on. */
  setState(state: 'cut' | 'healed'): void;
}

/** Puts a relay into every answer the page gets, and stands between the page and the bridge's HTTP interface. */
export async function takeNetworkOf(page: Page): Promise<PageNetwork> {
  const relays: UdpRelay[] = [];
  let cut = false;
  await page.route('**/api/realtime/**', (route) => (cut ? route.abort('internetdisconnected') : route.fallback()));
  await page.route('**/api/realtime/webrtc/bridge', async (route) => {
    if (cut) return route.fallback();
    const response = await route.fetch();
    if (!response.ok()) return route.fulfill({ response });
    const body: { readonly answer: string } = await response.json();
    const relay = await startUdpRelay({ sdp: body.answer, clock: systemClock, random: seededRandom(17) });
    cleanup(() => relay.close());
    relays.push(relay);
    return route.fulfill({ response, json: { ...body, answer: relay.sdp } });
  });
  return {
    relays,
    setState(state) {
      cut = state === 'cut';
      if (cut) for (const relay of relays) relay.impair({ up: { lossRate: 1 }, down: { lossRate: 1 } });
    },
  };
}
