import type { Page } from 'playwright-core';
import { afterAll, afterEach, expect, it } from 'vitest';
import { shareBrowsers } from '../support/chromium.ts';
import { closeAll } from '../support/open-things.ts';
import { bestPieceOf, likenessOf } from './support/likeness.ts';
import { connected, invite, openDesktop, openPhone, record, say, startPhoneHouse } from './support/phone-house.ts';
import { heardOf, mixOf } from './support/recorded-line.ts';
import { fingerprint } from './support/voices.ts';

const closeBrowsers = shareBrowsers();
afterEach(closeAll);
afterAll(closeBrowsers);

const [THERE, NOT_THERE] = [0.3, 0.1];

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
  for (const { some } of all.inMix) expect(some).toBeGreaterThan(THERE);
  const [itself, ...others] = all.firstHears;
  expect(itself?.whole).toBeLessThan(NOT_THERE);
  for (const { some } of others) expect(some).toBeGreaterThan(THERE);

  await desktop.getByRole('radio', { name: / 2 only$/ }).check({ force: true });
  const one = await speakTogether(desktop, phones);
  expect(one.inMix[1]?.some).toBeGreaterThan(THERE);
  for (const index of [0, 2]) expect(one.inMix[index]?.whole).toBeLessThan(NOT_THERE);
  await desktop.getByRole('radio', { name: 'Everybody' }).check({ force: true });

  await desktop.locator('[data-peer=mobile-2] .remove').click();
  await second.locator('.join[data-state=removed]').waitFor();
  await desktop.locator('[data-peer=mobile-2]').waitFor({ state: 'detached' });
  await second.reload();
  await second.getByLabel('Code').waitFor();
  const rest = await speakTogether(desktop, [first, third]);
  for (const { some } of rest.inMix) expect(some).toBeGreaterThan(THERE);
});

/** All speak at once: how well each voice is found in the mix, and in what the first phone hears. */
async function speakTogether(desktop: Page, phones: readonly Page[]) {
  const [first] = phones;
  if (first === undefined) throw new Error('Nobody speaks');
  const [atDesktop, atFirst] = [await record(desktop), await record(first)];
  const voices = phones.map((_, index) => fingerprint(3, 20 + index));
  const saidMs = await Promise.all(phones.map((phone, index) => say(phone, voices[index] ?? new Int16Array())));
  const mix = mixOf(await atDesktop());
  const heard = heardOf(await atFirst());
  const within = (line: typeof mix) =>
    voices.map((voice, index) => ({
      some: bestPieceOf(voice, saidMs[index] ?? 0, line),
      whole: Math.abs(likenessOf(voice, saidMs[index] ?? 0, line).value),
    }));
  return { inMix: within(mix), firstHears: within(heard) };
}
