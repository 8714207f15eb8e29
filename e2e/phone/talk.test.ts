import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { shareBrowsers } from '../support/chromium.ts';
import { closeAll } from '../support/open-things.ts';
import { hasRecogniser } from '../support/recognise.ts';
import { hasRecordings } from '../support/recordings.ts';
import { skipWithout } from '../support/skip.ts';
import { expectSound } from './support/expect-sound.ts';
import { bestPieceOf, likenessOf } from './support/likeness.ts';
import { connected, invite, openDesktop, openPhone, startPhoneHouse, understood } from './support/phone-house.ts';
import { heardOf, mixOf, type RecordedLine } from './support/recorded-line.ts';
import { record, say } from './support/tapped-page.ts';
import { doSomething, fingerprint, goForward } from './support/voices.ts';

const closeBrowsers = shareBrowsers();
afterEach(closeAll);
afterAll(closeBrowsers);

/** A sound that is there among others, at least; and one that is not there, at most: as a whole, and any half second of it. */
const [THERE, NOT_THERE, NO_PIECE_THERE] = [0.3, 0.1, 0.2];

describe('a phone as microphone and speaker', () => {
  it.skipIf(skipWithout({ recogniser: hasRecogniser, recordings: hasRecordings }))(
    '[S-0.1] [S-0.14] [S-0.18] [S-0.33] is understood as the desktop is, and both hear the assistant',
    async () => {
      const house = await startPhoneHouse();
      const desktop = await openDesktop(house);
      const phone = await openPhone(house, await invite(desktop));
      await connected(desktop, phone);
      await Promise.all([record(phone), record(desktop)]);

      const saidMs = await say(phone, doSomething());
      await understood(desktop, 'go somewhere and do something');
      await understood(phone, 'go somewhere and do something');
      await desktop.locator('[data-role=assistant][data-state=final]').first().waitFor();
      await expectSound(phone, 'received', saidMs);
      await expectSound(desktop, 'bridge received', saidMs);
      await desktop.locator('.session[data-assistant=idle]').waitFor();

      await say(desktop, goForward());
      await understood(desktop, 'go forward ten meters');
      await understood(phone, 'go forward ten meters');
    },
  );

  it('[S-0.17] [S-0.19] [S-0.20] never hears itself, and hears the desktop only when it is told to', async () => {
    const house = await startPhoneHouse();
    const desktop = await openDesktop(house);
    const phone = await openPhone(house, await invite(desktop));
    await connected(desktop, phone);
    const [phoneVoice, desktopVoice] = [fingerprint(3, 1), fingerprint(3, 2)];
    const turn = async () => {
      const [atPhone, atDesktop] = [await record(phone), await record(desktop)];
      const [phoneMs, desktopMs] = await Promise.all([say(phone, phoneVoice), say(desktop, desktopVoice)]);
      const heard = heardOf(await atPhone());
      await expectNotIn(heard, phoneVoice, phoneMs);
      return { phoneMs, desktopMs, heard, mix: mixOf(await atDesktop()) };
    };
    const usual = await turn();
    await expectNotIn(usual.heard, desktopVoice, usual.desktopMs);
    expect(await bestPieceOf(phoneVoice, usual.phoneMs, usual.mix)).toBeGreaterThan(THERE);
    expect(await bestPieceOf(desktopVoice, usual.desktopMs, usual.mix)).toBeGreaterThan(THERE);
    await desktop.getByLabel("Phones hear this computer's microphone, too").check();
    const wished = await turn();
    expect(await bestPieceOf(desktopVoice, wished.desktopMs, wished.heard)).toBeGreaterThan(THERE);
  });
});

async function expectNotIn(line: RecordedLine, voice: Int16Array, saidMs: number): Promise<void> {
  expect(Math.abs(likenessOf(voice, saidMs, line).value)).toBeLessThan(NOT_THERE);
  expect(await bestPieceOf(voice, saidMs, line)).toBeLessThan(NO_PIECE_THERE);
}
