import type { Page } from 'playwright-core';
import { afterAll, afterEach, expect, it } from 'vitest';
import { shareBrowsers } from '../support/chromium.ts';
import { closeAll } from '../support/open-things.ts';
import { expectSound } from './support/expect-sound.ts';
import { connected, invite, openDesktop, openPhone, startPhoneHouse } from './support/phone-house.ts';
import { between, type RecordedLine, together } from './support/recorded-line.ts';
import { hum, record } from './support/tapped-page.ts';

const closeBrowsers = shareBrowsers();
afterEach(closeAll);
afterAll(closeBrowsers);

const LOUD = 100;
const WITHIN_MS = 100;
const PAUSE_MS = 600;
const TAPS = 3;
/** A time in a recording may be this much too early, in ms. */
const EARLY_MS = 100;

/** A stretch in which the phone is to be silent, in ms since 1970. */
interface Pause {
  readonly fromMs: number;
  readonly toMs: number;
}

it('[S-0.22] [S-0.46] a tap mutes the phone within 100 ms where its sound is sent, and it is heard while the button is held', async () => {
  const house = await startPhoneHouse();
  const desktop = await openDesktop(house);
  const phone = await openPhone(house, await invite(desktop));
  await connected(desktop, phone);
  const taken = await record(phone);
  await hum(phone);
  await heardAtDesktop(desktop);

  const pauses: Pause[] = [];
  const button = phone.locator('.talk-button');
  for (let taps = 0; taps < TAPS; taps++) {
    await button.click();
    const fromMs = await silentSince(phone);
    await desktop.locator('[data-peer=mobile]').getByText('Muted at the phone.').waitFor();
    await button.click();
    const toMs = await heardSince(phone, 'pointerup');
    pauses.push({ fromMs, toMs });
    await expectSound(phone, 'sent', toMs);
  }
  await button.click();
  const fromMs = await silentSince(phone);
  await button.hover();
  await phone.mouse.down();
  const heldMs = await heardSince(phone, 'pointerdown');
  await passed(phone, heldMs);
  await expectSound(phone, 'sent', heldMs);
  await phone.mouse.up();
  const releasedMs = await silentSince(phone);
  pauses.push({ fromMs, toMs: heldMs }, { fromMs: releasedMs, toMs: releasedMs + PAUSE_MS });

  const sent = together((await taken()).filter(({ direction }) => direction === 'sent'));
  const delays = pauses.map((pause) => lastLoudMs(sent, pause)).sort((a, b) => a - b);
  // The machine may be late with one or the other.
  expect(delays[Math.floor(delays.length / 2)], `from the tap to silence: ${delays.join(', ')} ms`).toBeLessThan(
    WITHIN_MS,
  );
  expect(delays.at(-1), 'silent in the end').toBeLessThan(PAUSE_MS - EARLY_MS - WITHIN_MS);
});

async function heardAtDesktop(desktop: Page): Promise<void> {
  await desktop.waitForFunction(() => {
    const bar = document.querySelector('[data-peer=mobile] .bar');
    return bar instanceof HTMLElement && Number(bar.style.getPropertyValue('--level')) > 0.3;
  });
}

/** Waits until a pause that the last press began is long enough; gives when that was. */
async function silentSince(phone: Page): Promise<number> {
  await phone.locator('[data-heard=false]').waitFor();
  const fromMs = await lastPress(phone, 'pointerup');
  await passed(phone, fromMs);
  return fromMs;
}

async function heardSince(phone: Page, type: string): Promise<number> {
  await phone.locator('[data-heard=true]').waitFor();
  return lastPress(phone, type);
}

async function passed(phone: Page, fromMs: number): Promise<void> {
  await phone.waitForFunction((toMs) => performance.timeOrigin + performance.now() > toMs, fromMs + PAUSE_MS);
}

/** When a press was last noticed by the page, in ms since 1970. */
async function lastPress(page: Page, type: string): Promise<number> {
  return Number(await page.evaluate(`window.voiceTap.presses.findLast((press) => press.type === '${type}').at`));
}

/** How far into a pause it is not silent, in ms. */
function lastLoudMs(line: RecordedLine, { fromMs, toMs }: Pause): number {
  return between(line, fromMs, toMs - EARLY_MS).findLastIndex((sample) => Math.abs(sample) > LOUD) / 48;
}
