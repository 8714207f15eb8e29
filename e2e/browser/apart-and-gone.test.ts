import { afterEach, describe, expect, it } from 'vitest';
import { startHouse } from '../support/house.ts';
import { scriptMicrophone } from '../support/microphone.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { hasRecogniser } from '../support/recognise.ts';
import { skipWithout } from '../support/skip.ts';
import { openPageIn, openTalkingPage, startTalking, type } from '../support/talking-page.ts';

afterEach(closeAll);

describe('sessions', () => {
  it('[S-0.12] two conversations stay apart: words, tools and notes', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const first = await openTalkingPage(house);
    const second = await openTalkingPage(house);
    await type(first, 'take a note buy milk');
    await first.locator('[data-role=assistant][data-state=final]', { hasText: 'buy milk' }).waitFor();
    await type(second, 'read my notes');
    await second.locator('[data-role=assistant][data-state=final]', { hasText: 'no notes' }).waitFor();
    expect(await second.locator('body').textContent()).not.toContain('buy milk');
    expect(await first.locator('.tools li').count()).toBe(1);
    expect(await second.locator('.tools li').count()).toBe(1);
  });

  it('[S-2.16] stop leaves no session, no call at the model and no timer', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const { page } = await openPageIn(house);
    await startTalking(page);
    const before = house.model.callCount;
    expect(before).toBe(1);
    expect(house.bridge.sessions.list()).toHaveLength(1);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('.stage[data-state=closed]').waitFor();
    await expect.poll(() => house.bridge.sessions.list().length).toBe(0);
    await expect.poll(() => house.model.callCount).toBe(0);
    // A closed socket leaves the list a turn later.
    await expect.poll(() => process.getActiveResourcesInfo().filter((kind) => kind === 'UDPWrap')).toEqual([]);
  });

  it.skipIf(skipWithout({ recogniser: hasRecogniser }))(
    'a page killed in the middle of a word: the turn still commits',
    async () => {
      const microphone = await scriptMicrophone([
        { silenceMs: 4_000 },
        { say: 'set the lamp to blue' },
        { silenceMs: 15_000 },
      ]);
      const house = await startHouse();
      cleanup(() => house.close());
      const answers: string[] = [];
      house.bridge.on('transcript', ({ entry }) => {
        if (entry.role === 'assistant' && entry.state === 'final') answers.push(entry.text);
      });
      const browser = await openPageIn(house, { microphone: microphone.path });
      await startTalking(browser.page);
      await browser.page.locator('.stage[data-assistant=listening]').waitFor();
      const session = await browser.context.newCDPSession(browser.page);
      // The answer never comes: the page that would give it is gone.
      void session.send('Page.crash').catch(() => undefined);
      await expect.poll(() => answers.length, { timeout: 10_000 }).toBe(1);
      await expect.poll(() => house.bridge.sessions.list().length, { timeout: 15_000 }).toBe(0);
    },
  );

  it('[S-1.4] the key is in no byte the browser gets, and in no line that is logged', async () => {
    const canary = 'sk-canary-7d1f0b6e5a';
    const house = await startHouse({ apiKey: canary });
    cleanup(() => house.close());
    const browser = await openPageIn(house);
    const seen: string[] = [];
    const texts: Promise<void>[] = [];
    browser.page.on('response', (response) => {
      seen.push(JSON.stringify(response.headers()));
      texts.push(
        response.text().then(
          (text) => void seen.push(text),
          () => undefined,
        ),
      );
    });
    await startTalking(browser.page);
    await type(browser.page, 'roll the dice');
    await browser.page.locator('[data-role=assistant][data-state=final]').waitFor();
    await browser.page.getByRole('button', { name: 'Stop' }).click();
    await browser.page.locator('.stage[data-state=closed]').waitFor();
    await Promise.all(texts);
    const everything = [...seen, ...browser.console, await browser.page.content()].join('\n');
    expect(seen.join('')).toContain('session_id');
    expect(everything).not.toContain(canary);
  });
});
