import { afterAll, afterEach, describe, it } from 'vitest';
import { shareBrowsers } from '../support/chromium.ts';
import { firefoxNeeds } from '../support/firefox.ts';
import { closeAll } from '../support/open-things.ts';
import { skipWithout } from '../support/skip.ts';
import { expectInMix, expectSound, nowMs } from './support/expect-sound.ts';
import { openFirefox } from './support/firefox-page.ts';
import { invite, openDesktop, openPhone, startPhoneHouse } from './support/phone-house.ts';
import { record } from './support/tapped-page.ts';

const closeBrowsers = shareBrowsers();
afterEach(closeAll);
afterAll(closeBrowsers);

describe.skipIf(skipWithout(firefoxNeeds))('Firefox', () => {
  it('[S-0.1] [S-0.33] as the phone: its voice is in the mix, and it hears the assistant', async () => {
    const house = await startPhoneHouse();
    const desktop = await openDesktop(house);
    const phone = await openFirefox();
    await phone.goto(`${house.url}/mobile-voice#${(await invite(desktop)).token}`);
    await phone.locator('.primary').click();
    await phone.waitForSelector('.talk[data-state=connected]');
    await desktop.locator('[data-peer=mobile][data-state=connected]').waitFor();

    await expectInMix(desktop, phone);
    await record(phone);
    const askedMs = nowMs();
    await desktop.getByLabel('Type instead').fill('how are you');
    await desktop.getByRole('button', { name: 'Send' }).click();
    await phone.waitForSelector('[data-role=assistant][data-state=final]');
    await expectSound(phone, 'received', askedMs);
  });

  it('[S-0.1] [S-0.33] as the desktop: a phone of Chromium is in its mix, and hears the assistant', async () => {
    const house = await startPhoneHouse();
    const desktop = await openFirefox();
    await desktop.goto(`${house.url}/voice/kitchen`);
    await desktop.locator('.orb').click();
    await desktop.waitForSelector('.session[data-state=connected]');
    const answered = desktop.waitForResponse((response) => response.url().endsWith('/api/realtime/pairing'));
    await desktop.locator('.phones .primary').click();
    const { token } = await (await answered).json();
    const phone = await openPhone(house, { token, code: '', peerId: 'mobile' });
    await phone.locator('.talk[data-state=connected]').waitFor();
    await desktop.waitForSelector('[data-peer=mobile][data-state=connected]');

    await expectInMix(desktop, phone);
    await record(phone);
    const askedMs = nowMs();
    await desktop.locator('#text').fill('how are you');
    await desktop.locator('.transcript form button').click();
    await phone.locator('[data-role=assistant][data-state=final]').first().waitFor();
    await expectSound(phone, 'received', askedMs);
  });
});
