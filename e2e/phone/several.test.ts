import type { Page } from 'playwright-core';
import { afterAll, afterEach, expect, it } from 'vitest';
import { shareBrowsers } from '../support/chromium.ts';
import { closeAll } from '../support/open-things.ts';
import { expectInMix } from './support/expect-sound.ts';
import { bestPieceOf, likenessOf } from './support/likeness.ts';
import { connected, invite, openDesktop, openPhone, startPhoneHouse } from './support/phone-house.ts';
import { heardOf, mixOf } from './support/recorded-line.ts';
import { record, say } from './support/tapped-page.ts';
import { fingerprint } from './support/voices.ts';

const closeBrowsers = shareBrowsers();
afterEach(closeAll);
afterAll(closeBrowsers);

/** A voice that is there among others, at least; and one that is not there, at most: as a whole, and any half second of it. */
const [THERE, NOT_THERE, NO_PIECE_THERE] = [0.3, 0.1, 0.2];

it('[S-0.25] [S-0.49] three phones are mixed, one microphone can be chosen, and one phone removed, which stays out', async () => {
  const house = await startPhoneHouse();
  const desktop = await openDesktop(house);
  const phones: Page[] = [];
  for (const peerId of ['mobile', 'mobile-2', 'mobile-3']) {
    const invitation = await invite(desktop);
    expect(invitation.peerId).toBe(peerId);
    const phone = await openPhone(house, invitation);
    await connected(desktop, phone, peerId);
    phones.push(phone);
  }
  const [first, second, third] = phones;
  if (first === undefined || second === undefined || third === undefined) throw new Error('Three phones');

  const all = await speakTogether(desktop, phones);
  for (const { piece } of all.inMix) expect(piece).toBeGreaterThan(THERE);
  for (const [listener, heard] of all.heard.entries()) {
    for (const [speaker, found] of heard.entries()) {
      if (speaker === listener) expectAbsent(found);
      else expect(found.piece, `${speaker} at ${listener}`).toBeGreaterThan(THERE);
    }
  }

  await desktop.getByRole('radio', { name: / 2 only$/ }).check({ force: true });
  const chosen = await speakTogether(desktop, phones);
  for (const index of [0, 2]) expectAbsent(chosen.inMix[index]);
  expect(chosen.inMix[1]?.piece).toBeGreaterThan(THERE);

  await desktop.locator('[data-peer=mobile-2] .remove').click();
  await second.locator('.join[data-state=removed]').waitFor();
  await desktop.locator('[data-peer=mobile-2]').waitFor({ state: 'detached' });
  const rest = await speakTogether(desktop, [first, third, second], [first, third]);
  for (const line of [rest.inMix, ...rest.heard]) expectAbsent(line[2]);
  for (const [index, { piece }] of rest.inMix.slice(0, 2).entries()) expect(piece, `${index}`).toBeGreaterThan(THERE);
  // Nobody is heard unasked when the one that was heard alone is gone; but everybody sees why, and may end it.
  const session = desktop.locator('.session');
  await session.getByText("This computer's microphone is muted.", { exact: true }).waitFor();
  await session.getByRole('button', { name: 'Unmute' }).click();
  await session.getByText("This computer's microphone is muted.", { exact: true }).waitFor({ state: 'detached' });
  await expectInMix(desktop, desktop);
  await second.reload();
  await second.getByLabel('Code').waitFor();
});

/** How well a voice is found in a line: at least in a piece of it, and as a whole. */
interface Found {
  readonly piece: number;
  readonly whole: number;
}

/** All speak at once: how well each voice is found in the mix, and in what each phone that listens hears; by default all do. */
async function speakTogether(
  desktop: Page,
  phones: readonly Page[],
  listeners = phones,
): Promise<{ inMix: Found[]; heard: Found[][] }> {
  const atDesktop = await record(desktop);
  const atPhones = await Promise.all(listeners.map((phone) => record(phone)));
  const voices = phones.map((_, index) => fingerprint(3, 20 + index));
  const saidMs = await Promise.all(phones.map((phone, index) => say(phone, voices[index] ?? new Int16Array())));
  const mix = mixOf(await atDesktop());
  const heard = (await Promise.all(atPhones.map((taken) => taken()))).map(heardOf);
  const found: Found[][] = [];
  for (const line of [mix, ...heard]) {
    const within: Found[] = [];
    for (const [index, voice] of voices.entries()) {
      const atMs = saidMs[index] ?? 0;
      const piece = await bestPieceOf(voice, atMs, line);
      within.push({ piece, whole: Math.abs(likenessOf(voice, atMs, line).value) });
    }
    found.push(within);
  }
  const [inMix = [], ...inHeard] = found;
  return { inMix, heard: inHeard };
}

function expectAbsent(found: Found | undefined): void {
  expect(found?.whole).toBeLessThan(NOT_THERE);
  expect(found?.piece).toBeLessThan(NO_PIECE_THERE);
}
