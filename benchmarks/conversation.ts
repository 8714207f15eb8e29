/** `npm run bench:conversation`: what a person waits for, in real Chromium, with the local model. About five minutes. */
import { startHouse } from 'e2e/support/house.ts';
import { type Heard, scriptMicrophone } from 'e2e/support/microphone.ts';
import { cleanup, closeAll } from 'e2e/support/open-things.ts';
import { openPageIn, startTalking } from 'e2e/support/talking-page.ts';
import {
  clickToFirstPackets,
  exposeMedia,
  loudSpans,
  startTwoSidedRecorder,
  takeTwoSidedRecording,
} from 'e2e/support/two-sided-recorder.ts';
import { type Figure, quantile, writeReport } from './support/report.ts';
import { uplinkCorrelations } from './support/uplink.ts';

const RUNS = Number(process.env.RUNS ?? 10);
const LOUD = 300;
const TURN_GAP_MS = 5_000;

const figures: Figure[] = [
  atMost('click to packets both ways', await connectTimes(), 1_000, 'p50 <= 1,000 ms'),
  atMost('end of speech to answer heard, silence window 300 ms', await answerTimes(300), 800, 'p50 <= 800 ms'),
  atMost('end of speech to answer heard, default window', await answerTimes(undefined), 1_000, 'p50 <= 1,000 ms'),
  atMost('speech started to assistant quiet', await stopTimes(), 300, 'p50 <= 300 ms'),
  await correlation(),
];
process.exitCode = writeReport('conversation', figures) ? 0 : 1;

function atMost(name: string, values: readonly number[], limit: number, required: string): Figure {
  return { name, unit: 'ms', values, required, kept: values.length > 0 && quantile(values, 0.5) <= limit };
}

async function connectTimes(): Promise<number[]> {
  const house = await startHouse();
  cleanup(() => house.close());
  const { page, context } = await openPageIn(house);
  await exposeMedia(context);
  const times: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
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

/** From the last loud moment of each sentence in the microphone to the next loud moment of the assistant, on one clock. */
async function answerTimes(silenceMs: number | undefined): Promise<number[]> {
  const turns = Array.from({ length: RUNS }, (): Heard[] => [{ say: 'roll the dice' }, { silenceMs: TURN_GAP_MS }]);
  const recording = await converse([{ silenceMs: 3_000 }, ...turns.flat()], silenceMs);
  const spoken = loudSpans(recording.microphone, recording.sampleRateHz, LOUD, 500);
  const answers = loudSpans(recording.assistant, recording.sampleRateHz, LOUD, 1_000);
  return spoken.flatMap(({ endMs }) => {
    const answer = answers.find(({ startMs }) => startMs > endMs);
    return answer === undefined || answer.startMs - endMs > TURN_GAP_MS ? [] : [answer.startMs - endMs];
  });
}

/** From the page's `listening` to the last loud moment of the assistant's cut answer. */
async function stopTimes(): Promise<number[]> {
  const turns = Array.from({ length: RUNS }, (): Heard[] => [
    { say: 'tell me a story' },
    { silenceMs: 4_000 },
    { say: 'read my notes' },
    { silenceMs: 6_000 },
  ]);
  const recording = await converse([{ silenceMs: 3_000 }, ...turns.flat()], undefined);
  const answers = loudSpans(recording.assistant, recording.sampleRateHz, LOUD, 400);
  return recording.marks.flatMap(({ state, atMs }, i) => {
    if (state !== 'listening' || recording.marks[i - 1]?.state !== 'speaking') return [];
    const cut = answers.find(({ startMs, endMs }) => startMs <= atMs && endMs >= atMs);
    return [cut === undefined ? 0 : cut.endMs - atMs];
  });
}

async function converse(parts: readonly Heard[], silenceMs: number | undefined) {
  const microphone = await scriptMicrophone(parts);
  cleanup(() => microphone.remove());
  const house = await startHouse(
    silenceMs === undefined ? {} : { turnDetection: { type: 'server_vad', silence_duration_ms: silenceMs } },
  );
  cleanup(() => house.close());
  const { page, context } = await openPageIn(house, { microphone: microphone.path });
  await exposeMedia(context);
  await page.reload();
  await startTalking(page);
  await startTwoSidedRecorder(page);
  const lengthMs = microphone.spans.at(-1)?.endMs ?? 0;
  await new Promise((resolve) => setTimeout(resolve, lengthMs));
  const recording = await takeTwoSidedRecording(page);
  await closeAll();
  return recording;
}

async function correlation(): Promise<Figure> {
  const values = await uplinkCorrelations();
  const share = values.filter((value) => value >= 0.9).length / values.length;
  return {
    name: `uplink correlation per 200 ms window (${(share * 100).toFixed(1)} % at least 0.9)`,
    unit: '',
    values,
    required: '95 % of windows >= 0.9',
    kept: values.length >= 20 && share >= 0.95,
  };
}
