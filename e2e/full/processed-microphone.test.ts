import { afterEach, expect, it } from 'vitest';
import { startHouse } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { hasRecogniser } from '../support/recognise.ts';
import { skipWithout } from '../support/skip.ts';
import { storySpokenOver } from '../support/spoken-over.ts';
import { openPage, startTalking } from '../support/talking-page.ts';

afterEach(closeAll);

// The page keeps its loudspeaker silent: a scripted microphone cannot hear it, and Chromium's echo canceller, which does, takes
// the words that are spoken over it for its echo.
it.skipIf(skipWithout({ recogniser: hasRecogniser }))(
  '[S-4.2] speech over the answer cuts it with echo cancellation, noise suppression and gain control on',
  async () => {
    const microphone = await storySpokenOver();
    const house = await startHouse();
    cleanup(() => house.close());
    const page = await openPage(house, { microphone });
    await page.evaluate(() => {
      const play = HTMLMediaElement.prototype.play;
      HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
        this.muted = true;
        return play.call(this);
      };
    });
    await startTalking(page);
    await page.locator('[data-role=assistant][data-state=interrupted]').waitFor();
    await page.locator('.lamp[data-colour=red]').waitFor();
    expect(await page.locator('.transcript').textContent()).toContain('set the lamp to red');
  },
);
