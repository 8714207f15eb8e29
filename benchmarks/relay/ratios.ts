import { type Figure, quantile } from '../support/report.ts';
import type { RoundRun, RowResult } from './results.ts';

type NumberOf = keyof Omit<RoundRun, 'spoilt'>;
type Results = readonly RowResult[];

/** What issue 3 asks of the bridge, as far as its rows were measured: one value per round, compared within the round. */
export function ratiosOf(results: Results): readonly Figure[] {
  return [
    atMost(results, 'CPU per packet / bare Node dgram forwarder', 'node', 'usPerPacket', 1.6, 1.25),
    atFifty(results, 'CPU per packet / bare Node dgram forwarder, at 50 sessions'),
    atMost(results, 'CPU per packet / Pion', 'pion', 'usPerPacket', 1, 0.5),
    atMost(results, 'CPU per packet / node-datachannel', 'ndc', 'usPerPacket', 1, 0.6),
    atMost(results, 'CPU per packet / stock werift', 'werift', 'usPerPacket', 0.3, 0.15),
    moreSessions(results, 'Pion', 'pion', 1, 1.6),
    moreSessions(results, 'stock werift', 'werift', 4, 7),
    tail(results),
    atMost(results, 'resident memory per session / stock werift', 'werift', 'mbPerSession', 0.5, 0.25),
    setUp(results),
  ].filter((figure) => figure.values.length > 0);
}

function atMost(
  results: Results,
  name: string,
  other: string,
  figure: NumberOf,
  required: number,
  aim: number,
): Figure {
  const of = (row: string) => find(results, row)?.runs ?? [];
  return limited(name, '', perRound(of('bridge'), of(other), figure), required, aim);
}

/** With 20 sessions a core sleeps between most packets, and wakes with cold caches: the more code, the dearer. */
function atFifty(results: Results, name: string): Figure {
  const of = (row: string) => find(results, row)?.atFifty ?? [];
  return limited(name, '', perRound(of('bridge'), of('node'), 'usPerPacket'), 1.6, 1.25);
}

function perRound(ours: readonly RoundRun[], theirs: readonly RoundRun[], figure: NumberOf): readonly number[] {
  return ours.flatMap((run) => {
    const their = theirs.find(({ round }) => round === run.round);
    return their === undefined ? [] : [run[figure] / their[figure]];
  });
}

function moreSessions(results: Results, title: string, other: string, required: number, aim: number): Figure {
  const values = (find(results, 'bridge')?.climbs ?? []).flatMap(({ round, largest }) => {
    const theirs = find(results, other)?.climbs.find((climb) => climb.round === round)?.largest ?? 0;
    return theirs === 0 ? [] : [largest / theirs];
  });
  const name = `sessions on one core / ${title}`;
  const kept = quantile(values, 0.5) >= required;
  return { name, unit: '', values, required: `p50 >= ${required} (aim ${aim})`, kept };
}

function tail(results: Results): Figure {
  const values = (find(results, 'bridge')?.atFifty ?? []).map(({ p99 }) => p99 / 1000);
  return limited('added latency p99 at 50 sessions', 'ms', values, 1.5, 0.4);
}

function setUp(results: Results): Figure {
  const values = (find(results, 'bridge')?.runs ?? []).map((run) => run.setupWallMsPerLeg).filter(Number.isFinite);
  return limited('set-up wall time per leg', 'ms', values, 90, 40);
}

function limited(name: string, unit: string, values: readonly number[], required: number, aim: number): Figure {
  return { name, unit, values, required: `p50 <= ${required} (aim ${aim})`, kept: quantile(values, 0.5) <= required };
}

function find(results: Results, name: string): RowResult | undefined {
  return results.find(({ row }) => row.name === name);
}
