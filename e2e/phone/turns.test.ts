import type { Page } from 'playwright-core';
import { afterAll, afterEach, expect, it } from 'vitest';
import { shareBrowsers } from '../support/chromium.ts';
import type { House } from '../support/house.ts';
import { closeAll } from '../support/open-things.ts';
import { hasRecogniser } from '../support/recognise.ts';
import { hasRecordings } from '../support/recordings.ts';
import { skipWithout } from '../support/skip.ts';
import { invite, openDesktop, openPhone, openPhoneBehind, startPhoneHouse, understood } from './support/phone-house.ts';
import { say } from './support/tapped-page.ts';
import { doSomething, goForward } from './support/voices.ts';

const closeBrowsers = shareBrowsers();
afterEach(closeAll);
afterAll(closeBrowsers);

const WORDS = 'go somewhere and do something';
/** Two attempts to find a direct path come first. */
const DETOUR_MS = 60_000;

const nowhere = ({ url }: House) => ({ url, relayCandidate: async () => null });

it.skipIf(skipWithout({ recogniser: hasRecogniser, recordings: hasRecordings })).each([
  ['direct', async (house: House, desktop: Page) => openPhone(house, await invite(desktop))],
  ['bridge', async (house: House, desktop: Page) => openPhoneBehind(nowhere(house), await invite(desktop))],
] as const)(
  '[S-0.46] without turn detection a phone is understood and answered by holding its button, and not heard otherwise: path %s',
  async (path, open) => {
    const house = await startPhoneHouse({ turnDetection: null });
    const desktop = await openDesktop(house);
    const phone = await open(house, desktop);
    await phone.locator(`[data-path=${path}]`).waitFor({ timeout: DETOUR_MS });
    await phone.getByText('Hold the button while you talk.').waitFor();
    await say(phone, goForward());

    await turn(phone);
    await understood(desktop, WORDS);
    const lines = await phone.locator('[data-role=user]').allTextContents();
    expect(lines).toEqual([expect.stringContaining(WORDS)]);
  },
);

/** Says something while the button is held, until it is answered. */
async function turn(phone: Page): Promise<void> {
  await phone.locator('.talk-button').hover();
  await phone.mouse.down();
  await phone.locator('[data-heard=true]').waitFor();
  await say(phone, doSomething());
  await phone.mouse.up();
  await phone.locator('[data-heard=false]').waitFor();
  await phone.locator('[data-role=assistant][data-state=final]').first().waitFor();
}
