import { setTimeout as passed } from 'node:timers/promises';
import { Generator, type Window } from './generator.ts';
import { coreBusyMs, processorMs, residentMb } from './process-cost.ts';
import type { Row } from './rows.ts';
import type { Sessions } from './sessions.ts';

/** Where and how long is measured. */
export interface Bench {
  /** The compiled generator. */
  readonly generator: string;
  /** Core of the system under test, alone. */
  readonly relayCore: number;
  /** Core of the generator, and of the bench while it waits. */
  readonly generatorCore: number;
  /** Length of a window, in s. */
  readonly seconds: number;
}

/** One run of one system at one number of sessions. Processor time in us or ms, memory in MB. */
export interface Run extends Window {
  readonly sessions: number;
  readonly usPerPacket: number;
  /** Share of its core that the system used. */
  readonly load: number;
  readonly mbPerSession: number;
  readonly setupCpuMsPerLeg: number;
  readonly setupWallMsPerLeg: number;
}

/** How much of the core under test others may have had; the kernel counts in ticks of 10 ms, and on an idle machine it is none. */
const MAX_FOREIGN_SHARE = 0.05;
/** Longer than any compiler needs: what is measured is the system as it runs for hours. */
const WARM_UP_MS = 8_000;
/** Windows tried in one run. */
const WINDOWS = 4;
const SETTLE_MS = 1_500;
/** Sessions opened one after the other, for the set-up figures; the first two only warm up. */
const COLD_SET_UPS = 2;
const MEASURED_SET_UPS = 10;
const SET_UPS_AT_ONCE = 8;

/** A system and a generator that run, and sessions that grow in number. */
export class Trial {
  readonly #bench: Bench;
  readonly #generator: Generator;
  readonly #sessions: Sessions;
  readonly #restMb: number;
  #open = 0;

  private constructor(bench: Bench, generator: Generator, sessions: Sessions) {
    this.#bench = bench;
    this.#generator = generator;
    this.#sessions = sessions;
    this.#restMb = residentMb(sessions.program.pid);
  }

  /** Starts both. */
  static async start(bench: Bench, row: Row): Promise<Trial> {
    const generator = await Generator.start(bench.generator, bench.generatorCore);
    if (row.tone !== undefined) generator.useTone(row.tone.silence, row.tone.tone);
    try {
      return new Trial(bench, generator, await row.start(bench.relayCore, generator));
    } catch (error) {
      await generator.stop();
      throw error;
    }
  }

  /** Opens sessions one by one; gives processor and wall time per leg, both in ms, without the first two. */
  async openMeasured(count: number): Promise<{ readonly cpuMs: number; readonly wallMs: number }> {
    const walls: number[] = [];
    let before = processorMs(this.#sessions.program.pid);
    for (let n = 0; n < count; n++) {
      if (n === COLD_SET_UPS) before = processorMs(this.#sessions.program.pid);
      const legs = await this.#sessions.open();
      if (n >= COLD_SET_UPS) walls.push(...legs);
    }
    this.#open += count;
    const cpuMs = (processorMs(this.#sessions.program.pid) - before) / walls.length;
    return { cpuMs, wallMs: median(walls) };
  }

  /** Opens sessions until there are `count`. */
  async openUntil(count: number): Promise<void> {
    while (this.#open < count) {
      const some = Math.min(SET_UPS_AT_ONCE, count - this.#open);
      await Promise.all(Array.from({ length: some }, () => this.#sessions.open()));
      this.#open += some;
    }
  }

  /** Lets every session play and measures one window. */
  async measure(warmUpMs = SETTLE_MS): Promise<Omit<Run, 'setupCpuMsPerLeg' | 'setupWallMsPerLeg'>> {
    const { pid } = this.#sessions.program;
    this.#generator.play(2 * this.#open);
    await passed(warmUpMs);
    let cpuMs = 0;
    let foreignShare = 0;
    const window = await this.#generator.measure(async () => {
      const { relayCore, seconds } = this.#bench;
      const [before, busyBefore] = [processorMs(pid), coreBusyMs(relayCore)];
      await passed(seconds * 1_000);
      cpuMs = processorMs(pid) - before;
      foreignShare = (coreBusyMs(relayCore) - busyBefore - cpuMs) / (seconds * 1_000);
    });
    return {
      ...window,
      spoilt: window.spoilt ?? spoiltByOthers(foreignShare),
      sessions: this.#open,
      usPerPacket: (cpuMs * 1_000) / (window.sent - window.lost),
      load: cpuMs / (this.#bench.seconds * 1_000),
      mbPerSession: (residentMb(pid) - this.#restMb) / this.#open,
    };
  }

  /** Ends both. */
  async stop(): Promise<void> {
    await this.#generator.stop();
    await this.#sessions.stop();
  }
}

/** One whole run: a fresh system, `sessions` sessions, and a window that nothing spoilt, or the last of a few that were. */
export async function runOnce(bench: Bench, row: Row, sessions: number): Promise<Run> {
  const trial = await Trial.start(bench, row);
  try {
    const { cpuMs, wallMs } = await trial.openMeasured(Math.min(sessions, COLD_SET_UPS + MEASURED_SET_UPS));
    await trial.openUntil(sessions);
    let measured = await trial.measure(WARM_UP_MS);
    for (let more = 1; more < WINDOWS && measured.spoilt !== undefined; more++) measured = await trial.measure();
    return { ...measured, setupCpuMsPerLeg: cpuMs, setupWallMsPerLeg: wallMs };
  } finally {
    await trial.stop();
  }
}

function spoiltByOthers(share: number): string | undefined {
  if (share <= MAX_FOREIGN_SHARE) return undefined;
  return `other programs had ${(100 * share).toFixed(0)} % of the core under test`;
}

/** The middle value; `NaN` for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
