import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type Browser, type BrowserOptions, openBrowser } from './chromium.ts';
import type { House } from './house.ts';
import { type Script, scriptMicrophone } from './microphone.ts';
import { cleanup } from './open-things.ts';

const QUIET_MS = 120_000;
/** Always the same, as only browsers that are started alike can be shared. */
const QUIET_FOLDER = join(tmpdir(), `voice-bridge-microphone-${process.pid}`);

/** Opens the page in a fresh browser, with a quiet microphone unless told otherwise; the browser closes with the test. */
export async function openPage(house: House, options: BrowserOptions = {}): Promise<Page> {
  return (await openPageIn(house, options)).page;
}

/** Like {@link openPage}, with the browser around it. */
export async function openPageIn(house: { readonly url: string }, options: BrowserOptions = {}): Promise<Browser> {
  const usual = options.microphone === undefined ? { microphone: await quietMicrophone(), shareable: true } : {};
  const browser = await openBrowser({ ...usual, ...options });
  cleanup(() => browser.close());
  browser.page.setDefaultTimeout(20_000);
  await browser.page.goto(house.url);
  return browser;
}

/** Opens the page, presses the one button and waits until it is connected. */
export async function openTalkingPage(house: House, options: BrowserOptions = {}): Promise<Page> {
  const page = await openPage(house, options);
  await startTalking(page);
  return page;
}

/** Presses the button and waits until the page is connected. */
export async function startTalking(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start talking' }).click();
  await page.locator('.stage[data-state=connected]').waitFor();
}

/** Types a message and sends it. */
export async function type(page: Page, text: string): Promise<void> {
  await page.getByLabel('Type instead').fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

let quiet: Promise<Script> | null = null;

/** One for all pages of a test. */
async function quietMicrophone(): Promise<string> {
  if (quiet === null) {
    quiet = scriptMicrophone([{ silenceMs: QUIET_MS }], QUIET_FOLDER);
    cleanup(() => {
      quiet = null;
    });
  }
  return (await quiet).path;
}
