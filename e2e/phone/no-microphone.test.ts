import { afterAll, afterEach, it } from 'vitest';
import { shareBrowsers } from '../support/chromium.ts';
import { closeAll } from '../support/open-things.ts';
import { expectSound, nowMs } from './support/expect-sound.ts';
import { connected, invite, openDesktop, openPhone, startPhoneHouse } from './support/phone-house.ts';
import { record } from './support/tapped-page.ts';

const closeBrowsers = shareBrowsers();
afterEach(closeAll);
afterAll(closeBrowsers);

it('[S-0.27] a phone whose microphone is refused says so and what to do, and hears the assistant all the same', async () => {
  const house = await startPhoneHouse();
  const desktop = await openDesktop(house);
  const phone = await openPhone(house, await invite(desktop), { device: 'deny' });
  await connected(desktop, phone);
  await phone.getByText("The microphone is not allowed: allow it in the browser's site settings").waitFor();
  await phone.getByText('No microphone: you can only listen.').waitFor();

  await record(phone);
  const askedMs = nowMs();
  await desktop.getByLabel('Type instead').fill('how are you');
  await desktop.getByRole('button', { name: 'Send' }).click();
  await phone.locator('[data-role=assistant][data-state=final]').first().waitFor();
  await expectSound(phone, 'received', askedMs);
});
