import { afterEach, expect, it } from 'vitest';
import { startHouse } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { openTalkingPage, startTalking, type } from '../support/talking-page.ts';

afterEach(closeAll);

it('[S-1.30] after a reload the page shows what was said, and the next session knows it, the notes and the lamp', async () => {
  const house = await startHouse();
  cleanup(() => house.close());
  const page = await openTalkingPage(house);
  await type(page, 'set the lamp to purple');
  await page.locator('.lamp[data-colour=purple]').waitFor();
  await type(page, 'take a note call my mother');
  await page.locator('[data-role=assistant][data-state=final]', { hasText: 'call my mother' }).waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.locator('.stage[data-state=closed]').waitFor();
  await page.reload();
  await startTalking(page);
  const past = page.locator('.transcript li');
  await past.filter({ hasText: 'call my mother' }).first().waitFor();
  expect((await past.locator('.what').allTextContents()).filter((text) => text.startsWith('set the lamp'))).toEqual([
    'set the lamp to purple',
  ]);
  await type(page, 'read my notes');
  await page.locator('[data-role=assistant][data-state=final]', { hasText: 'call my mother' }).nth(1).waitFor();
  expect(await page.locator('.lamp').getAttribute('data-colour')).toBe('purple');
});

it('a timer says that it runs, shows how far it is, lets one go on talking, and speaks when it is over', async () => {
  const house = await startHouse();
  cleanup(() => house.close());
  const page = await openTalkingPage(house);
  await type(page, 'start a timer for ten seconds');
  await page.locator('[data-role=assistant]', { hasText: 'The timer runs for 10 seconds.' }).waitFor();
  await type(page, 'set the lamp to pink');
  await page.locator('.lamp[data-colour=pink]').waitFor();
  await page.locator('.tools li[data-state=running] progress').waitFor();
  await page.locator('[data-role=assistant][data-state=final]', { hasText: 'Time is up' }).waitFor();
  expect(await page.locator('.tools li[data-state=done]').count()).toBe(2);
});
