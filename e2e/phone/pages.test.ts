import { statesFolder } from 'example-phone-microphone/page-folder';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findFaults, shoot } from '../support/accessibility.ts';
import { openBrowser } from '../support/chromium.ts';
import { motionOf } from '../support/motion.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { type ServedPage, servePage } from '../support/serve-page.ts';
import '../support/share-browsers.ts';

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1100, height: 900 };
const OPEN = [{ conversation_id: 'kitchen', state: 'open', opened_at: 0, participants: 1 }];

let served: ServedPage;

beforeAll(async () => {
  served = await servePage(statesFolder);
});
afterAll(() => served.close());
afterEach(closeAll);

/** Guards against hanging only: a busy machine may take long for every state. */
describe('the pages of a phone link', { timeout: 180_000 }, () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(`[S-0.23] every state of the phone's page is clean for axe, ${colorScheme}`, async () => {
      const page = await openStates({ colorScheme, viewport: PHONE });
      const addresses = await addressesOf(page, '?phone');
      expect(addresses.length).toBeGreaterThan(15);
      for (const address of addresses) {
        await show(page, address);
        await inspect(page, address, colorScheme);
      }
    });

    it(`[S-0.23] every state of the desktop's page is clean for axe, ${colorScheme}`, async () => {
      const page = await openStates({ colorScheme, viewport: DESKTOP });
      const addresses = await addressesOf(page, '?desktop');
      expect(addresses.length).toBeGreaterThan(4);
      for (const address of addresses) {
        await show(page, address);
        await inspect(page, address, colorScheme);
        await page.getByRole('button', { name: /Use your phone|Add another phone/ }).click();
        await page.locator('.invitation').waitFor();
        await inspect(page, `${address}-invited`, colorScheme);
      }
    });
  }

  it('[S-1.43] every state fits 320 pixels, and the big button is in sight without scrolling', async () => {
    const page = await openStates({ viewport: { width: 320, height: 640 } });
    for (const address of await addressesOf(page, '?')) {
      await show(page, address);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), address).toBeLessThanOrEqual(320);
      const button = page.locator('.talk-button');
      if ((await button.count()) === 0) continue;
      const box = await button.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0), address).toBeGreaterThanOrEqual(96);
      expect((box?.y ?? 0) + (box?.height ?? 1_000), address).toBeLessThanOrEqual(640);
    }
  });

  it('where less motion is wished nothing spins, and ring and bar tell how loud it is without growing', async () => {
    const page = await openStates({ viewport: PHONE });
    const inState = async (address: string, reducedMotion: 'reduce' | 'no-preference') => {
      await page.emulateMedia({ reducedMotion });
      await show(page, address);
      return motionOf(page, '.ring, .bar');
    };
    expect((await inState('?phone=waiting', 'no-preference')).moving).toBe(1);
    expect((await inState('?phone=connected', 'no-preference')).sizes).toBe(2);
    expect((await inState('?desktop=connected', 'no-preference')).sizes).toBe(2);
    expect((await inState('?phone=waiting', 'reduce')).moving).toBe(0);
    for (const address of ['?phone=connected', '?phone=holding', '?phone=talking', '?desktop=connected']) {
      expect(await inState(address, 'reduce'), address).toEqual({ moving: 0, sizes: 1, lights: 2 });
    }
  });

  it('takes the token out of the address at once, also one that is scanned into the same tab', async () => {
    const page = await openStates({ viewport: PHONE });
    await page.goto(`${served.url}?phone=idle#a-token-of-a-code`);
    await page.getByRole('button', { name: 'Connect this phone' }).waitFor();
    expect(await page.evaluate(() => location.href)).not.toContain('a-token-of-a-code');
    await page.getByRole('button', { name: 'Type a code instead' }).click();
    await page.getByLabel('Code').waitFor();
    await page.evaluate(() => {
      location.hash = 'another-token-of-a-code';
    });
    await page.getByRole('button', { name: 'Connect this phone' }).click();
    await page.getByText('Waiting for the desktop to let this phone in.').waitFor();
    await page.locator('h1:focus', { hasText: 'Waiting for the desktop' }).waitFor();
    expect(await page.evaluate(() => location.href)).not.toContain('token-of-a-code');
  });

  it('[S-0.32] joins by a typed code, which needs no capitals and no dash, or by an open conversation', async () => {
    const page = await openStates({ viewport: PHONE });
    await show(page, '?phone=idle');
    await page.getByLabel('Code').pressSequentially('abcd2');
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByText('A code has eight letters or digits.').waitFor();
    await page.getByLabel('Code').press('End');
    await page.keyboard.type('345');
    await expect.poll(() => page.getByLabel('Code').inputValue()).toBe('ABCD-2345');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Waiting for the desktop' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'kitchen 1 is there' }).click();
    await page.getByRole('heading', { name: 'Waiting for the desktop' }).waitFor();
  });

  it('[S-0.22] the big button mutes by a tap and by a click of a screen reader, and lets be heard while it is held', async () => {
    const page = await openStates({ viewport: PHONE });
    await show(page, '?phone=connected');
    await press(page, 'Enter');
    const muted = page.getByRole('button', { name: 'Unmute' });
    await muted.waitFor();
    await page.mouse.move(...(await centre(page)));
    await page.mouse.down();
    await page.getByText('You are heard while you hold.').waitFor();
    await page.waitForFunction((from) => performance.now() - from > 500, await page.evaluate(() => performance.now()));
    await page.mouse.up();
    await page.getByText('Muted. Nobody hears you.').waitFor();
    await page.mouse.down();
    await page.getByText('You are heard while you hold.').waitFor();
    await page.evaluate(() => dispatchEvent(new Event('blur')));
    await page.getByText('Muted. Nobody hears you.').waitFor();
    await page.mouse.up();
    await muted.dispatchEvent('click');
    await page.getByText('You are heard.', { exact: true }).waitFor();
  });

  it('does not say that it is heard while the session on the desktop is not running', async () => {
    const page = await openStates({ viewport: PHONE });
    await show(page, '?phone=session_away');
    await page.getByRole('status').getByText('The assistant does not hear you.').waitFor();
    expect(await page.getByText('You are heard').count()).toBe(0);
  });

  it("says that this computer's microphone is muted, with a button that ends it, whatever muted it and without phones", async () => {
    const page = await openStates({ viewport: DESKTOP });
    for (const address of ['?desktop=silent', '?desktop=muted']) {
      await show(page, address);
      const session = page.locator('.session');
      await session.getByText("This computer's microphone is muted.", { exact: true }).waitFor();
      expect(await page.getByText('Say something').count(), address).toBe(0);
      expect(await page.getByRole('button', { name: 'Unmute This computer' }).count(), address).toBe(
        address === '?desktop=silent' ? 1 : 0,
      );
      await session.getByRole('button', { name: 'Unmute' }).click();
      await session.getByText('Connected. Say something.').waitFor();
      expect(await page.getByText('is muted').count(), address).toBe(0);
      expect(await page.getByRole('button', { name: /^Unmute/ }).count(), address).toBe(0);
    }
  });

  it('tries again by one button what a reload could not do, as long as that may help', async () => {
    const page = await openStates({ viewport: PHONE });
    await show(page, '?phone=failed');
    await page.getByText('This code is not known').waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    await show(page, '?phone=reloaded');
    await page.getByText('The bridge could not be reached').waitFor();
    await page.getByLabel('Code').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Waiting for the desktop' }).waitFor();
  });

  it('paints nothing while it is muted', async () => {
    const page = await openStates({ viewport: PHONE });
    await page.addInitScript(() => {
      const ask = window.requestAnimationFrame.bind(window);
      let asked = 0;
      window.requestAnimationFrame = (callback) => {
        asked++;
        return ask(callback);
      };
      Object.assign(window, {
        framesIn: async () => {
          const before = asked;
          for (let frames = 0; frames < 10; frames++) await new Promise((resolve) => ask(resolve));
          return asked - before;
        },
      });
    });
    await show(page, '?phone=connected');
    await expect.poll(() => page.evaluate('framesIn()')).toBeGreaterThan(5);
    await press(page, ' ');
    await page.getByText('Muted. Nobody hears you.').waitFor();
    await expect.poll(() => page.evaluate('framesIn()')).toBe(0);
  });
});

/** A browser with the list of all states open. */
async function openStates(options: Parameters<typeof openBrowser>[0]): Promise<Page> {
  const browser = await openBrowser({ ...options, shareable: true });
  cleanup(() => browser.close());
  await browser.page.route('**/api/realtime/conversations', (route) =>
    route.fulfill({ json: { conversations: OPEN } }),
  );
  await browser.page.goto(served.url);
  return browser.page;
}

async function addressesOf(page: Page, start: string): Promise<string[]> {
  const all = await page.locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  return all.filter((address) => address.startsWith(start));
}

async function show(page: Page, address: string): Promise<void> {
  await page.goto(served.url + address);
  await page.getByRole('heading').first().waitFor();
}

async function inspect(page: Page, address: string, colorScheme: string): Promise<void> {
  await shoot(page, `phone-link${address.replace(/[?=]/g, '-')}-${colorScheme}`);
  expect(await findFaults(page), address).toEqual([]);
}

/** Presses and lets go of a key on the big button, with nothing in between. */
async function press(page: Page, key: string): Promise<void> {
  await page.locator('.talk-button').evaluate((button, key) => {
    for (const type of ['keydown', 'keyup']) button.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true }));
  }, key);
}

async function centre(page: Page): Promise<[number, number]> {
  const box = await page.locator('.talk-button').boundingBox();
  if (box === null) throw new Error('There is no big button');
  return [box.x + box.width / 2, box.y + box.height / 2];
}
