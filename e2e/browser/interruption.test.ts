import { afterEach, describe, expect, it } from 'vitest';
import { startHouse } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { hasRecogniser } from '../support/recognise.ts';
import { skipWithout } from '../support/skip.ts';
import { storySpokenOver } from '../support/spoken-over.ts';
import { openTalkingPage } from '../support/talking-page.ts';

afterEach(closeAll);

describe('interruption', () => {
  it.skipIf(skipWithout({ recogniser: hasRecogniser }))(
    'speech over the answer cuts it, and the new sentence is answered',
    async () => {
      const microphone = await storySpokenOver();
      const house = await startHouse();
      cleanup(() => house.close());
      const page = await openTalkingPage(house, { microphone, unprocessed: true });
      await page.locator('[data-role=assistant][data-state=interrupted]').waitFor();
      await page.locator('.lamp[data-colour=red]').waitFor();
      const lines = await page.locator('.transcript li').evaluateAll((all) => all.map((each) => each.dataset.state));
      expect(lines.filter((state) => state === 'interrupted')).toHaveLength(1);
    },
  );

  it('the interrupt button cuts the answer at once', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const page = await openTalkingPage(house);
    await page.getByLabel('Type instead').fill('tell me a story');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.stage[data-assistant=speaking]').waitFor();
    await page.getByRole('button', { name: 'Interrupt' }).click();
    await page.locator('[data-role=assistant][data-state=interrupted]').waitFor();
    await page.locator('.stage[data-assistant=idle]').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
