import { tool } from '@voice-bridge/bridge-node';
import { pageFolder } from 'example-multi-client/page-folder';
import type { Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import * as z from 'zod';
import { foundIn } from '../support/found-in.ts';
import { startHouse } from '../support/house.ts';
import { type Heard, type Script, scriptMicrophone } from '../support/microphone.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { startPageRecorder, takeRecording } from '../support/page-recorder.ts';
import { hasRecogniser } from '../support/recognise.ts';
import { goForwardTenMeters, goSomewhere, hasRecordings } from '../support/recordings.ts';
import { skipWithout } from '../support/skip.ts';
import { speak } from '../support/speech.ts';
import { openSpeechLine } from '../support/speech-line.ts';
import { openPageIn } from '../support/talking-page.ts';

afterEach(closeAll);

const tools = {
  drive_forward: tool({
    description: 'Drive. Say: "go forward ten meters", "go somewhere and do something".',
    input: z.object({}),
    run: async () => ({ say: 'I am on my way.' }),
  }),
  open_window: tool({
    description: 'Open a window. Say: "open the kitchen window".',
    input: z.object({}),
    run: async () => ({ say: 'Done.' }),
  }),
};
/** How well a sentence is found where it is heard, at least; and where it is not, at most. */
const [HEARD, NOT_HEARD] = [0.68, 0.62];
const QUIET = 300;

it.skipIf(skipWithout({ recogniser: hasRecogniser, recordings: hasRecordings }))(
  '[S-1.3] [S-1.19] [S-1.37] [S-4.4] two pages and a program talk in one session: each is understood and shown by name, all hear the assistant and each other, nobody hears themselves',
  async () => {
    const house = await startHouse({ tools, hearEachOther: true, pageFolder });
    cleanup(() => house.close());
    const link = `${house.url}/?conversation=together`;
    const adaSpeech = await microphone([{ silenceMs: 12_000 }, { sound: goForwardTenMeters() }, { silenceMs: 60_000 }]);
    const bobSpeech = await microphone([{ silenceMs: 30_000 }, { sound: goSomewhere() }, { silenceMs: 60_000 }]);
    const eve = await openSpeechLine(house.url, 'together', 'Eve');
    const ada = await join(link, 'Ada', adaSpeech.path);
    const bob = await join(link, 'Bob', bobSpeech.path);
    for (const page of [ada, bob]) {
      await page.locator('.people li').nth(2).waitFor();
      await startPageRecorder(page);
    }

    await spoken(bob, 'Ada', 'go forward ten meters');
    await answered(bob, 1);
    await spoken(ada, 'Bob', 'go somewhere and do something');
    await answered(ada, 2);
    const said = await speak('open the kitchen window');
    const heardBefore = eve.heard.length;
    await eve.say(said.pcm);
    const heardMeanwhile = eve.heard.slice(heardBefore).flatMap((frame) => [...frame]);
    expect(
      heardMeanwhile.filter((sample) => Math.abs(sample) > QUIET),
      'Eve hears herself',
    ).toEqual([]);
    await eve.say(new Int16Array(24_000 * 3));
    await spoken(ada, 'Eve', 'open the kitchen window');
    for (const page of [ada, bob]) await answered(page, 3);
    expect(eve.messages.filter(({ type }) => type === 'tool_call').length).toBeGreaterThan(2);

    const [adaHeard, bobHeard] = [await takeRecording(ada), await takeRecording(bob)];
    const eveHeard = Int16Array.from(eve.heard.flatMap((frame) => [...frame]));
    const [adaSaid, bobSaid] = [sentence(adaSpeech), sentence(bobSpeech)];
    for (const [who, heardSound, saidSound] of [
      ['Bob hears Ada', bobHeard, adaSaid],
      ['Ada hears Bob', adaHeard, bobSaid],
    ] as const) {
      expect(foundIn(heardSound, saidSound, 48_000), who).toBeGreaterThan(HEARD);
    }
    expect(foundIn(eveHeard, at24k(adaSaid), 24_000), 'Eve hears Ada').toBeGreaterThan(HEARD);
    expect(foundIn(adaHeard, adaSaid, 48_000), 'Ada hears herself').toBeLessThan(NOT_HEARD);
    expect(foundIn(bobHeard, bobSaid, 48_000), 'Bob hears himself').toBeLessThan(NOT_HEARD);
  },
);

it('[S-1.39] whoever came first takes somebody out, and mutes another', async () => {
  const house = await startHouse({ pageFolder });
  cleanup(() => house.close());
  const link = `${house.url}/?conversation=house`;
  const [ada, bob, eve] = [await join(link, 'Ada'), await join(link, 'Bob'), await join(link, 'Eve')];
  await ada.getByRole('button', { name: 'Mute Bob' }).click();
  await bob.locator('.people li[data-name=Bob][data-muted=true]').waitFor();
  await ada.getByRole('button', { name: 'Take Eve out' }).click();
  await eve.locator('.conversation:not([data-state=connected]) [role=alert]').waitFor();
  for (const page of [ada, bob]) {
    await page.locator('.people li[data-name=Eve]').waitFor({ state: 'detached' });
    expect(await page.locator('.people li').count()).toBe(2);
  }
});

async function microphone(parts: readonly Heard[]): Promise<Script> {
  const script = await scriptMicrophone(parts);
  cleanup(() => script.remove());
  return script;
}

async function join(link: string, name: string, microphonePath?: string): Promise<Page> {
  const browser = await openPageIn(
    { url: link },
    microphonePath === undefined ? {} : { microphone: microphonePath, unprocessed: true },
  );
  await browser.page.getByLabel('Your name').fill(name);
  await browser.page.getByRole('button', { name: 'Join' }).click();
  await browser.page.locator('.conversation[data-state=connected]').waitFor();
  return browser.page;
}

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

/** The one sentence of a microphone. */
function sentence({ pcm, spans }: Script): Int16Array {
  const [, span] = spans;
  return pcm.slice(48 * (span?.startMs ?? 0), 48 * (span?.endMs ?? 0));
}

function at24k(pcm: Int16Array): Int16Array {
  return pcm.filter((_, index) => index % 2 === 0);
}
