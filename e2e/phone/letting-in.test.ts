import type { Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { shareBrowsers } from '../support/chromium.ts';
import { closeAll } from '../support/open-things.ts';
import { expectInMix } from './support/expect-sound.ts';
import {
  connected,
  DESKTOP_PAGE,
  invite,
  openDesktop,
  openPhone,
  openPhoneBehind,
  startPhoneHouse,
} from './support/phone-house.ts';

const closeBrowsers = shareBrowsers();
afterEach(closeAll);
afterAll(closeBrowsers);

describe('who is let in', () => {
  it('[S-0.23] where phones are confirmed, one is in when it is accepted, and one that is refused stays out', async () => {
    const house = await startPhoneHouse();
    const desktop = await openDesktop(house, `${DESKTOP_PAGE}?confirm`);
    const refused = await openPhone(house, await invite(desktop));
    await waits(desktop, refused);
    await desktop.getByRole('button', { name: /^Refuse / }).click();
    await expectOut(desktop, refused);

    const accepted = await openPhone(house, await invite(desktop));
    await waits(desktop, accepted);
    await desktop.getByRole('button', { name: /^Accept / }).click();
    await connected(desktop, accepted);
    await expectInMix(desktop, accepted);
    await accepted.reload();
    await connected(desktop, accepted);
  });

  it('[S-0.11] a phone that is removed while it connects is out, and its credential is dead', async () => {
    const house = await startPhoneHouse();
    const desktop = await openDesktop(house);
    const nowhere = { url: house.url, relayCandidate: async () => null };
    const phone = await openPhoneBehind(nowhere, await invite(desktop));
    await phone.locator('.talk[data-state=connecting]').waitFor();
    const credential = await credentialOf(phone);
    expect(await answered(house.url, credential), 'good until then').toBe(200);
    await desktop.locator('[data-peer=mobile][data-state=connecting] .remove').click();
    await expectOut(desktop, phone);
    expect(await answered(house.url, credential)).toBe(401);
  });
});

/** Both say that the phone waits, and neither has connected to the other. */
async function waits(desktop: Page, phone: Page): Promise<void> {
  await phone.locator('.wait[data-state=waiting]').waitFor();
  await desktop.locator('[data-peer=mobile][data-state=waiting]').waitFor();
  expect(await phone.evaluate('window.voiceTap.connections.length')).toBe(0);
}

/** The phone is told, the desktop has forgotten it, and a reload does not bring it back. */
async function expectOut(desktop: Page, phone: Page): Promise<void> {
  await phone.locator('.join[data-state=removed]').waitFor();
  await desktop.locator('[data-peer=mobile]').waitFor({ state: 'detached' });
  await phone.reload();
  await phone.getByLabel('Code').waitFor();
}

async function credentialOf(phone: Page): Promise<string> {
  const stored = await phone.evaluate(() => JSON.stringify({ ...sessionStorage }));
  return /vbphone\.[\w.-]+/.exec(stored)?.[0] ?? '';
}

/** How the bridge answers a phone that wants to hear what its desktop says. */
async function answered(url: string, credential: string): Promise<number> {
  const headers = { authorization: `Bearer ${credential}` };
  const { status } = await fetch(`${url}/api/realtime/webrtc-signal/kitchen/mobile`, { method: 'HEAD', headers });
  return status;
}
