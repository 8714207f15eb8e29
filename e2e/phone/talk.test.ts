import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { shareBrowsers } from '../support/chromium.ts';
import { closeAll } from '../support/open-things.ts';
import { hasRecogniser } from '../support/recognise.ts';
import { hasRecordings } from '../support/recordings.ts';
import { skipWithout } from '../support/skip.ts';
import { bestPieceOf, likenessOf } from './support/likeness.ts';
import {
  connected,
  invite,
  openDesktop,
  openPhone,
  record,
  say,
  startPhoneHouse,
  understood,
} from './support/phone-house.ts';
import { between, heardOf, loudness, mixOf } from './support/recorded-line.ts';
import { doSomething, fingerprint, goForward } from './support/voices.ts';

const closeBrowsers = shareBrowsers();
afterEach(closeAll);
afterAll(closeBrowsers);

/** A sound that is there among others, at least; and one that is not there, at most. */
const [THERE, NOT_THERE] = [0.3, 0.1];
const SPOKEN = 100;

describe('a phone as microphone and speaker', () => {
  it.skipIf(skipWithout({ recogniser: hasRecogniser, recordings: hasRecordings }))(
    '[S-0.1] [S-0.18] [S-0.33] is understood as the desktop is, and hears the assistant',
    async () => {
      const house = await startPhoneHouse();
      const desktop = await openDesktop(house);
      const phone = await openPhone(house, await invite(desktop));
      await connected(desktop, phone);

      const taken = await record(phone);
      const fromMs = await say(phone, doSomething());
      await understood(desktop, 'go somewhere and do something');
      await understood(phone, 'go somewhere and do something');
      await desktop.locator('[data-role=assistant][data-state=final]').first().waitFor();
      await desktop.locator('.session[data-assistant=idle]').waitFor();
      const heard = heardOf(await taken());
      expect(loudness(between(heard, fromMs + 3_000, heard.startMs + heard.pcm.length / 48))).toBeGreaterThan(SPOKEN);

      await say(desktop, goForward());
      await understood(desktop, 'go forward ten meters');
      await understood(phone, 'go forward ten meters');
    },
  );

  it('[S-0.17] [S-0.20] never hears itself, and hears the desktop only when it is told to', async () => {
    const house = await startPhoneHouse();
    const desktop = await openDesktop(house);
    const phone = await openPhone(house, await invite(desktop));
    await connected(desktop, phone);
    const [phoneVoice, desktopVoice] = [fingerprint(2, 1), fingerprint(2, 2)];
    const turn = async () => {
      const [atPhone, atDesktop] = [await record(phone), await record(desktop)];
      const [phoneMs, desktopMs] = await Promise.all([say(phone, phoneVoice), say(desktop, desktopVoice)]);
      const heard = heardOf(await atPhone());
      const mix = mixOf(await atDesktop());
      return {
        mixHasPhone: bestPieceOf(phoneVoice, phoneMs, mix),
        mixHasDesktop: bestPieceOf(desktopVoice, desktopMs, mix),
        phoneHearsItself: Math.abs(likenessOf(phoneVoice, phoneMs, heard).value),
        phoneHearsDesktop: Math.abs(likenessOf(desktopVoice, desktopMs, heard).value),
        phoneHearsSomeOfDesktop: bestPieceOf(desktopVoice, desktopMs, heard),
      };
    };
    const usual = await turn();
    expect(usual.mixHasPhone).toBeGreaterThan(THERE);
    expect(usual.mixHasDesktop).toBeGreaterThan(THERE);
    expect(usual.phoneHearsItself).toBeLessThan(NOT_THERE);
    expect(usual.phoneHearsDesktop).toBeLessThan(NOT_THERE);
    await desktop.getByLabel("Phones hear this computer's microphone, too").check();
    const wished = await turn();
    expect(wished.phoneHearsSomeOfDesktop).toBeGreaterThan(THERE);
    expect(wished.phoneHearsItself).toBeLessThan(NOT_THERE);
  });
});
