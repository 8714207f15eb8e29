import { afterEach, describe, expect, it } from 'vitest';
import { startHouse } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { startPageRecorder, takeRecording } from '../support/page-recorder.ts';
import { openTalkingPage } from '../support/talking-page.ts';

afterEach(closeAll);

describe('without speaking', () => {
  it('[S-2.5] [S-2.17] typed text is answered by a tool and aloud', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const page = await openTalkingPage(house);
    await startPageRecorder(page);
    await page.getByLabel('Type instead').fill('turn the lamp green');
    await page.keyboard.press('Enter');
    await page.locator('.lamp[data-colour=green]').waitFor();
    await page.locator('[data-role=assistant][data-state=final]').waitFor();
    await page.locator('.stage[data-assistant=idle]').waitFor();
    const loudest = (await takeRecording(page)).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    expect(loudest).toBeGreaterThan(2_000);
  });

  it('[S-0.27] [S-2.15] a refused microphone is explained, and typing still works', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const page = await openTalkingPage(house, { permission: 'deny' });
    await page.getByText('The browser was not allowed to use the microphone.').waitFor();
    await page.getByLabel('Type instead').fill('take a note buy milk');
    await page.keyboard.press('Enter');
    await page.locator('[data-role=assistant][data-state=final]', { hasText: 'buy milk' }).waitFor();
    expect(await page.getByRole('button', { name: 'Mute' }).isDisabled()).toBe(true);
  });
});
