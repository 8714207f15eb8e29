/**
 * `npm run bench:sessions`: sessions of two people at once, at a real bridge on one core with the scripted local model and the people on
 * the other. `MINUTES` is the length of the window (2), `N` the sessions (20), `RUNS` how often an answer is waited for (20).
 */
import { availableParallelism, loadavg, setPriority } from 'node:os';
import { runProgram } from './relay/programs.ts';
import { firstSounds } from './sessions/first-sound.ts';
import { runSessions, type SessionsOutcome } from './sessions/run.ts';
import { type Figure, quantile, writeReport } from './support/report.ts';

const DEFAULT_MINUTES = 2;
const MINUTES = Number(process.env.MINUTES ?? DEFAULT_MINUTES);
const SESSIONS = Number(process.env.N ?? 20);
const RUNS = Number(process.env.RUNS ?? 20);
/** Compilers are done, and jitter buffers, which grow while forty connections are made and shrink by a packet in 2 s, have found their size. */
const WARM_UP_SECONDS = 60;
/** One session alone, for what a leg costs without a queue. */
const ALONE = { sessions: 1, warmUpSeconds: 5, seconds: Math.min(30, MINUTES * 60) } as const;
const CORES = [0, 1] as const;
const LEGS = ['webrtc', 'websocket'] as const;
/** A generator later than this, p99 in ms, measures itself. */
const MAX_LATENESS_MS = 10;

if (availableParallelism() < 2) throw new Error('Two cores are needed: one for the bridge, one for everybody else');
runProgram('taskset', ['-a', '-c', '-p', `${CORES[1]}`, `${process.pid}`]);
// Whoever measures must not wait for the model.
if (process.getuid?.() === 0) setPriority(-20);

const answers = await firstSounds(LEGS, RUNS);
const direct = await runSessions({ ...ALONE, leg: 'direct', cores: CORES });
const single = new Map<string, SessionsOutcome>();
for (const leg of LEGS) single.set(leg, await runSessions({ ...ALONE, leg, cores: CORES }));
const many = await runSessions({
  sessions: SESSIONS,
  warmUpSeconds: WARM_UP_SECONDS,
  seconds: MINUTES * 60,
  leg: 'webrtc',
  cores: CORES,
});

const direct50 = quantile(direct.said.delaysMs, 0.5);
const lateness = quantile(many.latenessMs, 0.99);
const figures: Figure[] = [
  none(`packets of people lost, of ${many.said.sent}`, many.said.lost),
  none(
    `packets of the assistant lost or repeated, of ${total(many, ({ packets }) => packets)}`,
    total(many, ({ lost, repeated }) => lost + repeated),
  ),
  none('sessions whose two people did not hear the same', many.unequal),
  reported(`added latency, p99 ${p99(added(many))} ms`, 'ms', added(many)),
  reported(
    `gap between packets of an answer beyond 20 ms, p99 ${p99(many.heard.flatMap(({ gapsMs }) => gapsMs))} ms`,
    'ms',
    many.heard.flatMap(({ gapsMs }) => gapsMs),
  ),
  reported('CPU of the bridge', '% of a core', [many.load * 100]),
  reported('resident memory of the bridge', 'MB', [many.megabytes]),
  {
    ...reported('lateness of the people themselves, p99', 'ms', [lateness]),
    required: `<= ${MAX_LATENESS_MS} ms`,
    kept: lateness <= MAX_LATENESS_MS,
  },
  ...LEGS.map((leg) => {
    const outcome = single.get(leg);
    return reported(`one session, ${leg} leg: added latency`, 'ms', outcome === undefined ? [] : added(outcome));
  }),
  ...LEGS.map((leg) => reported(`end of speech to first sound, ${leg} leg`, 'ms', answers.get(leg) ?? [])),
  reported('end of speech to first sound, websocket / webrtc', '', [
    quantile(answers.get('websocket') ?? [], 0.5) / quantile(answers.get('webrtc') ?? [], 0.5),
  ]),
];
const command = MINUTES === DEFAULT_MINUTES ? 'npm run bench:sessions' : `MINUTES=${MINUTES} npm run bench:sessions`;
const kept = writeReport('sessions', rounded(figures), {
  command,
  // A part is looked at, not kept.
  write: MINUTES >= DEFAULT_MINUTES,
  text: [
    `${SESSIONS} sessions of two people for ${MINUTES * 60} s behind a warm-up of ${WARM_UP_SECONDS} s; bridge alone on core ${CORES[0]}, scripted model and people on core ${CORES[1]}; load after ${loadavg()[0]?.toFixed(2)}.`,
    "Each person sends a packet every 20 ms; it holds the tone that is its number's, so that it is found again in the mix that the model hears: Ada speaks 2 s, then Bob, then both at once. What is not found is lost, also what a jitter buffer left out to become shorter. The assistant answers each session every 6 s.",
    `Added latency is from the person's socket to the model's detector of speech, less what that takes without a bridge (p50 ${direct50.toFixed(1)} ms): a jitter buffer of at least 20 ms, the wait for the next frame of the mix, decoding, mixing, encoding.`,
    '',
  ].join('\n\n'),
  data: { sessions: SESSIONS, seconds: MINUTES * 60, directMs: direct50 },
});
process.exit(kept ? 0 : 1);

function added({ said }: SessionsOutcome): readonly number[] {
  return said.delaysMs.map((delay) => Math.max(0, delay - direct50));
}

function total({ heard }: SessionsOutcome, of: (each: SessionsOutcome['heard'][number]) => number): number {
  return heard.reduce((sum, each) => sum + of(each), 0);
}

function p99(values: readonly number[]): string {
  return quantile(values, 0.99).toFixed(1);
}

function none(name: string, value: number): Figure {
  return { name, unit: '', values: [value], required: '0', kept: value === 0 };
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
