/**
 * `npm run bench:local-realtime`: how quickly and how well the local model hears, and what a call costs. About six minutes.
 * How evenly many calls are spoken to is told by the kernel, which stamps packets for the C program of `bench:relay`; while the
 * machine itself stands still, as real-time clocks on every core see it, nobody can be spoken to, and that time is told apart.
 */
import { loadavg } from 'node:os';
import { FOR_MANY_CALLS, type Gaps, largestGaps } from './local-realtime/calls-at-once.ts';
import { callCosts, coldStarts } from './local-realtime/costs.ts';
import { leftBehind } from './local-realtime/endings.ts';
import { answerTimes, humanWords } from './local-realtime/hearing.ts';
import { startProgram } from './local-realtime/program.ts';
import { type Figure, quantile, writeReport } from './support/report.ts';

const RUNS = Number(process.env.RUNS ?? 20);
const CALLS_TO_END = Number(process.env.CALLS ?? 500);
const CALLS_AT_ONCE = 40;
/** Servers of either kind that so many call, one after the other: when V8 collects is another matter in each. */
const SERVERS = 3;
/** What is aimed at; told, and not required. */
const MANY_CALLS = 100;

const answers = await withProgram((url) => answerTimes(url, RUNS));
const human = await withProgram((url) => humanWords(url, 'none'));
const lossy = await withProgram((url) => humanWords(url, '10 %'));
const starts = await coldStarts(5);
const { idleMb, listeningCpu } = await callCosts();
const gaps: Gaps[] = [];
const tunedGaps: Gaps[] = [];
for (let server = 0; server < SERVERS; server++) {
  gaps.push(await largestGaps(CALLS_AT_ONCE));
  tunedGaps.push(await largestGaps(CALLS_AT_ONCE, FOR_MANY_CALLS));
}
const manyGaps = await largestGaps(MANY_CALLS, FOR_MANY_CALLS);
const left = await leftBehind(CALLS_TO_END);

const figures: Figure[] = [
  {
    name: 'end of speech to first packet out, silence window 300 ms',
    unit: 'ms',
    values: answers,
    required: 'p50 <= 550, max <= 1,000 ms',
    kept: quantile(answers, 0.5) <= 550 && Math.max(...answers) <= 1_000,
  },
  words('recordings of people in grammar, wrong words', human, 6),
  words(`the same with ${lostShare(lossy)} % of the packets lost`, lossy, 10),
  atMost('cold start', 'ms', starts, 500, quantile(starts, 0.5)),
  atMost('memory per idle call', 'MB', [idleMb], 5),
  atMost('CPU per listening call', '% of a core', [listeningCpu], 15),
  atMost(gapsOf(CALLS_AT_ONCE, `once warm, of each of ${SERVERS} servers`), 'ms', worst(gaps, 'warm'), 5),
  told(
    'the same with the time in which the machine stood still',
    'ms',
    worst(gaps, 'withStandstills'),
    'none, it is the machine',
  ),
  told(
    'longest standstill of the machine between two of these packets',
    'ms',
    gaps.map(({ standstill }) => standstill),
    'none, it is the machine',
  ),
  told(
    'processor time of the server per packet of these calls',
    'us',
    gaps.map(({ cpuPerPacket }) => cpuPerPacket),
    'none',
  ),
  aimedAt(atMost(gapsOf(CALLS_AT_ONCE, 'first answers of these servers'), 'ms', worst(gaps, 'cold'), 5)),
  told(
    gapsOf(CALLS_AT_ONCE, `once warm, of each of ${SERVERS} servers with ${FOR_MANY_CALLS}`),
    'ms',
    worst(tunedGaps, 'warm'),
    'none',
  ),
  aimedAt(
    atMost(gapsOf(MANY_CALLS, `once warm, of a server with ${FOR_MANY_CALLS}`), 'ms', [Math.max(...manyGaps.warm)], 5),
  ),
  told(
    'the same with the time in which the machine stood still',
    'ms',
    [Math.max(...manyGaps.withStandstills)],
    'none, it is the machine',
  ),
  atMost(`left behind after ${CALLS_TO_END} calls ended in six ways ${left.join(', ')}`, 'kinds', [left.length], 0),
];
const text = `Load after: ${loadavg()[0]?.toFixed(2)}. Heard otherwise than said:\n\n${misheard()}\n`;
process.exitCode = writeReport('local-realtime', figures, {
  text,
  data: { lostPercent: lostShare(lossy), human, lossy, gaps, tunedGaps, manyGaps },
})
  ? 0
  : 1;

async function withProgram<T>(measure: (url: string) => Promise<T>): Promise<T> {
  const program = await startProgram();
  try {
    return await measure(program.url);
  } finally {
    await program.stop();
  }
}

function words(name: string, heard: typeof human, limit: number): Figure {
  const wrong = heard.reduce((sum, each) => sum + each.wrong, 0);
  const count = heard.reduce((sum, each) => sum + each.count, 0);
  const rate = (100 * wrong) / count;
  return {
    name: `${name} (${wrong} of ${count})`,
    unit: '%',
    values: [rate],
    required: `<= ${limit} %`,
    kept: rate <= limit,
  };
}

function gapsOf(calls: number, when: string): string {
  return `largest gap of ${calls} calls at once, scripted, by the kernel's time stamps at the callers, ${when}`;
}

/** Of all calls of each server. */
function worst(servers: readonly Gaps[], which: 'cold' | 'warm' | 'withStandstills'): readonly number[] {
  return servers.map(({ [which]: ofEach }) => Math.max(...ofEach));
}

function lostShare(heard: typeof human): string {
  const packets = heard.reduce((sum, each) => sum + each.packets, 0);
  return ((100 * heard.reduce((sum, each) => sum + each.lost, 0)) / packets).toFixed(1);
}

function atMost(
  name: string,
  unit: string,
  values: readonly number[],
  limit: number,
  value = Math.max(...values),
): Figure {
  return { name, unit, values, required: `<= ${limit} ${unit}`, kept: value <= limit };
}

/** A figure of which nothing is required. */
function told(name: string, unit: string, values: readonly number[], required: string): Figure {
  return { name, unit, values, required, kept: undefined };
}

/** The same figure as an aim: told, met or missed, and not required. */
function aimedAt(figure: Figure): Figure {
  return { ...figure, required: `aim: ${figure.required}, ${figure.kept ? 'met' : 'missed'}`, kept: undefined };
}

function misheard(): string {
  const lines = [
    ...human.map((each) => ({ ...each, loss: '' })),
    ...lossy.map((each) => ({ ...each, loss: ' (10 % lost)' })),
  ]
    .filter(({ wrong }) => wrong > 0)
    .map(({ words: said, heard, loss }) => `- "${said}": "${heard}"${loss}`);
  return lines.join('\n');
}
