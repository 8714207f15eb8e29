import type { Page } from 'puppeteer-core';
import { launchFirefox } from '../../support/firefox.ts';
import { SOUND_TAP } from './sound-tap.ts';

/** An empty page of Firefox that hears only what `say` says; it ends with the test. */
export async function openFirefox(): Promise<Page> {
  const { browser } = await launchFirefox({});
  const page = await browser.newPage();
  page.setDefaultTimeout(40_000);
  await page.evaluateOnNewDocument(SOUND_TAP);
  return page;
}
