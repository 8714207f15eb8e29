import { pageFolder } from 'example-multi-client/page-folder';
import { afterEach, expect, it } from 'vitest';
import { foundIn } from '../support/found-in.ts';
import { startHouse } from '../support/house.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { hasRecogniser, recognise } from '../support/recognise.ts';
import { goForwardTenMeters, goSomewhere, hasRecordings, sevenOfClubs } from '../support/recordings.ts';
import { skipWithout } from '../support/skip.ts';
import type { Sound } from '../support/wav.ts';
import { joinByLine, joinByPage, type Person, resampled } from './support/people.ts';

afterEach(closeAll);

const RATE_HZ = 48_000;
/** So loud, as root mean square of what is not silent, is everybody. */
const LOUDNESS = 2_500;
const SILENT = 300;
const TAIL_SECONDS = 1.5;
/** How well a sentence is found among others: better where it is heard (0.57 and more), worse where it is not (up to 0.3). */
const HEARD = 0.42;
/** The model listens, and says nothing that would be in the way. */
const LISTENING = { type: 'server_vad', silence_duration_ms: 1_000, create_response: false } as const;

interface Speaker {
  readonly person: Person;
  readonly sentence: string;
  readonly sound: Sound;
}

it.skipIf(skipWithout({ recogniser: hasRecogniser, recordings: hasRecordings }))(
  '[S-1.3] [S-1.25] [S-1.46] [S-4.4] two pages and a program speak at once, each a recording of a person: every sentence is recognised where it is heard, and nobody hears themselves',
  async () => {
    const house = await startHouse({ hearEachOther: true, pageFolder, turnDetection: LISTENING });
    cleanup(() => house.close());
    const link = `${house.url}/?conversation=crowd`;
    const eve = await joinByLine(house.url, 'crowd', 'Eve');
    const [ada, bob] = [await joinByPage(link, 'Ada'), await joinByPage(link, 'Bob')];
    for (const { page } of [ada, bob]) await page.locator('.people li').nth(2).waitFor();
    const speakers: readonly [Speaker, Speaker, Speaker] = [
      { person: ada, sentence: 'go forward ten meters', sound: asLoud(goForwardTenMeters()) },
      { person: bob, sentence: 'go somewhere and do something', sound: asLoud(goSomewhere()) },
      { person: eve, sentence: 'seven of clubs', sound: asLoud(sevenOfClubs()) },
    ];
    const sentences = speakers.map(({ sentence }) => sentence);

    // Of two who speak at once, each hears the other one alone.
    const [one, two, three] = speakers;
    for (const pair of [
      [one, two],
      [two, three],
      [three, one],
    ]) {
      const heard = await atOnce(pair, speakers);
      for (const listener of pair) {
        const words = await recognise(heard.get(listener) ?? NOTHING, sentences);
        expect(words, listener.person.name).toBe(pair.find((other) => other !== listener)?.sentence);
      }
    }

    const heard = await atOnce(speakers, speakers);
    for (const listener of speakers) {
      for (const speaker of speakers.filter((other) => other !== listener)) {
        const match = matchOf(heard.get(listener), speaker);
        expect(match, `${listener.person.name} hears ${speaker.person.name}`).toBeGreaterThan(HEARD);
      }
    }
    const lines = eve.line.messages.flatMap((message) => (message.type === 'transcript' ? [message.entry] : []));
    expect(lines.filter(({ participant_id }) => participant_id !== undefined)).toEqual([]);
  },
);

const NOTHING: Sound = { pcm: new Int16Array(0), sampleRateHz: RATE_HZ };

/** Lets them speak at the same time; gives what everybody heard, and nobody themselves. */
async function atOnce(speakers: readonly Speaker[], everybody: readonly Speaker[]): Promise<Map<Speaker, Sound>> {
  const endings = await Promise.all(everybody.map(async (each) => [each, await each.person.listen()] as const));
  await Promise.all(speakers.map(({ person, sound }) => person.say(sound)));
  const heard = new Map(await Promise.all(endings.map(async ([each, end]) => [each, await end()] as const)));
  for (const each of speakers) {
    expect(matchOf(heard.get(each), each), `${each.person.name} hears themselves`).toBeLessThan(HEARD);
  }
  return heard;
}

/** How well the sentence of a speaker is found in what somebody heard. */
function matchOf(heard: Sound | undefined, { sound }: Speaker): number {
  return foundIn(heard?.pcm ?? NOTHING.pcm, resampled(sound, RATE_HZ), RATE_HZ);
}

/** Everybody as loud as the others, with time behind it in which the last word arrives. */
function asLoud({ pcm, sampleRateHz }: Sound): Sound {
  const loud = pcm.filter((sample) => Math.abs(sample) > SILENT);
  const rms = Math.sqrt(loud.reduce((sum, sample) => sum + sample * sample, 0) / loud.length);
  const sound = new Int16Array(pcm.length + TAIL_SECONDS * sampleRateHz);
  sound.set(pcm.map((sample) => Math.max(-32_768, Math.min(32_767, (sample * LOUDNESS) / rms))));
  return { pcm: sound, sampleRateHz };
}
