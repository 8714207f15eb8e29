import type { FuzzResult } from './run-fuzz.ts';
import type { Standing } from './support/messages.ts';
import { ownMs, type Tally } from './support/tally.ts';

/** One figure of a run, with what is wanted of it. */
export interface FuzzFigure {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
  /** In words; empty where nothing is required. */
  readonly required: string;
  readonly kept: boolean;
}

type Point = readonly [at: number, value: number];

const WORST_CPU_MS = 5;
/** Once in a connection's life: the library agrees upon a key in JavaScript, which takes it 4 to 6 ms on P-256. */
const WORST_HANDSHAKE_MS = 10;
/** A certificate and a connection are made for an offer that waits, 3 to 5 ms, and an offer may be as bent as it likes. */
const WORST_OPENING_MS = 20;
const WINDOW_MS = 10_000;
/** What a bystander bears without noticing, in ms. */
export const LARGEST_GAP_MS = 60;
const LARGEST_STALL_MS = 60;
/** Whoever proves nothing has no claim on more than this. */
const REFUSED: readonly Standing[] = ['off-path', 'five-tuple', 'peer'];

/** What the run has to show, figure by figure. */
export function fuzzFigures({ tally, seconds, worlds }: FuzzResult): readonly FuzzFigure[] {
  const unseen = tally.unseenGaps(LARGEST_GAP_MS);
  const { bytesFromStrangers: sent, bytesToStrangers: back } = tally;
  return [
    none('exits of the bridge', tally.times('exit')),
    none('hangs of the bridge', tally.times('hang')),
    none('unhandled rejections, uncaught exceptions, HTTP 500', tally.times('failure')),
    none('bystanders lost', tally.times('bystander lost')),
    none(`bystander gaps > ${LARGEST_GAP_MS} ms unseen by the control processes`, unseen.length),
    seen(`bystander gaps > ${LARGEST_GAP_MS} ms in all`, '', tally.gaps.length),
    seen('bystander packets lost', '', tally.lost),
    ...REFUSED.flatMap((standing) => cpu(tally, standing)),
    atMost(
      'CPU of the worst datagram of the model: it has offers answered',
      'ms',
      worstMs(tally, 'model'),
      WORST_OPENING_MS,
    ),
    atMost('CPU of the worst handshake datagram', 'ms', worstMs(tally, 'handshake'), WORST_HANDSHAKE_MS),
    none(`stalls of the bridge > ${LARGEST_STALL_MS} ms`, tally.ownStalls(LARGEST_STALL_MS).length),
    atMost('bytes out / bytes in, strangers', '', sent === 0 ? 0 : back / sent, 1),
    seen('datagrams handled', '', tally.datagrams),
    seen('datagrams handled a second', '', tally.datagrams / seconds),
    seen('load of the bridge', 'cores', mean(tally.busy)),
    seen('memory slope, resident, second half', 'MB/min', slope(tally.memory.map(([at, resident]) => [at, resident]))),
    seen(
      'memory slope, heap without compiled code and buffers that outlive collections, second half',
      'MB/min',
      slope(lows(tally.memory.map(([at, , heap]) => [at, heap]))),
    ),
    seen('bystander packets heard', '', tally.heard),
    seen('hostile connections that came up', '', tally.lives),
    seen('processes of the bridge', '', worlds),
    ...Object.entries(tally.sent).map(([protocol, count]) => seen(`inputs sent: ${protocol}`, '', count)),
    ...Object.entries(tally.corpora).map(([standing, count]) =>
      seen(`files of the corpora sent: ${standing}`, '', count),
    ),
  ];
}

function cpu(tally: Tally, standing: Standing): readonly FuzzFigure[] {
  const costs = tally.standings.get(standing);
  if (costs === undefined) return [];
  return [
    atMost(`CPU of the worst datagram, ${standing}`, 'ms', worstMs(tally, standing), WORST_CPU_MS),
    seen(`CPU of a datagram, mean, ${standing}`, 'us', (costs.cpuMs * 1_000) / costs.count),
  ];
}

/** Without the garbage that happened to be collected meanwhile; 0 when none was worth remembering. */
function worstMs(tally: Tally, standing: Standing): number {
  const worst = tally.worst(standing);
  return worst === undefined ? 0 : ownMs(worst);
}

/** The least of every ten seconds: what is left when garbage has been collected. */
function lows(points: readonly Point[]): readonly Point[] {
  const least = new Map<number, Point>();
  for (const point of points) {
    const window = Math.floor(point[0] / WINDOW_MS);
    const known = least.get(window);
    if (known === undefined || point[1] < known[1]) least.set(window, point);
  }
  return [...least.values()];
}

/** Growth a minute over the second half, by least squares. */
function slope(points: readonly Point[]): number {
  const half = points.slice(points.length / 2);
  const [at, value] = [mean(half.map(([x]) => x)), mean(half.map(([, y]) => y))];
  const spread = half.reduce((sum, [x]) => sum + (x - at) ** 2, 0);
  if (spread === 0) return 0;
  return (half.reduce((sum, [x, y]) => sum + (x - at) * (y - value), 0) / spread) * 60_000;
}

function none(name: string, value: number): FuzzFigure {
  return { name, unit: '', values: [value], required: '0', kept: value === 0 };
}

function atMost(name: string, unit: string, value: number, limit: number): FuzzFigure {
  return { name, unit, values: [value], required: `<= ${limit}`, kept: value <= limit };
}

function seen(name: string, unit: string, value: number): FuzzFigure {
  return { name, unit, values: [value], required: '', kept: true };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
