import type { Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { shareBrowsers } from '../support/chromium.ts';
import { closeAll } from '../support/open-things.ts';
import { backAfter, expectInMix, nowMs } from './support/expect-sound.ts';
import {
  connected,
  DESKTOP_PAGE,
  invite,
  openDesktop,
  openDesktopPage,
  openPhone,
  openPhoneBehind,
  startPhoneHouse,
  startSession,
} from './support/phone-house.ts';
import { startPhoneNetwork } from './support/phone-network.ts';

const closeBrowsers = shareBrowsers();
afterEach(closeAll);
afterAll(closeBrowsers);

/** Sound is to be back this long after the way for it is, in ms. */
const BACK_WITHIN_MS = 3_000;
const CUT_MS = 5_000;

/** Both pages, connected. */
async function start() {
  const house = await startPhoneHouse();
  const desktop = await openDesktop(house);
  const phone = await openPhone(house, await invite(desktop));
  await connected(desktop, phone);
  return { house, desktop, phone };
}

/** A phone whose way to the desktop is there since a time in ms since 1970. */
interface Returned {
  readonly phone: Page;
  readonly peerId?: string;
  readonly sinceMs: number;
}

/** The phone that comes back after `disturb` is heard in time. */
async function expectBack(desktop: Page, disturb: () => Promise<Returned>): Promise<void> {
  const { phone, peerId, sinceMs } = await disturb();
  const afterMs = await backAfter(desktop, phone, sinceMs);
  await connected(desktop, phone, peerId);
  await expectInMix(desktop, phone);
  expect(afterMs, 'from the way back to sound').toBeLessThan(BACK_WITHIN_MS);
}

describe('whoever comes when', () => {
  it('[S-0.3] [S-0.4] [S-0.26] [S-0.31] a phone that is there before the session, at /voice-webrtc, is heard when it begins', async () => {
    const house = await startPhoneHouse();
    const desktop = await openDesktopPage(house, '/voice-webrtc');
    const phone = await openPhone(house, await invite(desktop));
    await connected(desktop, phone);
    await startSession(desktop);
    await expectInMix(desktop, phone);
  });

  it('[S-0.13] [S-0.26] a phone that comes while no desktop is there says so, and is heard within 3 s when one comes', async () => {
    const house = await startPhoneHouse();
    const desktop = await openDesktopPage(house);
    const invitation = await invite(desktop);
    await desktop.goto('about:blank');
    const phone = await openPhone(house, invitation);
    await expectBack(desktop, async () => {
      await desktop.goto('about:blank');
      await phone.locator('[data-state=waiting] [data-code=desktop_away]').waitFor();
      await desktop.goto(house.url + DESKTOP_PAGE);
      await startSession(desktop);
      return { phone, sinceMs: nowMs() };
    });
  });

  it('[S-0.26] the phone comes back by itself after a reload, within 3 s and without a new code', async () => {
    const { desktop, phone } = await start();
    await expectBack(desktop, async () => {
      await phone.reload();
      return { phone, sinceMs: nowMs() };
    });
  });

  it('[S-0.26] the desktop finds its phone again within 3 s after a reload', async () => {
    const { desktop, phone } = await start();
    await expectBack(desktop, async () => {
      await desktop.reload();
      await startSession(desktop);
      return { phone, sinceMs: nowMs() };
    });
  });

  it('[S-0.26] both find each other within 3 s when both are reloaded at once', async () => {
    const { desktop, phone } = await start();
    await expectBack(desktop, async () => {
      await Promise.all([desktop.reload().then(() => startSession(desktop)), phone.reload()]);
      return { phone, sinceMs: nowMs() };
    });
  });

  it('[S-0.11] [S-0.13] a phone that is killed is told as away, the desktop goes on, and another one takes over within 3 s', async () => {
    const { house, desktop, phone } = await start();
    await phone.context().close();
    await desktop.locator('[data-peer=mobile]:not([data-state=connected])').waitFor();
    await expectInMix(desktop, desktop);
    const invitation = await invite(desktop);
    await expectBack(desktop, async () => {
      const other = await openPhone(house, invitation);
      return { phone: other, peerId: invitation.peerId, sinceMs: nowMs() };
    });
  });

  it('[S-0.47] after 5 s without a network the phone is heard again within 3 s', async () => {
    const house = await startPhoneHouse();
    const desktop = await openDesktop(house);
    const network = await startPhoneNetwork(house.url);
    const phone = await openPhoneBehind(network, await invite(desktop));
    await connected(desktop, phone);
    await expectInMix(desktop, phone);
    await expectBack(desktop, async () => {
      network.cut();
      await new Promise((resolve) => setTimeout(resolve, CUT_MS));
      network.heal();
      return { phone, sinceMs: nowMs() };
    });
  });
});
