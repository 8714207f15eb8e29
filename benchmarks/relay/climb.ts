import type { Window } from './generator.ts';
import type { Row } from './rows.ts';
import { type Bench, Trial } from './run.ts';

/** How many sessions one system carried on one core. */
export interface Climb {
  /** The largest number that kept to the limits; 0 when not even one did. */
  readonly largest: number;
  /** The next number tried, which did not; undefined when the climb ended for another reason. */
  readonly failedAt: number | undefined;
  /** Why it ended. */
  readonly end: string;
}

/** The tail a voice session may have, in microseconds. */
const MAX_P99_US = 5_000;
/** Beyond this many the generator is what is measured. */
const MAX_SESSIONS = 400;
const STEP = 1.25;
/** Of the sessions the processor time of small runs allows: where the climb begins. */
const FIRST_SHARE = 0.35;
const PACKETS_PER_SESSION = 100;
/** Disturbed windows in a row before the climb ends for them. */
const MAX_SPOILT = 8;

/**
 * Adds sessions to one running system, 25 % more at a time, until a window has loss or a p99 above 5 ms (for systems that
 * decode: loss). A number that fails once must pass twice in a row to count. `usPerPacket` of a smaller run says where to begin.
 */
export async function climb(bench: Bench, row: Row, usPerPacket: number): Promise<Climb> {
  let from = Math.max(1, Math.round((FIRST_SHARE * 1e6) / (usPerPacket * PACKETS_PER_SESSION)));
  for (;;) {
    const result = await climbFrom(bench, row, from);
    if (result.largest > 0 || from === 1) return result;
    from = Math.max(1, Math.floor(from / 2));
  }
}

async function climbFrom(bench: Bench, row: Row, from: number): Promise<Climb> {
  const trial = await Trial.start(bench, row);
  let largest = 0;
  try {
    for (let sessions = from; sessions <= MAX_SESSIONS; sessions = Math.ceil(sessions * STEP)) {
      await trial.openUntil(sessions);
      const problem = await problemOf(trial, row);
      if (problem !== undefined) return { largest, failedAt: sessions, end: problem };
      largest = sessions;
    }
    return { largest, failedAt: undefined, end: 'no more were tried' };
  } catch (error) {
    return { largest, failedAt: undefined, end: error instanceof Error ? error.message : String(error) };
  } finally {
    await trial.stop();
  }
}

async function problemOf(trial: Trial, row: Row): Promise<string | undefined> {
  const first = problemIn(await unspoilt(trial), row);
  if (first === undefined) return undefined;
  const second = problemIn(await unspoilt(trial), row);
  return second ?? problemIn(await unspoilt(trial), row);
}

/** A window that the machine disturbed says nothing: another is measured. */
async function unspoilt(trial: Trial): Promise<Window> {
  let window = await trial.measure();
  for (let tried = 1; window.spoilt !== undefined && tried < MAX_SPOILT; tried++) window = await trial.measure();
  return window;
}

function problemIn(window: Window, row: Row): string | undefined {
  if (window.spoilt !== undefined) return window.spoilt;
  if (window.lost > 0) return `${((100 * window.lost) / window.sent).toFixed(2)} % lost`;
  if (row.tone === undefined && window.p99 > MAX_P99_US) return `p99 ${(window.p99 / 1000).toFixed(1)} ms`;
  return undefined;
}
