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
    await turn(page, 'roll the dice', {
      press: () => page.keyboard.down('Space'),
      release: () => page.keyboard.up('Space'),
    });

    await sayTo(page, await speak('set the lamp to green'));
    await turn(page, 'set the lamp to blue', {
      press: async () => {
        await button.hover();
        await page.mouse.down();
      },
      release: async () => {
        await page.mouse.move(1, 1);
        await page.mouse.up();
      },
    });
    expect(await linesOf(page)).toHaveLength(2);
  },
);

/** Says something while the button is held, and sees that the line that becomes of it is right. */
async function turn(
  page: Page,
  words: string,
  { press, release }: { press: () => Promise<void>; release: () => Promise<void> },
): Promise<void> {
  const answers = page.locator('.lines li[data-role=assistant][data-state=final]');
  const before = await answers.count();
  await press();
  await page.locator('.talk[aria-pressed=true]').waitFor();
  await sayTo(page, await speak(words));
  await release();
  await page.locator('.talk[aria-pressed=false]').waitFor();
  await answers.nth(before).waitFor({ timeout: 60_000 });
  await page.locator('.conversation[data-assistant=idle]').waitFor();
  expect((await linesOf(page)).at(-1)).toContain(words);
}

function linesOf(page: Page): Promise<string[]> {
  return page.locator('.lines li[data-role=user]').allTextContents();
}

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
