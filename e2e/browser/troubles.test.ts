import { afterEach, describe, expect, it } from 'vitest';
import { startHouse } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { takeNetworkOf } from '../support/page-network.ts';
import { openPageIn, openTalkingPage, startTalking, type } from '../support/talking-page.ts';

afterEach(closeAll);

describe('when something goes wrong', () => {
  it('another page takes the conversation over: the first is told, and does not take it back', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const { page: first, context } = await openPageIn(house);
    await startTalking(first);
    const second = await context.newPage();
    await second.goto(house.url);
    await startTalking(second);
    await first.getByRole('alert').getByText('Connect here to take it back.').waitFor();
    await type(second, 'roll the dice');
    await second.locator('[data-role=assistant][data-state=final]').waitFor();
    expect(await first.locator('.stage').getAttribute('data-state')).toBe('closed');
    expect(await second.locator('.stage').getAttribute('data-state')).toBe('connected');
  });

  it('[S-2.6] a page that slept through a takeover leaves the conversation where it is, until a click takes it back', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const { page: first, context } = await openPageIn(house);
    const network = await takeNetworkOf(first);
    await startTalking(first);
    network.setState('cut');
    const second = await context.newPage();
    await second.goto(house.url);
    await startTalking(second);
    await first.locator('.stage[data-state=reconnecting]').waitFor();
    network.setState('healed');
    await first.getByRole('alert').getByText('Connect here to take it back.').waitFor();
    await type(second, 'roll the dice');
    await second.locator('[data-role=assistant][data-state=final]').waitFor();
    expect(await first.locator('.stage').getAttribute('data-state')).toBe('closed');
    expect(await second.locator('.stage').getAttribute('data-state')).toBe('connected');
    await startTalking(first);
    await second.getByRole('alert').getByText('Connect here to take it back.').waitFor();
    expect(await first.locator('.transcript').textContent()).toContain('roll the dice');
  });

  it('a server that restarts: the page comes back by itself, with what was said', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const page = await openTalkingPage(house);
    await type(page, 'set the lamp to green');
    await page.locator('.lamp[data-colour=green]').waitFor();
    await house.close();
    await page.locator('.stage[data-state=reconnecting]').waitFor();
    const next = await startHouse({ port: Number(new URL(house.url).port) });
    cleanup(() => next.close());
    await page.locator('.stage[data-state=connected]').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await type(page, 'roll the dice');
    await page.locator('[data-role=assistant]', { hasText: 'You rolled' }).waitFor();
    expect(await page.locator('.transcript').textContent()).toContain('set the lamp to green');
  });

  it('a refused microphone is asked for again on a press, and works once allowed', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const { page, context } = await openPageIn(house, { permission: 'deny' });
    await startTalking(page);
    await page.getByText('You can type', { exact: true }).waitFor();
    await context.grantPermissions(['microphone']);
    await page.getByRole('button', { name: 'Try the microphone again' }).click();
    await page.getByText('Say something.').first().waitFor();
    expect(await page.getByText('was not allowed').count()).toBe(0);
  });

  it('[S-2.20] a text that was not taken says why, and that note can be dismissed', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const page = await openTalkingPage(house);
    await page.route('**/text', (route) =>
      route.fulfill({ status: 429, json: { error: { code: 'rate_limited', message: 'Too many texts' } } }),
    );
    await type(page, 'roll the dice');
    await page.locator('.transcript [data-state=failed]').waitFor();
    await page.getByRole('alert').getByText('Too many texts.').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  it('a microphone that is unplugged is replaced, and the page says so', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const { page } = await openPageIn(house);
    await page.evaluate(() => {
      const devices = navigator.mediaDevices;
      const ask = devices.getUserMedia.bind(devices);
      devices.getUserMedia = async (constraints) => {
        const stream = await ask(constraints);
        const unplug = () => {
          for (const track of stream.getTracks()) {
            track.stop();
            track.dispatchEvent(new Event('ended'));
          }
        };
        window.addEventListener('unplug', unplug, { once: true });
        return stream;
      };
    });
    await startTalking(page);
    await page.evaluate(() => window.dispatchEvent(new Event('unplug')));
    await page.getByRole('alert').getByText('The microphone went away').waitFor();
    await page.getByText('Say something.').first().waitFor();
  });
});
