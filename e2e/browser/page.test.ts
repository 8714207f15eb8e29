import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { findFaults, shoot } from '../support/accessibility.ts';
import { startHouse } from '../support/house.ts';
import { motionOf } from '../support/motion.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { openPage, openTalkingPage, startTalking, type } from '../support/talking-page.ts';

afterEach(closeAll);

describe('the page', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(`is clean for axe in every state, ${colorScheme}`, async () => {
      const house = await startHouse();
      cleanup(() => house.close());
      const page = await openPage(house, { colorScheme });
      await inspect(page, `idle-${colorScheme}`);
      await startTalking(page);
      await inspect(page, `connected-${colorScheme}`);
      await type(page, 'set the lamp to blue');
      await page.locator('.lamp[data-colour=blue]').waitFor();
      await page.locator('[data-role=assistant][data-state=final]').waitFor();
      await type(page, 'tell me a story');
      await page.locator('.stage[data-assistant=speaking]').waitFor();
      await inspect(page, `speaking-${colorScheme}`);
      await page.getByRole('button', { name: 'Mute' }).click();
      await page.getByRole('button', { name: 'Unmute' }).waitFor();
      await inspect(page, `muted-${colorScheme}`);
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.locator('.stage[data-state=closed]').waitFor();
      await inspect(page, `closed-${colorScheme}`);
      await house.close();
      await page.getByRole('button', { name: 'Start talking' }).click();
      await page.getByRole('alert').waitFor();
      await inspect(page, `failed-${colorScheme}`);
    });
  }

  it('explains a refused microphone without a fault for axe', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const page = await openTalkingPage(house, { permission: 'deny' });
    await page.getByText('was not allowed').waitFor();
    await inspect(page, 'refused-light');
  });

  it('[S-1.43] fits 320 pixels, and shows the main action on a small phone', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const page = await openPage(house, { viewport: { width: 360, height: 640 } });
    const box = await page.getByRole('button', { name: 'Start talking' }).boundingBox();
    expect(box).not.toBeNull();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(640);
    await shoot(page, 'phone');
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await inspect(page, 'narrow');
  });

  it('[S-1.43] on a small phone, what is being said is in sight without scrolling, and the phrases are one press away', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const page = await openPage(house, { viewport: { width: 360, height: 640 } });
    await page.getByRole('button', { name: 'set the lamp to blue' }).waitFor();
    await startTalking(page);
    await type(page, 'set the lamp to blue');
    await page.locator('[data-role=assistant][data-state=final]').waitFor();
    for (const width of [360, 320]) {
      await page.setViewportSize({ width, height: 640 });
      await inspect(page, `talking-${width}`);
      expect(await page.evaluate(() => scrollY)).toBe(0);
      const footer = await page.locator('footer').boundingBox();
      for (const seen of ['.orb', '.transcript li:first-child', '.transcript li:last-child']) {
        const box = await page.locator(seen).boundingBox();
        expect((box?.y ?? 0) + (box?.height ?? 1_000), `${seen} at ${width}`).toBeLessThanOrEqual(footer?.y ?? 0);
      }
    }
    await tabTo(page, 'You can say');
    await page.keyboard.press('Enter');
    await tabTo(page, 'tell me a story');
    await page.keyboard.press('Enter');
    await page.locator('.stage[data-assistant=speaking]').waitFor();
    await inspect(page, 'talking-phrases');
  });

  it('where less motion is wished, the bars tell how loud it is without growing', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const page = await openPage(house);
    await page.locator('.bar').first().waitFor();
    expect(await motionOf(page, '.bar')).toMatchObject({ sizes: 2 });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await motionOf(page, '.bar')).toEqual({ moving: 0, sizes: 1, lights: 2 });
  });

  it('works by keyboard alone', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const page = await openPage(house);
    await tabTo(page, 'Start talking');
    await page.keyboard.press('Enter');
    await page.locator('.stage[data-state=connected]').waitFor();
    await tabTo(page, 'Mute');
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Unmute' }).waitFor();
    await tabTo(page, 'Type instead');
    await page.keyboard.type('turn the lamp green');
    await page.keyboard.press('Enter');
    await page.locator('.lamp[data-colour=green]').waitFor();
    await tabTo(page, 'Stop');
    await page.keyboard.press('Enter');
    await page.locator('.stage[data-state=closed]').waitFor();
  });
});

/** Presses Tab until the element with that name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : element?.textContent;
      return label?.trim() ?? '';
    });
    if (focused === name) return;
  }
  throw new Error(`Tab never reached ${name}`);
}

async function inspect(page: Page, name: string): Promise<void> {
  await shoot(page, name);
  expect(await findFaults(page), name).toEqual([]);
}
