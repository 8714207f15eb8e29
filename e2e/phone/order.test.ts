import type { Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { shareBrowsers } from '../support/chromium.ts';
import { closeAll } from '../support/open-things.ts';
import { expectInMix, listenToMix, nowMs } from './support/expect-sound.ts';
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
import { hum, humFromLoad, hush } from './support/tapped-page.ts';

const closeBrowsers = shareBrowsers();
afterEach(closeAll);
afterAll(closeBrowsers);

/** Sound is to be back this long after the way for it is, in ms. On a busy machine of two cores it took 1 to 240 ms. */
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

/** A phone that hums, whose way to the desktop is there since a time in ms since 1970; and how the desktop's mix was listened to before. */
interface Returned {
  readonly phone: Page;
  readonly peerId?: string;
  readonly sinceMs: number;
  readonly heardAfter: (sinceMs: number) => Promise<number>;
}

/** The phone that comes back by `disturb` is heard in time: what the test needs to hear it is there before its way is. */
async function expectBack(desktop: Page, disturb: () => Promise<Returned>): Promise<void> {
  const { phone, peerId, sinceMs, heardAfter } = await disturb();
  const afterMs = await heardAfter(sinceMs);
  await hush(phone);
  await connected(desktop, phone, peerId);
  await expectInMix(desktop, phone);
  expect(afterMs, 'from the way back to sound').toBeLessThan(BACK_WITHIN_MS);
}

/** Loads the desktop's page again and starts the session; listens from before that on. */
async function reloadDesktop(desktop: Page): Promise<(sinceMs: number) => Promise<number>> {
  await desktop.reload();
  const heardAfter = await listenToMix(desktop);
  await startSession(desktop);
  return heardAfter;
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
      await hum(phone);
      await desktop.goto(house.url + DESKTOP_PAGE);
      const heardAfter = await listenToMix(desktop);
      await startSession(desktop);
      return { phone, sinceMs: nowMs(), heardAfter };
    });
  });

  it('[S-0.26] the phone comes back by itself after a reload, within 3 s and without a new code', async () => {
    const { desktop, phone } = await start();
    await expectBack(desktop, async () => {
      const heardAfter = await listenToMix(desktop);
      await humFromLoad(phone);
      await phone.reload();
      return { phone, sinceMs: nowMs(), heardAfter };
    });
  });

  it('[S-0.26] the desktop finds its phone again within 3 s after a reload', async () => {
    const { desktop, phone } = await start();
    await expectBack(desktop, async () => {
      await hum(phone);
      const heardAfter = await reloadDesktop(desktop);
      return { phone, sinceMs: nowMs(), heardAfter };
    });
  });

  it('[S-0.26] both find each other within 3 s when both are reloaded at once', async () => {
    const { desktop, phone } = await start();
    await expectBack(desktop, async () => {
      await humFromLoad(phone);
      const [heardAfter] = await Promise.all([reloadDesktop(desktop), phone.reload()]);
      return { phone, sinceMs: nowMs(), heardAfter };
    });
  });

  it('[S-0.11] [S-0.13] a phone that is killed is told as away, the desktop goes on, and another one takes over within 3 s', async () => {
    const { house, desktop, phone } = await start();
    await phone.context().close();
    await desktop.locator('[data-peer=mobile]:not([data-state=connected])').waitFor();
    await expectInMix(desktop, desktop);
    const invitation = await invite(desktop);
    await expectBack(desktop, async () => {
      const heardAfter = await listenToMix(desktop);
      const other = await openPhone(house, invitation, { prepare: humFromLoad });
      return { phone: other, peerId: invitation.peerId, sinceMs: nowMs(), heardAfter };
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
      await hum(phone);
      const heardAfter = await listenToMix(desktop);
      network.cut();
      await new Promise((resolve) => setTimeout(resolve, CUT_MS));
      network.heal();
      return { phone, sinceMs: nowMs(), heardAfter };
    });
  });
});
