import { type Figure, quantile } from '../support/report.ts';
import type { RowResult } from './results.ts';
import type { Run } from './run.ts';

type Results = readonly RowResult[];

/** What issue 3 asks of the bridge, as far as its rows were measured: one value per round, compared within the round. */
export function ratiosOf(results: Results): readonly Figure[] {
  return [
    atMost(results, 'CPU per packet / bare Node dgram forwarder', 'node', 'usPerPacket', 1.6, 1.25),
    atMost(results, 'CPU per packet / Pion', 'pion', 'usPerPacket', 1, 0.5),
    atMost(results, 'CPU per packet / node-datachannel', 'ndc', 'usPerPacket', 1, 0.6),
    atMost(results, 'CPU per packet / stock werift', 'werift', 'usPerPacket', 0.3, 0.15),
    moreSessions(results, 'sessions on one core / Pion', 'pion', 1, 1.6),
    moreSessions(results, 'sessions on one core / stock werift', 'werift', 4, 7),
    own(
      results,
      'added latency p99 at 50 sessions',
      'ms',
      ({ atFifty }) => atFifty.map(({ p99 }) => p99 / 1000),
      1.5,
      0.4,
    ),
    atMost(results, 'resident memory per session / stock werift', 'werift', 'mbPerSession', 0.5, 0.25),
    own(results, 'set-up wall time per leg', 'ms', ({ runs }) => runs.map((run) => run.setupWallMsPerLeg), 90, 40),
  ].filter((figure) => figure.values.length > 0);
}

function atMost(
  results: Results,
  name: string,
  other: string,
  figure: keyof Omit<Run, 'spoilt'>,
  required: number,
  aim: number,
): Figure {
  const theirs = find(results, other)?.runs ?? [];
  const values = (find(results, 'bridge')?.runs ?? []).flatMap((run, round) => {
    const their = theirs[round];
    return their === undefined ? [] : [run[figure] / their[figure]];
  });
  return limited(name, '', values, required, aim);
}

function moreSessions(results: Results, name: string, other: string, required: number, aim: number): Figure {
  const ours = find(results, 'bridge')?.climb?.largest;
  const theirs = find(results, other)?.climb?.largest;
  const values = ours === undefined || theirs === undefined || theirs === 0 ? [] : [ours / theirs];
  return { name, unit: '', values, required: `>= ${required} (aim ${aim})`, kept: quantile(values, 0.5) >= required };
}

function own(
  results: Results,
  name: string,
  unit: string,
  valuesOf: (result: RowResult) => number[],
  required: number,
  aim: number,
): Figure {
  const bridge = find(results, 'bridge');
  const values = bridge === undefined ? [] : valuesOf(bridge).filter(Number.isFinite);
  return limited(name, unit, values, required, aim);
}

function limited(name: string, unit: string, values: readonly number[], required: number, aim: number): Figure {
  return { name, unit, values, required: `p50 <= ${required} (aim ${aim})`, kept: quantile(values, 0.5) <= required };
}

function find(results: Results, name: string): RowResult | undefined {
  return results.find(({ row }) => row.name === name);
}
