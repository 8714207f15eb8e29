import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { startHouse } from '../support/house.ts';
import { scriptMicrophone } from '../support/microphone.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { openPage, openPageIn, openTalkingPage, startTalking, type } from '../support/talking-page.ts';

/** More than the transcript can show at once. */
const LONG_TEXT = 'please listen to me '.repeat(100);
const SESSIONS = 3;
const POLL = { timeout: 10_000 };

afterEach(closeAll);

describe('in the hand', () => {
  it('a double click starts; sessions leave no sound, no microphone and no element behind, and no line in the console', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const { page, console } = await openPageIn(house);
    await watchOpenThings(page);
    await page.getByRole('button', { name: 'Start talking' }).dblclick();
    await page.locator('.stage[data-state=connected]').waitFor();
    for (let session = 1; session <= SESSIONS; session++) {
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.locator('.stage[data-state=closed]').waitFor();
      if (session < SESSIONS) await startTalking(page);
    }
    await expect.poll(() => page.evaluate('openThings()'), POLL).toEqual({ contexts: 0, tracks: 0, elements: 0 });
    expect(console).toEqual([]);
  });

  it('pressing a button keeps the focus on it', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const page = await openTalkingPage(house);
    await page.getByLabel('Type instead').fill('tell me a story');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.stage[data-assistant=speaking]').waitFor();
    expect(await focused(page)).toBe('Send');
    const interrupt = page.getByRole('button', { name: 'Interrupt' });
    await interrupt.focus();
    await page.keyboard.press('Enter');
    await page.locator('.stage[data-assistant=idle]').waitFor();
    expect(await interrupt.isDisabled()).toBe(true);
    expect(await focused(page)).toBe('Interrupt');
  });

  it('[S-2.14] the microphone is muted before the first word, and its level then stays at nothing', async () => {
    const microphone = await scriptMicrophone([
      { say: 'set the lamp to blue and tell me a story' },
      { silenceMs: 500 },
    ]);
    const house = await startHouse();
    cleanup(() => house.close());
    const page = await openPage(house, { microphone: microphone.path });
    await page.getByRole('button', { name: 'Mute' }).click();
    await startTalking(page);
    await page.getByText('you are muted').first().waitFor();
    // The sentence lasts longer than this.
    expect(await loudest(page, 1, 1_500)).toBe(0);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Unmute' }).click();
    const level = loudest(page, 0.4, 10_000);
    await startTalking(page);
    expect(await level).toBeGreaterThan(0.4);
  });

  it('who has scrolled back to read is left there; who has not sees the newest line', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const page = await openTalkingPage(house);
    await type(page, LONG_TEXT);
    await page.locator('[data-role=user][data-state=final]').waitFor();
    const list = page.locator('.transcript');
    const toEnd = () => list.evaluate((each) => each.scrollHeight - each.clientHeight - each.scrollTop);
    await expect.poll(toEnd, POLL).toBeLessThan(2);
    await list.evaluate((each) => each.scrollTo({ top: 0 }));
    await expect.poll(toEnd, POLL).toBeGreaterThan(30);
    await type(page, 'roll the dice');
    await page.locator('[data-role=user][data-state=final]', { hasText: 'roll the dice' }).waitFor();
    expect(await list.evaluate((each) => each.scrollTop)).toBe(0);
  });
});

/** What the focused button says. */
function focused(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => document.activeElement?.textContent);
}

/** The greatest level of the microphone that the page shows, until it is above `enough` or the time is over. */
function loudest(page: Page, enough: number, withinMs: number): Promise<number> {
  return page.evaluate(
    async ([limit, ms]) => {
      const bar = document.querySelector('.level[data-side=input] .bar');
      let most = 0;
      for (const end = performance.now() + ms; performance.now() < end && most <= limit; ) {
        await new Promise(requestAnimationFrame);
        if (bar instanceof HTMLElement) most = Math.max(most, Number(bar.style.getPropertyValue('--level')));
      }
      return most;
    },
    [enough, withinMs] as const,
  );
}

/** Puts `openThings()` into the page: how many contexts run, tracks are live and elements play. */
async function watchOpenThings(page: Page): Promise<void> {
  await page.evaluate(() => {
    const contexts: AudioContext[] = [];
    const tracks: MediaStreamTrack[] = [];
    const Context = window.AudioContext;
    window.AudioContext = class extends Context {
      constructor(options?: AudioContextOptions) {
        super(options);
        contexts.push(this);
      }
    };
    const devices = navigator.mediaDevices;
    const ask = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      const stream = await ask(constraints);
      tracks.push(...stream.getTracks());
      return stream;
    };
    const openThings = () => ({
      contexts: contexts.filter((context) => context.state !== 'closed').length,
      tracks: tracks.filter((track) => track.readyState === 'live').length,
      elements: document.querySelectorAll('audio').length,
    });
    Object.assign(window, { openThings });
  });
}
