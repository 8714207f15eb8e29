/**
 * `npm run bench:relay`: what one session costs on one core, ours beside others', under the same load from our own C
 * generator on another core. `ROWS=bridge,node` limits it to some systems, `N` sets the sessions of the fixed runs (20),
 * `RUNS` how many (5), `SECONDS` the length of a window (5), `CLIMBS` how often the largest number is searched for (3; 0: not at all).
 */
import { availableParallelism } from 'node:os';
import { climb } from './relay/climb.ts';
import { buildGenerator } from './relay/generator.ts';
import { runProgram } from './relay/programs.ts';
import { ratiosOf } from './relay/ratios.ts';
import { medianOf, type RoundRun, type RowResult, tableOf } from './relay/results.ts';
import { makeRows, type Row } from './relay/rows.ts';
import { type Bench, type Run, runOnce } from './relay/run.ts';
import { writeReport } from './support/report.ts';

const RUNS = Number(process.env.RUNS ?? 5);
const SESSIONS = Number(process.env.N ?? 20);
const DEFAULT_SECONDS = 5;
const SECONDS = Number(process.env.SECONDS ?? DEFAULT_SECONDS);
const NAMES = (process.env.ROWS ?? '').split(',').filter((name) => name !== '');
const CLIMBS = Number(process.env.CLIMBS ?? 3);
const MANY_SESSIONS = 50;
const AT_FIFTY = ['node', 'bridge', 'bridge-grown'];
const NOT_CLIMBED = ['pion-bare', 'bridge-grown'];
/** Without `ROWS`: all but a second Pion and a second bridge, so that the whole takes about half an hour. */
const DEFAULT_ROWS = ['node', 'bridge', 'werift', 'ndc', 'pion', 'aiortc'];
/** Tries for one run before its row goes without it. */
const TRIES = 2;
const RELAY_CORE = 0;
const GENERATOR_CORE = 1;

if (availableParallelism() < 2)
  throw new Error('Two cores are needed: one for the system under test, one for the generator');
// This process works while the generator does, never beside the system under test.
runProgram('taskset', ['-a', '-c', '-p', `${GENERATOR_CORE}`, `${process.pid}`]);
const bench: Bench = {
  generator: buildGenerator(),
  relayCore: RELAY_CORE,
  generatorCore: GENERATOR_CORE,
  seconds: SECONDS,
};
const made = await makeRows(NAMES.length > 0 ? NAMES : DEFAULT_ROWS);
const absent = made.flatMap((each) => ('row' in each ? [] : [each]));
for (const { title, reason } of absent) console.log(`${title}: not measured: ${reason}`);
const results = made.flatMap((each): RowResult[] => {
  return 'row' in each ? [{ row: each.row, runs: [], thrownOut: [], atFifty: [], climbs: [] }] : [];
});

// Round by round, so that a busy minute of the machine meets every system.
for (let round = 1; round <= RUNS; round++) {
  for (const result of results) {
    await attempt(result, result.runs, SESSIONS, round);
    if (AT_FIFTY.includes(result.row.name)) await attempt(result, result.atFifty, MANY_SESSIONS, round);
  }
}
for (let round = 1; round <= CLIMBS; round++) {
  for (const { row, runs, climbs } of results) {
    if (runs.length === 0 || NOT_CLIMBED.includes(row.name)) continue;
    const climbed = { ...(await climb(bench, row, medianOf(runs, 'usPerPacket'))), round };
    climbs.push(climbed);
    console.log(`${row.name}: ${climbed.largest} sessions on one core, then ${climbed.end}`);
  }
}

const kept = writeReport('relay', ratiosOf(results), {
  // A part is looked at, not kept.
  write: NAMES.length === 0,
  command: SECONDS === DEFAULT_SECONDS ? 'npm run bench:relay' : `SECONDS=${SECONDS} npm run bench:relay`,
  text: [
    `Relay alone on core ${RELAY_CORE}, generator on core ${GENERATOR_CORE}; ${SESSIONS} sessions of two legs, 50 packets a second of 172 B each way on each leg, windows of ${SECONDS} s, medians of ${RUNS}, of the largest N medians of ${CLIMBS}.`,
    '',
    tableOf(results, absent),
  ].join('\n'),
  data: {
    sessions: SESSIONS,
    seconds: SECONDS,
    systems: results.map(({ row, ...measured }) => ({ name: row.name, title: row.title, ...measured })),
    absent,
  },
});
process.exit(kept ? 0 : 1);

async function attempt(result: RowResult, runs: RoundRun[], sessions: number, round: number): Promise<void> {
  for (let tried = 0; tried < TRIES; tried++) {
    const run = await runOrReason(result.row, sessions);
    if (typeof run !== 'string' && run.spoilt === undefined) {
      runs.push({ ...run, round });
      console.log(
        `round ${round}, ${result.row.name}, ${sessions} sessions: ${run.usPerPacket.toFixed(0)} us/packet, p99 ${run.p99.toFixed(0)} us, ${run.lost} lost`,
      );
      return;
    }
    const reason = typeof run === 'string' ? run : (run.spoilt ?? '');
    result.thrownOut.push(reason);
    console.log(`round ${round}, ${result.row.name}, ${sessions} sessions: thrown out: ${reason}`);
  }
}

async function runOrReason(row: Row, sessions: number): Promise<Run | string> {
  try {
    return await runOnce(bench, row, sessions);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
