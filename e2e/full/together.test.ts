import { tool } from '@voice-bridge/bridge-node';
import { pageFolder } from 'example-multi-client/page-folder';
import type { Locator, Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import * as z from 'zod';
import { startHouse } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { hasRecogniser, recognise } from '../support/recognise.ts';
import { goForwardTenMeters, goSomewhere, hasRecordings, sevenOfClubs } from '../support/recordings.ts';
import { skipWithout } from '../support/skip.ts';
import type { Sound } from '../support/wav.ts';
import { speechIn } from './support/heard-speech.ts';
import { joinByLine, joinByPage } from './support/people.ts';

afterEach(closeAll);

const [FORWARD, SOMEWHERE, CARD] = ['go forward ten meters', 'go somewhere and do something', 'seven of clubs'];
const [DRIVING, ARRIVED, PLAYED] = ['I am on my way.', 'The kitchen is warm now.', 'That was a good card.'];
const SENTENCES = [FORWARD, SOMEWHERE, CARD, DRIVING, ARRIVED, PLAYED];
const saying = (description: string, say: string) =>
  tool({ description, input: z.object({}), run: async () => ({ say }) });
const tools = {
  drive_forward: saying(`Drive. Say: "${FORWARD}".`, DRIVING),
  go_somewhere: saying(`Go. Say: "${SOMEWHERE}".`, ARRIVED),
  play_card: saying(`Play a card. Say: "${CARD}".`, PLAYED),
};
/** A pause that a busy machine makes in the middle of a sentence does not end it. */
const PATIENT = { type: 'server_vad', silence_duration_ms: 1_500 } as const;

it.skipIf(skipWithout({ recogniser: hasRecogniser, recordings: hasRecordings }))(
  '[S-1.3] [S-1.19] [S-1.37] [S-4.4] [S-4.13] two pages and a program talk in one session: each is understood and shown by name, all hear the assistant and each other, nobody hears themselves',
  async () => {
    const house = await startHouse({ tools, hearEachOther: true, pageFolder, turnDetection: PATIENT });
    cleanup(() => house.close());
    const link = `${house.url}/?conversation=together`;
    const eve = await joinByLine(house.url, 'together', 'Eve');
    const ada = await joinByPage(link, 'Ada');
    const bob = await joinByPage(link, 'Bob');
    const people = [ada, bob, eve];
    for (const { page } of [ada, bob]) await page.locator('.people li').nth(2).waitFor();

    for (const [speaker, sound, sentence, answer] of [
      [ada, goForwardTenMeters(), FORWARD, DRIVING] as const,
      [bob, goSomewhere(), SOMEWHERE, ARRIVED] as const,
      [eve, sevenOfClubs(), CARD, PLAYED] as const,
    ]) {
      const endings = await Promise.all(people.map((person) => person.listen()));
      const answers = await answersOn(ada.page).count();
      const listener = speaker === ada ? bob : ada;
      const isShown = listener.page
        .locator(`.people li[data-name=${speaker.name}][data-active=true]`)
        .waitFor()
        .then(() => true)
        .catch(() => false);
      await speaker.say(sound);
      // A program sends what it is told to, and nothing by itself.
      if (speaker === eve) await eve.say(silence(3));
      const wrong = (await isShown) ? [] : [`${listener.name} does not see who speaks`];
      for (const { name, page } of [ada, bob]) {
        await answersOn(page).nth(answers).waitFor({ timeout: 60_000 });
        await page.locator('.conversation[data-assistant=idle]').waitFor();
        const line = (await page.locator('.lines li[data-role=user]').allTextContents()).at(-1) ?? '';
        const answered = (await answersOn(page).allTextContents()).at(-1);
        if (line === `${speaker.name} ${sentence}` && answered === `Assistant ${answer}`) continue;
        wrong.push(`${name} reads ${(await page.locator('.lines li').allTextContents()).join(' | ')}`);
      }
      await eve.say(silence(1));
      for (const [index, person] of people.entries()) {
        const heard = (await endings[index]?.()) ?? silence(0);
        const words = await Promise.all(speechIn(heard).map((part) => recognise(part, SENTENCES)));
        if (person === speaker) expect(words, `${person.name} hears themselves`).not.toContain(sentence);
        const expected = [...(person === speaker ? [] : [sentence]), plain(answer)];
        if (words.join() !== expected.join()) wrong.push(`${person.name} hears "${words.join('", "')}"`);
      }
      expect(wrong).toEqual([]);
    }
  },
);

it('[S-1.39] whoever came first takes somebody out, and mutes another', async () => {
  const house = await startHouse({ pageFolder });
  cleanup(() => house.close());
  const link = `${house.url}/?conversation=house`;
  const [ada, bob, eve] = [await joinByPage(link, 'Ada'), await joinByPage(link, 'Bob'), await joinByPage(link, 'Eve')];
  await ada.page.getByRole('button', { name: 'Mute Bob' }).click();
  await bob.page.locator('.people li[data-name=Bob][data-muted=true]').waitFor();
  await ada.page.getByRole('button', { name: 'Take Eve out' }).click();
  await eve.page.locator('.conversation:not([data-state=connected]) [role=alert]').waitFor();
  for (const { page } of [ada, bob]) {
    await page.locator('.people li[data-name=Eve]').waitFor({ state: 'detached' });
    expect(await page.locator('.people li').count()).toBe(2);
  }
});

/** What the assistant has said on a page, and is done with. */
function answersOn(page: Page): Locator {
  return page.locator('.lines li[data-role=assistant][data-state=final]');
}

/** While somebody says nothing for so long, what is under way arrives. */
function silence(seconds: number): Sound {
  return { pcm: new Int16Array(24_000 * seconds), sampleRateHz: 24_000 };
}

/** As the recogniser writes it. */
function plain(sentence: string): string {
  return sentence.toLowerCase().replace('.', '');
}
