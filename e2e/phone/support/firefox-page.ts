import type { Page } from 'puppeteer-core';
import { launchFirefox } from '../../support/firefox.ts';
import { parseLines, type RecordedLine, textOf } from './recorded-line.ts';
import { SOUND_TAP } from './sound-tap.ts';

/** An empty page of Firefox that hears only what {@link sayInFirefox} says; it ends with the test. */
export async function openFirefox(): Promise<Page> {
  const { browser } = await launchFirefox({});
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  await page.evaluateOnNewDocument(SOUND_TAP);
  return page;
}

/** As `say`, in Firefox. */
export async function sayInFirefox(page: Page, pcm: Int16Array): Promise<number> {
  return Number(await page.evaluate(`window.voiceTap.say(${JSON.stringify(textOf(pcm))})`));
}

/** As `record`, in Firefox. */
export async function recordInFirefox(page: Page): Promise<() => Promise<readonly RecordedLine[]>> {
  await page.evaluate('window.voiceTap.record()');
  return async () => parseLines(await page.evaluate('window.voiceTap.take()'));
}
