import { pageFolder } from 'example-multi-client/page-folder';
import type { Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import { startHouse } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { hasRecogniser } from '../support/recognise.ts';
import { skipWithout } from '../support/skip.ts';
import { speak } from '../support/speech.ts';
import { giveSpokenMicrophone, sayTo } from '../support/spoken-microphone.ts';
import { openPageIn } from '../support/talking-page.ts';

afterEach(closeAll);

it.skipIf(skipWithout({ recogniser: hasRecogniser }))(
  'a page without turn detection is understood while its button is held, with a key or a mouse, and is not heard otherwise',
  async () => {
    const page = await joined();
    const button = page.getByRole('button', { name: 'Hold to talk' });
    await sayTo(page, await speak('set the lamp to red'));

    await button.focus();
    await page.keyboard.down('Space');
    await page.locator('.talk[aria-pressed=true]').waitFor();
    await sayTo(page, await speak('roll the dice'));
    await page.keyboard.up('Space');
    await understood(page, 'roll the dice', 1);
    await page.locator('.talk[aria-pressed=false]').waitFor();

    await sayTo(page, await speak('set the lamp to green'));
    await button.hover();
    await page.mouse.down();
    await page.locator('.talk[aria-pressed=true]').waitFor();
    await sayTo(page, await speak('set the lamp to blue'));
    await page.mouse.move(1, 1);
    await page.mouse.up();
    await understood(page, 'set the lamp to blue', 2);
    expect(await page.locator('.lines li[data-role=user]').count()).toBe(2);
  },
);

async function joined(): Promise<Page> {
  const house = await startHouse({ turnDetection: null, pageFolder });
  cleanup(() => house.close());
  const { page, context } = await openPageIn({ url: `${house.url}/?conversation=held` });
  await giveSpokenMicrophone(context);
  await page.reload();
  await page.getByLabel('Your name').fill('Ada');
  await page.getByRole('button', { name: 'Join' }).click();
  await page.locator('.conversation[data-state=connected]').waitFor();
  return page;
}

/** So many turns were said, this one the last, and answered. */
async function understood(page: Page, words: string, turns: number): Promise<void> {
  await page.locator('.lines li[data-role=user]', { hasText: words }).nth(0).waitFor();
  await page
    .locator('.lines li[data-role=assistant][data-state=final]')
    .nth(turns - 1)
    .waitFor();
  await page.locator('.conversation[data-assistant=idle]').waitFor();
}
