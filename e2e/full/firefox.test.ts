import { afterEach, describe, expect, it } from 'vitest';
import { descriptionsOf, firefoxNeeds, openFirefoxPage, startTalking, statsOf, type } from '../support/firefox.ts';
import { startHouse } from '../support/house.ts';
import { scriptMicrophone } from '../support/microphone.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { hasRecogniser, recognise } from '../support/recognise.ts';
import { skipWithout } from '../support/skip.ts';

const PATIENCE = { timeout: 10_000 };
/** Sum of squares per second: silence stays far below, a spoken sentence far above. */
const SPOKEN_ENERGY = 0.001;

afterEach(closeAll);

describe.skipIf(skipWithout(firefoxNeeds))('Firefox', () => {
  it('[S-1.50] [S-3.27] connects without a candidate in its offer, is answered by a tool and aloud, and stop leaves nothing', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const firefox = await openFirefoxPage(house);
    await startTalking(firefox);
    const { offer, answer } = await descriptionsOf(firefox);
    expect(offer).toMatch(/a=rtpmap:109 opus\/48000\/2/);
    expect(offer).not.toContain('a=candidate');
    expect(answer).toMatch(/m=audio \d+ \S+ 109\r\n/);
    await type(firefox, 'turn the lamp green');
    await firefox.page.waitForSelector('.lamp[data-colour=green]');
    await expect.poll(async () => (await statsOf(firefox)).audioEnergy, PATIENCE).toBeGreaterThan(SPOKEN_ENERGY);
    await firefox.page.waitForSelector('[data-role=assistant][data-state=final]');
    await firefox.page.waitForSelector('.stage[data-assistant=idle]');
    expect(house.bridge.sessions.list()).toHaveLength(1);
    await firefox.page.locator('.orb').click();
    await firefox.page.waitForSelector('.stage[data-state=closed]');
    await expect.poll(() => house.bridge.sessions.list(), PATIENCE).toEqual([]);
    await expect.poll(() => house.model.callCount, PATIENCE).toBe(0);
    await expect.poll(() => process.getActiveResourcesInfo().filter((kind) => kind === 'UDPWrap')).toEqual([]);
    expect(firefox.console.filter((line) => line.startsWith('uncaught'))).toEqual([]);
  });

  it.skipIf(skipWithout({ recogniser: hasRecogniser }))(
    '[S-1.50] [S-3.27] what is said into its microphone is understood, and its speaker says the answer',
    async () => {
      const script = await scriptMicrophone([{ say: 'set the lamp to blue' }, { silenceMs: 500 }]);
      const house = await startHouse();
      cleanup(() => house.close());
      const firefox = await openFirefoxPage(house, { gatherFirst: true });
      await startTalking(firefox);
      await expect.poll(async () => (await statsOf(firefox)).packetsSent, PATIENCE).toBeGreaterThan(25);
      const recording = firefox.sound.recordSpeaker();
      await firefox.sound.playToMicrophone(script.path);
      await firefox.page.waitForSelector('.lamp[data-colour=blue]');
      await firefox.page.waitForSelector('[data-role=assistant][data-state=final]');
      await firefox.page.waitForSelector('.stage[data-assistant=idle]');
      expect(await firefox.page.$$eval('.tools li', (calls) => calls.length)).toBe(1);
      const heard = await recognise(await recording.stop(), [
        'the lamp is blue now',
        'the lamp is off now',
        'you have no notes yet',
        'i am fine thank you',
      ]);
      expect(heard).toBe('the lamp is blue now');
    },
  );

  it('[S-1.50] [S-3.27] connects when its only candidates are .local names and the microphone is refused', async () => {
    const house = await startHouse();
    cleanup(() => house.close());
    const firefox = await openFirefoxPage(house, { permission: 'deny', hideAddresses: true, gatherFirst: true });
    await startTalking(firefox);
    const { offer } = await descriptionsOf(firefox);
    expect(offer).toContain('a=end-of-candidates');
    const candidates = offer.match(/^a=candidate:.*$/gm) ?? [];
    expect(candidates.length).toBeGreaterThan(0);
    expect(candidates.filter((candidate) => !candidate.includes('.local '))).toEqual([]);
    await type(firefox, 'turn the lamp red');
    await firefox.page.waitForSelector('.lamp[data-colour=red]');
    await expect.poll(async () => (await statsOf(firefox)).audioEnergy, PATIENCE).toBeGreaterThan(SPOKEN_ENERGY);
    await expect.poll(async () => (await statsOf(firefox)).packetsSent, PATIENCE).toBeGreaterThan(25);
  });
});
