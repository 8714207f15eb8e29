import type {
  Attack,
  CostlyDatagram,
  Gap,
  Interval,
  MachineReport,
  Report,
  Standing,
  TargetSample,
} from './messages.ts';
import { overlap, taken } from './spans.ts';

/** What datagrams of one standing cost the bridge. */
export interface StandingTally {
  count: number;
  cpuMs: number;
  /** The costliest first, no more than {@link MOST_KEPT}. */
  readonly costly: CostlyDatagram[];
}

const MOST_KEPT = 100;
/** What the system has put off while the machine stood still it does after that, on the account of whoever runs, in ms. */
const AFTER_STANDSTILL_MS = 100;

/** Something that must not happen, and what was sent just before. */
export interface Finding {
  readonly kind: 'exit' | 'hang' | 'failure' | 'bystander lost';
  readonly text: string;
  times: number;
  /** Undefined until the attackers have told. */
  attacks: readonly Attack[];
}

/** Everything a fuzz run is told, added up. */
export class Tally {
  readonly standings = new Map<Standing, StandingTally>();
  readonly findings: Finding[] = [];
  readonly sent: Record<string, number> = {};
  readonly corpora: Record<string, number> = {};
  readonly stalls: TargetSample['stalls'] = [];
  readonly gaps: Gap[] = [];
  /** [time, resident, heap and external megabytes] */
  readonly memory: [at: number, residentMb: number, heapMb: number][] = [];
  readonly busy: number[] = [];
  readonly #late: Interval[] = [];
  readonly #waits: MachineReport['waits'] = [];
  #attackedSince = Number.POSITIVE_INFINITY;
  heard = 0;
  lost = 0;
  lives = 0;
  bytesToStrangers = 0;
  bytesFromStrangers = 0;

  /** Takes one report. Gives the finding when it is a new one. */
  take(report: Report): Finding | undefined {
    if (report.type === 'target') return this.#takeSample(report);
    if (report.type === 'machine') {
      this.#late.push(...report.late);
      this.#waits.push(...report.waits);
    } else if (report.type === 'packets') {
      this.heard += report.heard;
      this.lost += report.lost;
    } else if (report.type === 'gap') {
      if (report.from >= this.#attackedSince) this.gaps.push(report);
    } else if (report.type === 'sent') {
      add(this.sent, report.counts);
      add(this.corpora, report.corpora);
      this.lives += report.lives;
      this.bytesFromStrangers += report.bytesSent;
      this.bytesToStrangers += report.bytesBack;
    } else if (report.type === 'failure') {
      return this.find('failure', `${report.kind}: ${report.text}`);
    } else if (report.type === 'lost') {
      return this.find('bystander lost', `${report.stream}: ${report.text}`);
    }
    return undefined;
  }

  /** Gaps and stalls that began before do not count: a world that starts up is a load of its own. */
  attackBegins(at: number): void {
    this.#attackedSince = at;
  }

  /** Notes a finding; undefined when it is one that is known already. */
  find(kind: Finding['kind'], text: string): Finding | undefined {
    const known = this.findings.find((finding) => finding.kind === kind && finding.text === text);
    if (known !== undefined) {
      known.times++;
      return undefined;
    }
    const finding: Finding = { kind, text, times: 1, attacks: [] };
    this.findings.push(finding);
    return finding;
  }

  /** How often something of this kind was found. */
  times(kind: Finding['kind']): number {
    return this.findings.reduce((sum, finding) => sum + (finding.kind === kind ? finding.times : 0), 0);
  }

  /** Gaps that are too long without the machine's part, and without what sender and listener were late; to be asked when all reports are in. */
  unseenGaps(limitMs: number): (Gap & { readonly machineMs: number })[] {
    const judged = this.gaps.map((gap) => ({ ...gap, machineMs: this.machineMs(gap, gap.late) }));
    return judged.filter(({ from, to, machineMs }) => to - from - machineMs > limitMs);
  }

  /** The costliest datagram of a standing that came while the machine ran undisturbed, if there was one; to be asked when all reports are in. */
  worst(standing: Standing): CostlyDatagram | undefined {
    const disturbed = ({ from, to }: Interval) =>
      this.#late.some((late) => from < late.to + AFTER_STANDSTILL_MS && to > late.from);
    const costly = this.standings.get(standing)?.costly ?? [];
    return costly.find((datagram) => !disturbed(datagram)) ?? costly[0];
  }

  /** Stalls of the bridge that are longer than this without the machine's part; to be asked when all reports are in. */
  ownStalls(limitMs: number): TargetSample['stalls'] {
    return this.stalls.filter((stall) => stall.to - stall.from - this.machineMs(stall) > limitMs);
  }

  /** How much of a span of time an idle process on any core was late, or whoever else is named; and outside of that, what the bridge may have waited for a core. */
  machineMs(span: Interval, late: readonly Interval[] = []): number {
    const known = [...this.#late, ...late];
    const lateMs = taken(span, known);
    const freeMs = span.to - span.from - lateMs;
    const waitedMs = this.#waits.reduce((sum, wait) => {
      const window = { from: Math.max(span.from, wait.from), to: Math.min(span.to, wait.to) };
      return sum + Math.min(wait.waitedMs, overlap(span, wait) - taken(window, known));
    }, 0);
    return lateMs + Math.min(freeMs, waitedMs);
  }

  get datagrams(): number {
    return [...this.standings.values()].reduce((sum, { count }) => sum + count, 0);
  }

  #takeSample(sample: TargetSample): Finding | undefined {
    for (const { standing, count, cpuMs } of sample.costs) {
      const tally = this.#standing(standing);
      tally.count += count;
      tally.cpuMs += cpuMs;
    }
    for (const datagram of sample.costly) {
      const tally = this.#standing(datagram.standing);
      tally.costly.push(datagram);
    }
    for (const { costly } of this.standings.values()) {
      costly.sort((a, b) => ownMs(b) - ownMs(a));
      costly.length = Math.min(costly.length, MOST_KEPT);
    }
    this.stalls.push(...sample.stalls.filter(({ from }) => from >= this.#attackedSince));
    this.memory.push([sample.at, sample.residentMb, sample.heapMb + sample.externalMb]);
    this.busy.push(sample.busy);
    return undefined;
  }

  #standing(standing: Standing): StandingTally {
    const tally = this.standings.get(standing) ?? { count: 0, cpuMs: 0, costly: [] };
    this.standings.set(standing, tally);
    return tally;
  }
}

/** CPU of a datagram without the garbage that happened to be collected meanwhile. */
export function ownMs(datagram: CostlyDatagram): number {
  return datagram.cpuMs - datagram.gcMs;
}

function add(sums: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + value;
}
