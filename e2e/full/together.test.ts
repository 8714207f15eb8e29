import { tool } from '@voice-bridge/bridge-node';
import { pageFolder } from 'example-multi-client/page-folder';
import type { Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import * as z from 'zod';
import { startHouse } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { hasRecogniser, recognise } from '../support/recognise.ts';
import { goForwardTenMeters, goSomewhere, hasRecordings, sevenOfClubs } from '../support/recordings.ts';
import { skipWithout } from '../support/skip.ts';
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
/** While somebody says nothing for so long, what is under way arrives. */
const QUIET = { pcm: new Int16Array(24_000), sampleRateHz: 24_000 };

it.skipIf(skipWithout({ recogniser: hasRecogniser, recordings: hasRecordings }))(
  '[S-1.3] [S-1.19] [S-1.37] [S-4.4] two pages and a program talk in one session: each is understood and shown by name, all hear the assistant and each other, nobody hears themselves',
  async () => {
    const house = await startHouse({ tools, hearEachOther: true, pageFolder, turnDetection: PATIENT });
    cleanup(() => house.close());
    const link = `${house.url}/?conversation=together`;
    const eve = await joinByLine(house.url, 'together', 'Eve');
    const ada = await joinByPage(link, 'Ada');
    const bob = await joinByPage(link, 'Bob');
    const people = [ada, bob, eve];
    for (const { page } of [ada, bob]) await page.locator('.people li').nth(2).waitFor();

    for (const [turn, [speaker, sound, sentence, answer]] of [
      [ada, goForwardTenMeters(), FORWARD, DRIVING] as const,
      [bob, goSomewhere(), SOMEWHERE, ARRIVED] as const,
      [eve, sevenOfClubs(), CARD, PLAYED] as const,
    ].entries()) {
      const endings = await Promise.all(people.map((person) => person.listen()));
      await speaker.say(sound);
      // A program sends what it is told to, and nothing by itself.
      if (speaker === eve) await eve.say({ pcm: new Int16Array(24_000 * 3), sampleRateHz: 24_000 });
      for (const { page } of [ada, bob]) {
        await spoken(page, speaker.name, sentence);
        await answered(page, turn + 1);
      }
      await eve.say(QUIET);
      for (const [index, person] of people.entries()) {
        const heard = (await endings[index]?.()) ?? QUIET;
        const words = await Promise.all(speechIn(heard).map((part) => recognise(part, SENTENCES)));
        const expected = person === speaker ? [answer] : [sentence, answer];
        expect(words, `${person.name} hears, when ${speaker.name} says "${sentence}"`).toEqual(expected.map(plain));
      }
    }
    const lines = eve.line.messages.flatMap((message) => (message.type === 'transcript' ? [message.entry] : []));
    expect(lines.filter(({ role, state }) => role === 'user' && state === 'final').map(({ text }) => text)).toEqual(
      expect.arrayContaining([FORWARD, SOMEWHERE, CARD]),
    );
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

async function spoken(page: Page, name: string, text: string): Promise<void> {
  const line = page.locator('.lines li[data-role=user]', { hasText: text });
  await line.waitFor({ timeout: 60_000 });
  await line.locator('b', { hasText: name }).waitFor();
}

/** The assistant has given this many answers, and is done. */
async function answered(page: Page, count: number): Promise<void> {
  await page
    .locator('.lines li[data-role=assistant][data-state=final]')
    .nth(count - 1)
    .waitFor();
  await page.locator('.conversation[data-assistant=idle]').waitFor();
}

/** As the recogniser writes it. */
function plain(sentence: string): string {
  return sentence.toLowerCase().replace('.', '');
}
