import { expect, it } from 'vitest';
import type { CostlyDatagram, TargetSample } from './messages.ts';
import { Tally } from './tally.ts';

function costly(from: number, cpuMs: number, gcMs = 0): CostlyDatagram {
  return { standing: 'peer', from, to: from + cpuMs, cpuMs, gcMs, hex: '' };
}

function sample(costlyOnes: CostlyDatagram[]): TargetSample {
  const idle = { busy: 0, stalls: [], residentMb: 0, heapMb: 0, externalMb: 0, sessions: 0, ports: [] };
  return { type: 'target', at: 0, costs: [{ standing: 'peer', count: 1, cpuMs: 1 }], costly: costlyOnes, ...idle };
}

it('finds the datagram that cost most without the garbage that was collected meanwhile', () => {
  const tally = new Tally();
  tally.take(sample([costly(0, 3), costly(10, 9, 8)]));
  tally.take(sample([costly(20, 4)]));
  expect(tally.worst('peer')?.from).toBe(20);
  expect(tally.worst('off-path')).toBeUndefined();
});

it('judges no datagram by what it cost while the machine stood still, or just after', () => {
  const tally = new Tally();
  tally.take(sample([costly(1_000, 9), costly(1_080, 8), costly(2_000, 2)]));
  expect(tally.worst('peer')?.cpuMs).toBe(9);
  tally.take({ type: 'machine', late: [{ from: 980, to: 1_005 }], waits: [] });
  expect(tally.worst('peer')?.cpuMs).toBe(2);
});

function attacked(): Tally {
  const tally = new Tally();
  tally.attackBegins(0);
  return tally;
}

it('judges a datagram by a standstill as well where there was no other', () => {
  const tally = new Tally();
  tally.take(sample([costly(1_000, 9)]));
  tally.take({ type: 'machine', late: [{ from: 980, to: 1_005 }], waits: [] });
  expect(tally.worst('peer')?.cpuMs).toBe(9);
});

it('takes from a gap what an idle process, its sender or its listener were late, all of them together once', () => {
  const tally = attacked();
  tally.take({ type: 'gap', stream: 'a', from: 0, to: 100, late: [{ from: -20, to: 30 }] });
  const late = [
    { from: 0, to: 30 },
    { from: 10, to: 35 },
  ];
  tally.take({ type: 'machine', late, waits: [] });
  expect(tally.unseenGaps(60)).toMatchObject([{ machineMs: 35 }]);
  tally.take({ type: 'machine', late: [{ from: 90, to: 120 }], waits: [] });
  expect(tally.unseenGaps(60)).toEqual([]);
});

it('takes from a gap what the bridge waited for a core while nobody else was late', () => {
  const tally = attacked();
  tally.take({ type: 'gap', stream: 'a', from: 0, to: 100, late: [{ from: 0, to: 30 }] });
  tally.take({ type: 'machine', late: [], waits: [{ from: -10, to: 35, waitedMs: 40 }] });
  expect(tally.unseenGaps(60)).toMatchObject([{ machineMs: 35 }]);
  tally.take({ type: 'machine', late: [], waits: [{ from: 40, to: 80, waitedMs: 6 }] });
  expect(tally.unseenGaps(60)).toEqual([]);
});

it('finds no more of the machine in a gap than the gap is long', () => {
  const tally = attacked();
  const wait = { from: 0, to: 100, waitedMs: 80 };
  tally.take({ type: 'machine', late: [{ from: 0, to: 50 }], waits: [wait, wait] });
  expect(tally.machineMs({ from: 0, to: 100 })).toBe(100);
});

it('takes from a stall of the bridge what the machine stood still', () => {
  const tally = new Tally();
  tally.attackBegins(0);
  const stalls = [{ from: 0, to: 100, cpuMs: 90, gcMs: 0 }];
  tally.take({ ...sample([]), stalls });
  expect(tally.ownStalls(60)).toHaveLength(1);
  tally.take({ type: 'machine', late: [{ from: 20, to: 70 }], waits: [] });
  expect(tally.ownStalls(60)).toHaveLength(0);
});

it('counts no gap from before the attack', () => {
  const tally = new Tally();
  tally.attackBegins(50);
  tally.take({ type: 'gap', stream: 'a', from: 0, to: 100, late: [] });
  expect(tally.gaps).toEqual([]);
});
