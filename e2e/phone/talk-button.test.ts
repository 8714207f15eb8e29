import { statesFolder } from 'example-phone-microphone/page-folder';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../support/chromium.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { type ServedPage, servePage } from '../support/serve-page.ts';
import '../support/share-browsers.ts';

let served: ServedPage;

beforeAll(async () => {
  served = await servePage(statesFolder);
});
afterAll(() => served.close());
afterEach(closeAll);

describe('the big button', () => {
  it('is only held where turns are told by hand: a tap mutes nothing, and a screen reader begins and ends by clicks', async () => {
    const page = await show('turns');
    await page.getByText('Hold the button while you talk.').waitFor();
    await hold(page);
    await page.getByText('You are heard while you hold.').waitFor();
    await page.getByRole('button', { name: 'Let go to be answered' }).waitFor();
    await page.mouse.up();
    await page.getByText('Hold the button while you talk.').waitFor();
    const button = page.locator('.talk-button');
    await button.click();
    await page.getByText('Hold the button while you talk.').waitFor();
    await button.dispatchEvent('click');
    await page.getByText('You are heard while you hold.').waitFor();
    await button.dispatchEvent('click');
    await page.getByText('Hold the button while you talk.').waitFor();
  });

  it('is let go though the microphone went in the middle of a press', async () => {
    const page = await show('unplugged');
    await hold(page);
    await page.getByRole('button', { name: 'No microphone' }).waitFor();
    await page.waitForFunction((from) => performance.now() - from > 500, await page.evaluate(() => performance.now()));
    await page.mouse.up();
    await page.getByText('Muted. Nobody hears you.').waitFor();
  });

  it('does nothing without a microphone, and says so', async () => {
    const page = await show('microphone_denied');
    const button = page.getByRole('button', { name: 'No microphone' });
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await hold(page);
    await page.mouse.up();
    await button.dispatchEvent('click');
    await page.getByText('No microphone: you can only listen.').waitFor();
    expect(await page.locator('[data-heard=false]').count()).toBe(1);
  });

  it('is crossed out when the desktop muted the phone, and the page says who did', async () => {
    const page = await show('silenced');
    await page.getByText('Muted by the desktop. Nobody hears you.').waitFor();
    expect(await page.locator('[data-heard=false] .cross').count()).toBe(1);
  });
});

async function show(state: string): Promise<Page> {
  const { page, close } = await openBrowser({ viewport: { width: 390, height: 844 }, shareable: true });
  cleanup(close);
  await page.route('**/api/realtime/conversations', (route) => route.fulfill({ json: { conversations: [] } }));
  await page.goto(`${served.url}?phone=${state}`);
  return page;
}

/** Presses the button with the mouse, without letting it go. */
async function hold(page: Page): Promise<void> {
  await page.locator('.talk-button').hover();
  await page.mouse.down();
}
