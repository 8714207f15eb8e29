/** `npm run bench:phone`: how late a phone's voice is, how soon it is silent when muted, and what its page costs. About five minutes. */
import { measurePhone } from 'e2e/phone/support/measure-phone.ts';
import { type Figure, quantile, writeReport } from './support/report.ts';

const CHIRPS = Number(process.env.CHIRPS ?? 15);
const SILENCE_MS = Number(process.env.SILENCE_MS ?? 60_000);
const COST_MS = Number(process.env.COST_MS ?? 15_000);
const TAPS = Number(process.env.TAPS ?? 12);
const WRITES = process.env.WRITE !== 'no';
const [MIX_MS, MODEL_MS] = [120, 150];
const MUTED_WITHIN_MS = 100;
/** What one measurement may differ from the next, in ms. */
const SLACK_MS = 20;
/** What the clocks of two browsers and the model may be apart: browsers carry sound in blocks of this length, in ms. */
const RESOLUTION_MS = 10;
const BUSY_PERCENT = 2;
const SIGNALING_BYTES_PER_SECOND = 1_000;
const TEXT = [
  "A delay begins when the page's microphone gives the sound, and counts everything from there. To the mix: until the track that the",
  'desktop sends to the bridge carries it; what the ear of this test at that track takes itself was measured there in the same seconds',
  `and is taken out. To the model: until its voice activity detection is given it; that ear takes nothing. Both are good to ${RESOLUTION_MS} ms. Not in`,
  'it: the air, the sound card, and what the model does then. Muting: from the tap as the page notices it to the last loud sample of',
  'the track that the phone sends, with what the ear takes. Costs: of one processor, of a phone with the own (fake) microphone of its',
  'browser, which has no other page. "Main thread" runs the page; "renderer process" is all of its threads, sound and network as well,',
  'most of which a browser needs for any call: "a bare call" is a page with a connection, its microphone and an audio element, and nothing else.',
  '',
].join('\n');

const { before, after, muting, costs } = await measurePhone({
  chirps: CHIRPS,
  silenceMs: SILENCE_MS,
  taps: TAPS,
  costMs: COST_MS,
});
const silence = `after ${SILENCE_MS / 1_000} s of silence`;
const figures: readonly Figure[] = [
  atMost('phone to desktop mix', before.toMix, MIX_MS),
  atMost('phone to model', before.toModel, MODEL_MS),
  inOrder('desktop mix to model, of the phone', before.mixToModel),
  unchanged(`phone to desktop mix, ${silence}`, after.toMix, before.toMix),
  unchanged(`phone to model, ${silence}`, after.toModel, before.toModel),
  inOrder(`desktop mix to model, of the phone, ${silence}`, after.mixToModel),
  reported('desktop to model', 'ms', before.desktopToModel),
  reported('ear at the desktop, taken out', 'ms', [...before.ear, ...after.ear]),
  {
    name: 'muted at the phone, until its track is silent',
    unit: 'ms',
    values: muting.atPhone,
    required: `max <= ${MUTED_WITHIN_MS} ms`,
    kept: Math.max(...muting.atPhone) <= MUTED_WITHIN_MS,
  },
  reported("muted at the desktop, until the phone's track is silent", 'ms', muting.atDesktop),
  reported('main thread of the phone, open microphone', '%', [costs.open.mainThread * 100]),
  busy('main thread of the phone, muted', costs.muted.mainThread),
  busy('main thread of the phone, hidden with an open microphone', costs.hidden.mainThread),
  reported('renderer process of a bare call, open microphone', '%', [costs.bare.open.renderer * 100]),
  reported('renderer process of a bare call, muted', '%', [costs.bare.muted.renderer * 100]),
  reported('renderer process of the phone, open microphone', '%', [costs.open.renderer * 100]),
  reported('renderer process of the phone, muted', '%', [costs.muted.renderer * 100]),
  busy('renderer process of the phone beyond a bare call, muted', costs.muted.renderer - costs.bare.muted.renderer),
  reported('renderer process of the phone, hidden with an open microphone', '%', [costs.hidden.renderer * 100]),
  busy(
    'renderer process of the phone beyond a bare call, hidden with an open microphone',
    costs.hidden.renderer - costs.bare.open.renderer,
  ),
  reported('packets that a muted phone sends to its desktop', '1/s', [costs.mutedPacketsPerSecond]),
  {
    name: 'signaling of a connected phone, both ways',
    unit: 'B/s',
    values: [costs.signalingBytesPerSecond],
    required: '< 1,000 B/s',
    kept: costs.signalingBytesPerSecond < SIGNALING_BYTES_PER_SECOND,
  },
];
process.exitCode = writeReport('phone', figures, { text: TEXT, write: WRITES }) ? 0 : 1;

function atMost(name: string, values: readonly number[], limit: number): Figure {
  return { name, unit: 'ms', values, required: `p50 <= ${limit} ms`, kept: enough(values) && median(values) <= limit };
}

function unchanged(name: string, values: readonly number[], before: readonly number[]): Figure {
  const kept = enough(values) && median(values) <= median(before) + SLACK_MS;
  return { name, unit: 'ms', values, required: `p50 at most ${SLACK_MS} ms more than before`, kept };
}

/** What is at the model was in the mix before. */
function inOrder(name: string, values: readonly number[]): Figure {
  const kept = enough(values) && median(values) >= -RESOLUTION_MS;
  return { name, unit: 'ms', values, required: `p50 >= -${RESOLUTION_MS} ms`, kept };
}

function busy(name: string, share: number): Figure {
  const percent = share * 100;
  return { name, unit: '%', values: [percent], required: `<= ${BUSY_PERCENT} %`, kept: percent <= BUSY_PERCENT };
}

function reported(name: string, unit: string, values: readonly number[]): Figure {
  return { name, unit, values, required: '', kept: undefined };
}

function enough(values: readonly number[]): boolean {
  return values.length >= CHIRPS / 2;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
