import type { Page } from 'playwright-core';
import { afterAll, afterEach, expect, it } from 'vitest';
import { shareBrowsers } from '../support/chromium.ts';
import { closeAll } from '../support/open-things.ts';
import { connected, invite, openDesktop, openPhone, record, say, startPhoneHouse } from './support/phone-house.ts';
import { between, loudness, type RecordedLine, together } from './support/recorded-line.ts';
import { tone } from './support/voices.ts';

const closeBrowsers = shareBrowsers();
afterEach(closeAll);
afterAll(closeBrowsers);

const QUIET = 20;
const WITHIN_MS = 100;

it('[S-0.22] [S-0.46] a tap mutes the phone within 100 ms where its sound is sent, and it is heard while the button is held', async () => {
  const house = await startPhoneHouse();
  const desktop = await openDesktop(house);
  const phone = await openPhone(house, await invite(desktop));
  await connected(desktop, phone);
  const taken = await record(phone);
  const said = say(phone, tone(8));
  const button = phone.locator('.talk-button');
  await heardAtDesktop(desktop);

  await button.click();
  await phone.locator('[data-heard=false]').waitFor();
  await desktop.locator('[data-peer=mobile]').getByText('Muted at the phone.').waitFor();
  const mutedMs = await lastPress(phone, 'pointerup');
  await button.hover();
  await phone.mouse.down();
  await phone.locator('[data-heard=true]').waitFor();
  const heldMs = await lastPress(phone, 'pointerdown');
  await phone.waitForFunction((since) => performance.timeOrigin + performance.now() > since + 700, heldMs);
  await phone.mouse.up();
  await phone.locator('[data-heard=false]').waitFor();
  const releasedMs = await lastPress(phone, 'pointerup');
  await said;

  const sent = together((await taken()).filter(({ direction }) => direction === 'sent'));
  expect(lastLoud(sent, mutedMs - 400, heldMs) - mutedMs, 'from the tap to silence').toBeLessThan(WITHIN_MS);
  expect(loudness(between(sent, mutedMs + WITHIN_MS, heldMs))).toBeLessThan(QUIET);
  expect(loudness(between(sent, heldMs + WITHIN_MS, releasedMs))).toBeGreaterThan(1_000);
  expect(loudness(between(sent, releasedMs + WITHIN_MS, releasedMs + 400))).toBeLessThan(QUIET);
});

async function heardAtDesktop(desktop: Page): Promise<void> {
  await desktop.waitForFunction(() => {
    const bar = document.querySelector('[data-peer=mobile] .bar');
    return bar instanceof HTMLElement && Number(bar.style.getPropertyValue('--level')) > 0.3;
  });
}

/** When a press was last noticed by the page, in ms since 1970. */
async function lastPress(page: Page, type: string): Promise<number> {
  return Number(await page.evaluate(`window.voiceTap.presses.findLast((press) => press.type === '${type}').at`));
}

/** The last moment between two times that is not silent, in ms since 1970. */
function lastLoud(line: RecordedLine, fromMs: number, toMs: number): number {
  const stretch = between(line, fromMs, toMs);
  return fromMs + stretch.findLastIndex((sample) => Math.abs(sample) > QUIET * 5) / 48;
}
