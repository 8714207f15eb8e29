import type { Page } from 'playwright-core';
import { startHouse } from './house.ts';
import { type Heard, scriptMicrophone } from './microphone.ts';
import { cleanup, closeAll } from './open-things.ts';
import { openPageIn, startTalking } from './talking-page.ts';
import {
  clickToFirstPackets,
  exposeMedia,
  loudSpans,
  startTwoSidedRecorder,
  takeTwoSidedRecording,
} from './two-sided-recorder.ts';

const LOUD = 300;
const TURN_GAP_MS = 3_500;
/** From the microphone's opening until everything is connected and recorded, at most, also on a busy machine. */
const READY_MS = 5_000;
/** From the end of the words that ask for the story, which is far longer, until it is surely told. */
const TOLD_MS = 7_000;
/** What an answer that was cut may still be heard. */
const AFTERWARDS_MS = 1_500;

/** From the click to packets both ways, in ms, `runs` times after one that is not counted. */
export async function connectTimes(runs: number): Promise<number[]> {
  const house = await startHouse();
  cleanup(() => house.close());
  const { page, context } = await openPageIn(house);
  await exposeMedia(context);
  const times: number[] = [];
  for (let run = 0; run <= runs; run++) {
    await page.reload();
    const took = await clickToFirstPackets(page);
    if (run > 0) times.push(took);
    await page.locator('.stage[data-state=connected]').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('.stage[data-state=closed]').waitFor();
  }
  await closeAll();
  return times;
}

/** From the last loud moment of each sentence in the microphone to the next loud moment of the assistant, on one clock, in ms. */
export async function answerTimes(runs: number, silenceMs?: number): Promise<number[]> {
  const turns = Array.from({ length: runs }, (): Heard[] => [{ say: 'roll the dice' }, { silenceMs: TURN_GAP_MS }]);
  const recording = await converse([{ silenceMs: READY_MS }, ...turns.flat()], { answers: runs }, silenceMs);
  const spoken = loudSpans(recording.microphone, recording.sampleRateHz, LOUD, 500);
  const answers = loudSpans(recording.assistant, recording.sampleRateHz, LOUD, 1_000);
  return spoken.flatMap(({ endMs }) => {
    const answer = answers.find(({ startMs }) => startMs > endMs);
    return answer === undefined || answer.startMs - endMs > TURN_GAP_MS ? [] : [answer.startMs - endMs];
  });
}

/** From the page's `listening` to the last loud moment of the assistant's cut answer, in ms. */
export async function stopTimes(runs: number): Promise<number[]> {
  const turns = Array.from({ length: runs }, (): Heard[] => [
    { say: 'tell me a story' },
    { silenceMs: TOLD_MS },
    { say: 'read my notes' },
    { silenceMs: 3_500 },
  ]);
  const recording = await converse([{ silenceMs: READY_MS }, ...turns.flat()], {
    answers: 2 * runs - 1,
    // The echo canceller takes what is said over an answer for its echo, now and then.
    unprocessed: true,
  });
  const answers = loudSpans(recording.assistant, recording.sampleRateHz, LOUD, 400);
  return recording.marks.flatMap(({ state, atMs }, i) => {
    if (state !== 'listening' || recording.marks[i - 1]?.state !== 'speaking') return [];
    const cut = answers.find(({ startMs, endMs }) => startMs <= atMs && endMs >= atMs);
    return [cut === undefined ? 0 : cut.endMs - atMs];
  });
}

/** Plays a script to the page until it is over, or a little longer than it takes that many answers to end, by themselves or cut. */
async function converse(
  parts: readonly Heard[],
  { answers, unprocessed = false }: { readonly answers: number; readonly unprocessed?: boolean },
  silenceMs?: number,
) {
  const microphone = await scriptMicrophone(parts);
  const house = await startHouse(
    silenceMs === undefined ? {} : { turnDetection: { type: 'server_vad', silence_duration_ms: silenceMs } },
  );
  cleanup(() => house.close());
  const { page, context } = await openPageIn(house, { microphone: microphone.path, unprocessed });
  await exposeMedia(context);
  await page.reload();
  await startTalking(page);
  await startTwoSidedRecorder(page);
  const lengthMs = microphone.spans.at(-1)?.endMs ?? 0;
  await answersEnded(page, answers, lengthMs);
  const recording = await takeTwoSidedRecording(page);
  await closeAll();
  return recording;
}

function answersEnded(page: Page, answers: number, withinMs: number): Promise<void> {
  return page.evaluate(
    ([wanted, longest, afterwards]) =>
      new Promise<void>((resolve) => {
        const stage = document.querySelector('.stage');
        let spoke = false;
        let ended = 0;
        setTimeout(resolve, longest);
        new MutationObserver(() => {
          const speaks = stage?.getAttribute('data-assistant') === 'speaking';
          if (spoke && !speaks && ++ended === wanted) setTimeout(resolve, afterwards);
          spoke = speaks;
        }).observe(document.body, { subtree: true, attributeFilter: ['data-assistant'] });
      }),
    [answers, withinMs, AFTERWARDS_MS] as const,
  );
}
