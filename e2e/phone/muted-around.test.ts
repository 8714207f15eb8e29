import { afterAll, afterEach, expect, it } from 'vitest';
import { shareBrowsers } from '../support/chromium.ts';
import { closeAll } from '../support/open-things.ts';
import { loudTimes } from './support/expect-sound.ts';
import { bestPieceOf } from './support/likeness.ts';
import { connected, invite, openDesktop, openPhoneBehind, startPhoneHouse } from './support/phone-house.ts';
import { startPhoneNetwork } from './support/phone-network.ts';
import { type RecordedLine, together } from './support/recorded-line.ts';
import { hum, record, say, type TappedPage } from './support/tapped-page.ts';
import { fingerprint } from './support/voices.ts';

const closeBrowsers = shareBrowsers();
afterEach(closeAll);
afterAll(closeBrowsers);

/** A voice that is sent, at least, and one that is not, at most. */
const [SENT, NOT_SENT] = [0.3, 0.2];
/** The loss of the direct path, and two attempts to find another one, come first. */
const DETOUR_MS = 90_000;

it('[S-0.22] [S-0.29] a phone that its desktop muted says nothing on its way around through the bridge, until the desktop ends that', async () => {
  const house = await startPhoneHouse();
  const desktop = await openDesktop(house);
  const network = await startPhoneNetwork(house.url);
  let leadsToDesktop = true;
  const phone = await openPhoneBehind(
    {
      url: network.url,
      relayCandidate: async (candidate) => (leadsToDesktop ? network.relayCandidate(candidate) : null),
    },
    await invite(desktop),
  );
  await connected(desktop, phone);
  const mute = desktop.locator('[data-peer=mobile]').getByRole('button', { name: /^(Mute|Unmute) / });
  await mute.click();
  await phone.getByText('Muted by the desktop.').waitFor();

  // From here on it is spoken to: nothing of that may be sent, on the path that breaks or from the first moment on the way around.
  const taken = await record(phone, { withSaid: true });
  const hush = await hum(phone);
  leadsToDesktop = false;
  await phone.evaluate(
    "voiceTap.connections.filter((each) => each.leadsTo !== 'bridge').forEach((each) => each.close())",
  );
  await phone.locator('[data-path=bridge]').waitFor({ timeout: DETOUR_MS });
  await desktop.locator('[data-peer=mobile][data-path=bridge]').waitFor({ timeout: DETOUR_MS });
  await phone.getByText('Muted by the desktop.').waitFor();
  expect((await loudTimes(phone, 'said', 0)).length).toBeGreaterThan(0);
  expect(await loudTimes(phone, 'sent', 0)).toEqual([]);
  expect(together((await taken()).filter(isSentToBridge)).pcm.length).toBeGreaterThan(0);
  await hush();
  await phone.locator('.talk-button').click();
  await phone.locator('.talk-button').click();
  expect(await sentShare(phone)).toBeLessThan(NOT_SENT);

  await mute.click();
  await phone.getByText('You are heard.', { exact: true }).waitFor();
  expect(await sentShare(phone)).toBeGreaterThan(SENT);
});

/** How well what a phone says is found in what it sends. */
async function sentShare(phone: TappedPage): Promise<number> {
  const voice = fingerprint(2, 7);
  const taken = await record(phone);
  const saidMs = await say(phone, voice);
  return bestPieceOf(voice, saidMs, together((await taken()).filter(isSentToBridge)));
}

function isSentToBridge({ to, direction }: RecordedLine): boolean {
  return to === 'bridge' && direction === 'sent';
}
