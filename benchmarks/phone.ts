/** `npm run bench:phone`: how late a phone's voice is at the desktop and at the model, and what its page costs. About three minutes. */
import { measurePhone } from 'e2e/phone/support/latencies.ts';
import { type Figure, quantile, writeReport } from './support/report.ts';

const CHIRPS = Number(process.env.CHIRPS ?? 15);
const SILENCE_MS = 60_000;
const COST_MS = 15_000;
const [MIX_MS, MODEL_MS] = [120, 150];
/** What one measurement may differ from the next, in ms. */
const SLACK_MS = 20;
const BUSY_PERCENT = 2;
const SIGNALING_BYTES_PER_SECOND = 1_000;

const figures = await measurePhone(CHIRPS, SILENCE_MS, COST_MS);
const { toMix, toModel, toMixAfterSilence, toModelAfterSilence } = figures;
process.exitCode = writeReport('phone', [
  atMost('phone to desktop mix', toMix, MIX_MS),
  atMost('phone to model', toModel, MODEL_MS),
  unchanged('phone to desktop mix, after 60 s of silence', toMixAfterSilence, toMix),
  unchanged('phone to model, after 60 s of silence', toModelAfterSilence, toModel),
  busy('main thread of the phone, open microphone', figures.talking, undefined),
  busy('main thread of the phone, muted', figures.muted, BUSY_PERCENT),
  busy('main thread of the phone, hidden', figures.hidden, BUSY_PERCENT),
  {
    name: 'signaling of a connected phone, both ways',
    unit: 'B/s',
    values: [figures.signalingBytesPerSecond],
    required: '< 1,000 B/s',
    kept: figures.signalingBytesPerSecond < SIGNALING_BYTES_PER_SECOND,
  },
])
  ? 0
  : 1;

function atMost(name: string, values: readonly number[], limit: number): Figure {
  const kept = values.length >= CHIRPS / 2 && quantile(values, 0.5) <= limit;
  return { name, unit: 'ms', values, required: `p50 <= ${limit} ms`, kept };
}

function unchanged(name: string, values: readonly number[], before: readonly number[]): Figure {
  const limit = quantile(before, 0.5) + SLACK_MS;
  const kept = values.length >= CHIRPS / 2 && quantile(values, 0.5) <= limit;
  return { name, unit: 'ms', values, required: `p50 at most ${SLACK_MS} ms more than before`, kept };
}

function busy(name: string, share: number, limit: number | undefined): Figure {
  const percent = share * 100;
  const required = limit === undefined ? '' : `<= ${limit} %`;
  return { name, unit: '%', values: [percent], required, kept: limit === undefined ? undefined : percent <= limit };
}
