import { afterAll, afterEach, expect, it } from 'vitest';
import { shareBrowsers } from '../support/chromium.ts';
import { closeAll } from '../support/open-things.ts';
import { countSignaling, measureCost } from './support/page-cost.ts';
import { connected, invite, openDesktop, openPhone, startPhoneHouse } from './support/phone-house.ts';

const closeBrowsers = shareBrowsers();
afterEach(closeAll);
afterAll(closeBrowsers);

/** How long is measured, in ms. */
const MEASURED_MS = 10_000;
/** Three times the wanted 2 %, as everywhere in tests: the benchmark asserts the figure. */
const BUSY_SHARE = 0.06;
const SIGNALING_BYTES_PER_SECOND = 1_000;

it('[S-0.40] a phone that is connected and muted has almost nothing to do, and says almost nothing to the bridge', async () => {
  const house = await startPhoneHouse();
  const desktop = await openDesktop(house);
  let bytes = () => Number.NaN;
  const phone = await openPhone(house, await invite(desktop), {
    prepare: async (page) => {
      bytes = await countSignaling(page);
    },
  });
  await connected(desktop, phone);
  await expect.poll(bytes, { message: 'an offer and an answer are counted' }).toBeGreaterThan(1_000);
  await phone.locator('.talk-button').click();
  await phone.locator('[data-heard=false]').waitFor();
  const joining = bytes();
  const { mainThread } = await measureCost(phone, MEASURED_MS);
  expect(mainThread, 'share of the main thread').toBeLessThan(BUSY_SHARE);
  expect(((bytes() - joining) / MEASURED_MS) * 1_000).toBeLessThan(SIGNALING_BYTES_PER_SECOND);
});
