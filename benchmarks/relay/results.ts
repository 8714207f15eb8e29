import type { Climb } from './climb.ts';
import type { Row } from './rows.ts';
import { median, type Run } from './run.ts';

/** A run and the round it belongs to: rounds are compared with one another, system by system. */
export interface RoundRun extends Run {
  readonly round: number;
}

/** A climb and the round it belongs to. */
export interface RoundClimb extends Climb {
  readonly round: number;
}

/** Everything measured of one system. */
export interface RowResult {
  readonly row: Row;
  readonly runs: RoundRun[];
  /** Runs thrown out because the generator had not kept up, or the system failed, and why. */
  readonly thrownOut: string[];
  /** At 50 sessions; of the bridge and of the bare forwarder. Others have none. */
  readonly atFifty: RoundRun[];
  readonly climbs: RoundClimb[];
}

/** A system that could not run here. */
export interface AbsentRow {
  readonly name: string;
  readonly title: string;
  readonly reason: string;
}

const HEAD = [
  'system',
  'us/packet (runs)',
  '/ Node dgram',
  'p50 us',
  'p95 us',
  'p99 us',
  'lost',
  'largest N, p99 <= 5 ms, no loss',
  'MB/session',
  'set-up CPU ms/leg',
  'set-up wall ms/leg',
  'thrown out',
];

/** The table of all systems, in Markdown. */
export function tableOf(results: readonly RowResult[], absent: readonly AbsentRow[]): string {
  const floor = medianOf(results.find(({ row }) => row.name === 'node')?.runs ?? [], 'usPerPacket');
  return [
    `| ${HEAD.join(' | ')} |`,
    `|${HEAD.map(() => '---|').join('')}`,
    ...results.map((result) => `| ${cellsOf(result, floor).join(' | ')} |`),
    ...absent.map(
      ({ title, reason }) =>
        `| ${title} | not measured: ${reason} |${HEAD.slice(2)
          .map(() => ' |')
          .join('')}`,
    ),
    '',
  ].join('\n');
}

/** The median of one figure over runs; `NaN` for none. */
export function medianOf(runs: readonly Run[], figure: keyof Omit<Run, 'spoilt'>): number {
  return median(runs.map((run) => run[figure]));
}

function cellsOf({ row, runs, thrownOut, climbs }: RowResult, floor: number): readonly string[] {
  if (runs.length === 0)
    return [row.title, `not measured: ${thrownOut[0] ?? 'no run'}`, ...HEAD.slice(2).map(() => '')];
  const each = runs.map((run) => run.usPerPacket.toFixed(0)).join(' ');
  const us = medianOf(runs, 'usPerPacket');
  return [
    row.title,
    `**${us.toFixed(0)}** (${each})`,
    (us / floor).toFixed(2),
    medianOf(runs, 'p50').toFixed(0),
    medianOf(runs, 'p95').toFixed(0),
    medianOf(runs, 'p99').toFixed(0),
    `${runs.reduce((sum, run) => sum + run.lost, 0)}`,
    describeClimbs(climbs, row),
    medianOf(runs, 'mbPerSession').toFixed(2),
    format(medianOf(runs, 'setupCpuMsPerLeg')),
    format(medianOf(runs, 'setupWallMsPerLeg')),
    thrownOut.length === 0 ? '0' : `${thrownOut.length}: ${thrownOut[0]}`,
  ];
}

function describeClimbs(climbs: readonly RoundClimb[], row: Row): string {
  const last = climbs.at(-1);
  if (last === undefined) return '';
  const largest = median(climbs.map((climb) => climb.largest));
  const each = climbs.map((climb) => climb.largest).join(' ');
  const next = last.failedAt === undefined ? last.end : `${last.failedAt}: ${last.end}`;
  return row.tone === undefined
    ? `**${largest}** (${each}; ${next})`
    : `none; no loss to ${largest} (${each}; ${next})`;
}

function format(value: number): string {
  return Number.isFinite(value) ? value.toFixed(1) : '';
}
