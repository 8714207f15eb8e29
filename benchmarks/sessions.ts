/**
 * `npm run bench:sessions`: sessions of two people at once, at a real bridge on one core, with all people and their scripted model, a C
 * program that costs next to nothing, on the other; then one session alone, with the local model. `MINUTES` is the length of the window
 * (2), `N` the sessions (20), `RUNS` how often an answer is waited for (20), `WARM_UP` the seconds before the window (60).
 */
import { availableParallelism, loadavg, setPriority } from 'node:os';
import { buildGenerator } from './relay/generator.ts';
import { runProgram } from './relay/programs.ts';
import { type CrowdOutcome, runCrowd } from './sessions/crowd.ts';
import { firstSounds } from './sessions/first-sound.ts';
import { runSessions } from './sessions/run.ts';
import { type Figure, quantile, writeReport } from './support/report.ts';

const DEFAULT_MINUTES = 2;
const MINUTES = Number(process.env.MINUTES ?? DEFAULT_MINUTES);
const SESSIONS = Number(process.env.N ?? 20);
const RUNS = Number(process.env.RUNS ?? 20);
/** Compilers are done, and jitter buffers, which grow while forty connections are made, have found their size. */
const WARM_UP_SECONDS = Number(process.env.WARM_UP ?? 60);
/** One session alone, for what a leg costs without a queue. */
const ALONE = { sessions: 1, warmUpSeconds: 5, seconds: Math.min(30, MINUTES * 60) } as const;
const CORES = [0, 1] as const;
const LEGS = ['webrtc', 'websocket'] as const;
/** A generator later than this, p99 in ms, measures itself. */
const MAX_LATENESS_MS = 1;

/** Tones that a codec for speech makes unreadable though they are there, in %. */
const MAX_BLURRED_PERCENT = 0.05;

if (availableParallelism() < 2) throw new Error('Two cores are needed: one for the bridge, one for everybody else');
runProgram('taskset', ['-a', '-c', '-p', `${CORES[1]}`, `${process.pid}`]);
// Whoever measures must not wait for the model.
if (process.getuid?.() === 0) setPriority(-20);

const crowd = await runCrowd({
  generator: buildGenerator(),
  sessions: SESSIONS,
  warmUpSeconds: WARM_UP_SECONDS,
  seconds: MINUTES * 60,
  cores: CORES,
});
const loadAfter = loadavg()[0]?.toFixed(2);
const figures = [...crowdFigures(crowd), ...(RUNS > 0 ? await aloneFigures() : [])];
const command = MINUTES === DEFAULT_MINUTES ? 'npm run bench:sessions' : `MINUTES=${MINUTES} npm run bench:sessions`;
const kept = writeReport('sessions', rounded(figures), {
  command,
  // A part is looked at, not kept.
  write: MINUTES >= DEFAULT_MINUTES && RUNS > 0,
  text: [
    `${SESSIONS} sessions of two people for ${MINUTES * 60} s behind a warm-up of ${WARM_UP_SECONDS} s; bridge alone on core ${CORES[0]}, people and model on core ${CORES[1]}; load after ${loadAfter}.`,
    "All have their microphones open: each person sends a packet every 20 ms, which holds the tone that is its number's, so that it is found again in the mix that the model hears: Ada speaks 2 s, then Bob, then both at once. What has no place in the mix is lost, as sound is that a jitter buffer left out to become shorter, or that is missing together with its neighbours; silence that was left out is not, nor a frame made up because a packet was late. Told apart is a tone that cannot be read at its place though those around are at theirs: a codec for speech does that to tones that change every 20 ms, also without a bridge, and to the one behind a frame that was made up. A packet that the bridge never got would be concealed, and sound like that: those are counted at the bridge, by their numbers, and so are those that its jitter buffers missed or found too late. `sessions/read-numbers.test.ts` shows that what is left out is told as lost, and what is concealed as one or the other. The model answers each session every 6 s with 200 packets, each of which must reach both people byte for byte. What came is kept, and decoded when all is over.",
    `Added latency is from the person's socket to the model's, as the sound of the packet is later in the mix than it would be in the packet itself: a jitter buffer, the wait for the next frame, decoding, mixing, encoding, and the 6.5 ms by which Opus looks ahead.`,
    '',
  ].join('\n\n'),
  data: {
    sessions: SESSIONS,
    seconds: MINUTES * 60,
    directMs: crowd.directMs,
    lostNumbers: crowd.said.map(({ lostNumbers }) => lostNumbers),
  },
});
for (const [person, { lostNumbers }] of crowd.said.entries()) {
  if (lostNumbers.length > 0)
    console.log(`pair ${Math.floor(person / 2)}, person ${person % 2}: ${lostNumbers.join(' ')}`);
}
process.exit(kept ? 0 : 1);

function crowdFigures(outcome: CrowdOutcome): Figure[] {
  const { said, heard, directMs, missing, missingAtBridge, unplayed, load, megabytes, latenessMs, unread } = outcome;
  const added = said.flatMap(({ delaysMs }) => delaysMs).map((delay) => Math.max(0, delay - directMs));
  const gaps = heard.flatMap(({ gapsMs }) => gapsMs);
  const answers = heard.flatMap(({ delaysMs }) => delaysMs);
  const lateness = quantile(latenessMs, 0.99);
  return [
    none(`packets of people lost, of ${sum(said.map(({ sent }) => sent))}`, sum(said.map(({ lost }) => lost))),
    limited(
      'packets of people that are at their place in the mix and cannot be read',
      '%',
      (100 * sum(said.map(({ blurred }) => blurred))) / sum(said.map(({ sent }) => sent)),
      MAX_BLURRED_PERCENT,
    ),
    reported('frames made up because a packet was late, and frames of silence left out', '', [
      sum(said.map(({ madeUp }) => madeUp)),
      sum(said.map(({ leftOut }) => leftOut)),
    ]),
    none('packets of people and model missing at the bridge, by their numbers', missingAtBridge),
    none('packets that came, and that a jitter buffer missed or found too late', unplayed),
    none('packets to the model missing or repeated by their numbers', missing),
    none(
      `packets of the model lost, altered or repeated, of ${sum(heard.map(({ packets, lost }) => packets + lost))}`,
      sum(heard.map(({ lost, wrong }) => lost + wrong)),
    ),
    reported(`added latency of people in the mix, p99 ${p99(added)} ms`, 'ms', added),
    reported(`added latency of the model's packets, p99 ${p99(answers)} ms`, 'ms', answers),
    reported(`gap between packets of an answer beyond 20 ms, p99 ${p99(gaps)} ms`, 'ms', gaps),
    reported('CPU of the bridge', '% of a core', [load * 100]),
    reported('resident memory of the bridge', 'MB', [megabytes]),
    limited('lateness of the people themselves, p99', 'ms', lateness, MAX_LATENESS_MS),
    limited('packets that the people or the model could not read', '', unread, 0),
  ];
}

async function aloneFigures(): Promise<Figure[]> {
  const answers = await firstSounds(LEGS, RUNS);
  const direct = await runSessions({ ...ALONE, leg: 'direct', cores: CORES });
  const direct50 = quantile(direct.said.delaysMs, 0.5);
  const added: Figure[] = [];
  for (const leg of LEGS) {
    const { said } = await runSessions({ ...ALONE, leg, cores: CORES });
    const delays = said.delaysMs.map((delay) => Math.max(0, delay - direct50));
    added.push(reported(`one session, local model, ${leg} leg: added latency`, 'ms', delays));
  }
  return [
    ...added,
    ...LEGS.map((leg) => reported(`end of speech to first sound, ${leg} leg`, 'ms', answers.get(leg) ?? [])),
    reported('end of speech to first sound, websocket / webrtc', '', [
      quantile(answers.get('websocket') ?? [], 0.5) / quantile(answers.get('webrtc') ?? [], 0.5),
    ]),
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function p99(values: readonly number[]): string {
  return quantile(values, 0.99).toFixed(1);
}

function none(name: string, value: number): Figure {
  return { name, unit: '', values: [value], required: '0', kept: value === 0 };
}

function limited(name: string, unit: string, value: number, limit: number): Figure {
  return { name, unit, values: [value], required: `<= ${limit} ${unit}`.trim(), kept: value <= limit };
}

function reported(name: string, unit: string, values: readonly number[]): Figure {
  return { name, unit, values, required: 'reported', kept: undefined };
}

/** A hundred values of each figure tell as much as fifty thousand. */
function rounded(all: readonly Figure[]): readonly Figure[] {
  return all.map((figure) => {
    const { values } = figure;
    if (values.length <= 101) return figure;
    return { ...figure, values: Array.from({ length: 101 }, (_, n) => Number(quantile(values, n / 100).toFixed(2))) };
  });
}
