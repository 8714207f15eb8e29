import { type ResampleRate, Resampler } from '@voice-bridge/core';
import type { Page } from 'playwright-core';
import { RECORDING_RATE_HZ, startPageRecorder, takeRecording } from '../../support/page-recorder.ts';
import { openSpeechLine, type SpeechLine } from '../../support/speech-line.ts';
import { giveSpokenMicrophone, sayTo } from '../../support/spoken-microphone.ts';
import { openPageIn } from '../../support/talking-page.ts';
import type { Sound } from '../../support/wav.ts';

const LINE_RATE_HZ = 24_000;

/** Somebody in a shared session, however they came. */
export interface Person {
  readonly name: string;
  /** Says it in real time; resolves when it is over. */
  say(sound: Sound): Promise<void>;
  /** Keeps what they hear from now on; gives the way to end that and to have it, at 48 kHz. */
  listen(): Promise<() => Promise<Sound>>;
}

/** Somebody at a page. */
export interface PagePerson extends Person {
  readonly page: Page;
}

/** Somebody who is a program. */
export interface LinePerson extends Person {
  readonly line: SpeechLine;
}

/** Opens the page of `examples/multi-client` at this link and joins under a name; the page hears what the test says. */
export async function joinByPage(link: string, name: string): Promise<PagePerson> {
  const { page, context } = await openPageIn({ url: link });
  await giveSpokenMicrophone(context);
  await page.reload();
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.locator('.conversation[data-state=connected]').waitFor();
  return {
    name,
    page,
    say: (sound) => sayTo(page, sound),
    async listen() {
      await startPageRecorder(page);
      return async () => ({ pcm: await takeRecording(page), sampleRateHz: RECORDING_RATE_HZ });
    },
  };
}

/** Joins over `/ws/speech`. */
export async function joinByLine(houseUrl: string, conversationId: string, name: string): Promise<LinePerson> {
  const line = await openSpeechLine(houseUrl, conversationId, name);
  return {
    name,
    line,
    say: (sound) => line.say(resampled(sound, LINE_RATE_HZ)),
    async listen() {
      const before = line.heard.length;
      return async () => {
        const pcm = Int16Array.from(line.heard.slice(before).flatMap((frame) => [...frame]));
        const heard = resampled({ pcm, sampleRateHz: LINE_RATE_HZ }, RECORDING_RATE_HZ);
        return { pcm: heard, sampleRateHz: RECORDING_RATE_HZ };
      };
    },
  };
}

/** A sound at another rate. */
export function resampled({ pcm, sampleRateHz }: Sound, toHz: ResampleRate): Int16Array {
  const fromHz = ([16_000, 24_000, 48_000] as const).find((rate) => rate === sampleRateHz);
  if (fromHz === undefined) throw new Error(`Nobody speaks at ${sampleRateHz} Hz`);
  return fromHz === toHz ? pcm : new Resampler(fromHz, toHz).process(pcm);
}
