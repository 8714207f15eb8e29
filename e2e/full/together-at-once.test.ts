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
/** How well a sentence is found among others at least, and how much better than one that is not there. */
const [HEARD, APART] = [0.5, 0.1];
/** The model listens, and says nothing that would be in the way. */
const LISTENING = { type: 'server_vad', silence_duration_ms: 1_000, create_response: false } as const;

interface Speaker {
  readonly person: Person;
  readonly sentence: string;
  readonly sound: Sound;
}

it.skipIf(skipWithout({ recogniser: hasRecogniser, recordings: hasRecordings }))(
  '[S-1.3] [S-1.25] [S-4.4] two pages and a program speak at once, each a recording of a person: every sentence is recognised where it is heard, and nobody hears themselves',
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
    ] as const) {
      const heard = await atOnce(pair, [ada, bob, eve]);
      for (const [listener, speaker] of [pair, pair.toReversed()] as const) {
        const sound = heard.get(listener.person) ?? NOTHING;
        const about = `${listener.person.name} hears, while they speak themselves, ${speaker.person.name}`;
        expect(await recognise(sound, sentences), about).toBe(speaker.sentence);
      }
    }

    const heard = await atOnce(speakers, [ada, bob, eve]);
    for (const listener of speakers) {
      const { pcm } = heard.get(listener.person) ?? NOTHING;
      const matches = speakers.map(({ sound }) => foundIn(pcm, resampled(sound, RATE_HZ), RATE_HZ));
      const own = matches[speakers.indexOf(listener)] ?? 1;
      const others = matches.filter((_, index) => index !== speakers.indexOf(listener));
      const about = `${listener.person.name} hears the other two, and not themselves: ${matches.join(', ')}`;
      expect(Math.min(...others), about).toBeGreaterThan(Math.max(HEARD, own + APART));
    }
    const lines = eve.line.messages.flatMap((message) => (message.type === 'transcript' ? [message.entry] : []));
    expect(lines.filter(({ participant_id }) => participant_id !== undefined)).toEqual([]);
  },
);

const NOTHING: Sound = { pcm: new Int16Array(0), sampleRateHz: RATE_HZ };

/** Lets them speak at the same time; gives what everybody heard. */
async function atOnce(speakers: readonly Speaker[], everybody: readonly Person[]): Promise<Map<Person, Sound>> {
  const endings = await Promise.all(everybody.map(async (person) => [person, await person.listen()] as const));
  await Promise.all(speakers.map(({ person, sound }) => person.say(sound)));
  return new Map(await Promise.all(endings.map(async ([person, end]) => [person, await end()] as const)));
}

/** Everybody as loud as the others, with time behind it in which the last word arrives. */
function asLoud({ pcm, sampleRateHz }: Sound): Sound {
  const loud = pcm.filter((sample) => Math.abs(sample) > SILENT);
  const rms = Math.sqrt(loud.reduce((sum, sample) => sum + sample * sample, 0) / loud.length);
  const sound = new Int16Array(pcm.length + TAIL_SECONDS * sampleRateHz);
  sound.set(pcm.map((sample) => Math.max(-32_768, Math.min(32_767, (sample * LOUDNESS) / rms))));
  return { pcm: sound, sampleRateHz };
}
