import type { Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { shareBrowsers } from '../support/chromium.ts';
import { closeAll } from '../support/open-things.ts';
import { bestPieceOf } from './support/likeness.ts';
import {
  connected,
  invite,
  openDesktop,
  openPhone,
  openPhoneBehind,
  record,
  say,
  startPhoneHouse,
  startSession,
} from './support/phone-house.ts';
import { startPhoneNetwork } from './support/phone-network.ts';
import { mixOf } from './support/recorded-line.ts';
import { fingerprint } from './support/voices.ts';

const closeBrowsers = shareBrowsers();
afterEach(closeAll);
afterAll(closeBrowsers);

const THERE = 0.5;
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

/** What the phone says reaches the mix. */
async function expectHeard(desktop: Page, phone: Page): Promise<void> {
  const taken = await record(desktop);
  const voice = fingerprint(1, 7);
  const saidMs = await say(phone, voice);
  const mix = mixOf(await taken());
  expect(bestPieceOf(voice, saidMs, mix)).toBeGreaterThan(THERE);
}

const now = () => performance.timeOrigin + performance.now();

describe('whoever comes when', () => {
  it('[S-0.26] the phone comes back by itself after a reload, within 3 s and without a new code', async () => {
    const { desktop, phone } = await start();
    await phone.reload();
    const fromMs = now();
    await connected(desktop, phone);
    expect(now() - fromMs).toBeLessThan(BACK_WITHIN_MS);
    await expectHeard(desktop, phone);
  });

  it('[S-0.26] the desktop finds its phone again after a reload: the phone was there first', async () => {
    const { desktop, phone } = await start();
    await desktop.reload();
    await startSession(desktop);
    const fromMs = now();
    await connected(desktop, phone);
    expect(now() - fromMs).toBeLessThan(BACK_WITHIN_MS);
    await expectHeard(desktop, phone);
  });

  it('[S-0.26] both find each other when both are reloaded at once', async () => {
    const { desktop, phone } = await start();
    await Promise.all([desktop.reload().then(() => startSession(desktop)), phone.reload()]);
    await connected(desktop, phone);
    await expectHeard(desktop, phone);
  });

  it('[S-0.11] [S-0.13] a phone that is killed is told as away, the desktop goes on, and another phone takes over', async () => {
    const { house, desktop, phone } = await start();
    await phone.context().close();
    await desktop.locator('[data-peer=mobile]:not([data-state=connected])').waitFor();
    await expectHeard(desktop, desktop);
    const invitation = await invite(desktop);
    const other = await openPhone(house, invitation);
    await connected(desktop, other, invitation.peerId);
    await expectHeard(desktop, other);
  });

  it('[S-0.47] after 5 s without a network the phone is heard again within 3 s', async () => {
    const house = await startPhoneHouse();
    const desktop = await openDesktop(house);
    const network = await startPhoneNetwork(house.url);
    const phone = await openPhoneBehind(network, await invite(desktop));
    await connected(desktop, phone);
    await expectHeard(desktop, phone);
    network.cut();
    await new Promise((resolve) => setTimeout(resolve, CUT_MS));
    network.heal();
    const healedMs = now();
    const taken = await record(desktop);
    const voice = fingerprint(BACK_WITHIN_MS / 1_000 + 1, 8);
    const saidMs = await say(phone, voice);
    const mix = mixOf(await taken());
    const late = Math.round(48 * Math.max(0, healedMs + BACK_WITHIN_MS - saidMs));
    expect(bestPieceOf(voice.slice(late), saidMs + late / 48, mix)).toBeGreaterThan(THERE);
    await connected(desktop, phone);
  });
});
