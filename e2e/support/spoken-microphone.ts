import type { BrowserContext, Page } from 'playwright-core';
import type { Sound } from './wav.ts';

/** Gives every page of a browser a microphone that is silent but for what {@link sayTo} says. Call it before the page is opened anew. */
export async function giveSpokenMicrophone(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = async () => {
      const audio = new AudioContext();
      const microphone = new MediaStreamAudioDestinationNode(audio, { channelCount: 1 });
      const silence = new ConstantSourceNode(audio, { offset: 0 });
      silence.connect(microphone);
      silence.start();
      Reflect.set(window, 'sayToMicrophone', (samples: readonly number[], sampleRate: number) => {
        const buffer = new AudioBuffer({ length: samples.length, sampleRate });
        buffer.copyToChannel(
          Float32Array.from(samples, (sample) => sample / 32_768),
          0,
        );
        const source = new AudioBufferSourceNode(audio, { buffer });
        source.connect(microphone);
        const ended = new Promise((resolve) => source.addEventListener('ended', resolve));
        source.start();
        return ended;
      });
      return microphone.stream;
    };
  });
}

/** Says something into the page's microphone, with a pause behind it; resolves when it is over. */
export async function sayTo(page: Page, { pcm, sampleRateHz }: Sound): Promise<void> {
  const samples = [...pcm, ...new Int16Array(PAUSE_SECONDS * sampleRateHz)];
  await page.evaluate(
    async ([spoken, rate]) => {
      const say: unknown = Reflect.get(window, 'sayToMicrophone');
      if (typeof say !== 'function') throw new Error('The page has not asked for a microphone');
      await say(spoken, rate);
    },
    [samples, sampleRateHz] as const,
  );
}

/** What is said is under way for a while: a button is let go a little later than that. */
const PAUSE_SECONDS = 0.5;
