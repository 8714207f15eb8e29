import type { Page } from 'playwright-core';
import { nowMs } from './expect-sound.ts';
import { between, type RecordedLine, together } from './recorded-line.ts';
import { hum, record } from './tapped-page.ts';

/** A stretch in which the phone is to be silent, in ms since 1970. */
export interface Pause {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How long a {@link Pause} is at least, in ms. */
export const PAUSE_MS = 600;
/** A time in a recording may be this much too early, in ms. */
export const EARLY_MS = 100;
const LOUD = 100;
/** Before a pause, the phone is heard for so long, in ms. */
const HEARD_MS = 200;

/** How long a phone, which is heard, still sends sound after each of `taps` that mute it, in ms: at the phone, and at the desktop. */
export async function measureMuting(desktop: Page, phone: Page, taps: number) {
  const taken = await record(phone);
  const hush = await hum(phone);
  await passed(phone, nowMs());
  const pauses = async (button: string, pressed: Page) => {
    const all: Pause[] = [];
    for (let count = 0; count < taps; count++) {
      await pressed.locator(button).click();
      const fromMs = await silentSince(phone, pressed);
      await pressed.locator(button).click();
      const toMs = await heardSince(phone, 'pointerup', pressed);
      await passed(phone, toMs);
      all.push({ fromMs, toMs });
    }
    return all;
  };
  const byPhone = await pauses('.talk-button', phone);
  const byDesktop = await pauses('[data-peer=mobile] [data-muted]', desktop);
  await hush();
  const sent = together((await taken()).filter(({ direction }) => direction === 'sent'));
  const delays = (list: readonly Pause[]) =>
    list.map((pause) => {
      const before = { fromMs: pause.fromMs - HEARD_MS, toMs: pause.fromMs + EARLY_MS };
      if (lastLoudMs(sent, before) < 0) throw new Error('The phone was not heard before it was muted');
      return lastLoudMs(sent, pause);
    });
  return { atPhone: delays(byPhone), atDesktop: delays(byDesktop) };
}

/** Waits until a pause that the last press, at this page, began is long enough; gives when that was. */
export async function silentSince(phone: Page, pressed = phone): Promise<number> {
  await phone.locator('[data-heard=false]').waitFor();
  const fromMs = await lastPress(pressed, 'pointerup');
  await passed(phone, fromMs);
  return fromMs;
}

/** Waits until the phone is heard; gives when the press for it was. */
export async function heardSince(phone: Page, type: 'pointerup' | 'pointerdown', pressed = phone): Promise<number> {
  await phone.locator('[data-heard=true]').waitFor();
  return lastPress(pressed, type);
}

/** Waits until {@link PAUSE_MS} have passed since then. */
export async function passed(phone: Page, fromMs: number): Promise<void> {
  await phone.waitForFunction((toMs) => performance.timeOrigin + performance.now() > toMs, fromMs + PAUSE_MS);
}

/** How far into a pause it is not silent, in ms. */
export function lastLoudMs(line: RecordedLine, { fromMs, toMs }: Pause): number {
  return between(line, fromMs, toMs - EARLY_MS).findLastIndex((sample) => Math.abs(sample) > LOUD) / 48;
}

/** When a press was last noticed by the page, in ms since 1970. */
async function lastPress(page: Page, type: string): Promise<number> {
  return Number(await page.evaluate(`window.voiceTap.presses.findLast((press) => press.type === '${type}').at`));
}
