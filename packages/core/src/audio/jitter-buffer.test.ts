import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../testing/seeded-random.ts';
import { JitterBuffer, type Playout } from './jitter-buffer.ts';

const PACKET = 960;

interface Sent {
  readonly index: number;
  readonly arrivesAt: number;
}

/** Packet `index` of a source that began near the end of both number ranges, so that every test crosses the wrap. */
function push(buffer: JitterBuffer<number>, index: number, now: number, gap = 0): void {
  const sequenceNumber = (65_530 + index) & 0xffff;
  const timestamp = (4_294_960_000 + index * PACKET + gap) >>> 0;
  buffer.push({ sequenceNumber, timestamp, duration: PACKET, payload: index }, now);
}

/** Plays for `seconds` of the listener's time, one pull per 20 ms. */
function play(buffer: JitterBuffer<number>, sent: readonly Sent[], seconds: number, start = 0): Playout<number>[] {
  const arrivals = [...sent].sort((a, b) => a.arrivesAt - b.arrivesAt);
  const playouts: Playout<number>[] = [];
  let next = 0;
  for (let frame = 0; frame < seconds * 50; frame++) {
    const now = start + frame * 20;
    for (let one = arrivals[next]; one !== undefined && one.arrivesAt <= now; one = arrivals[++next]) {
      push(buffer, one.index, one.arrivesAt);
    }
    playouts.push(buffer.pull(now));
  }
  return playouts;
}

function packets(playouts: readonly Playout<number>[]): number[] {
  return playouts.flatMap((playout) => (playout.type === 'packet' ? [playout.payload] : []));
}

function count(playouts: readonly Playout<number>[], type: Playout<number>['type']): number {
  return playouts.filter((playout) => playout.type === type).length;
}

describe('the jitter buffer', () => {
  it('plays a steady source without a gap after its first 40 ms', () => {
    const sent = Array.from({ length: 500 }, (_, index) => ({ index, arrivesAt: index * 20 }));
    const playouts = play(new JitterBuffer(), sent, 10);
    expect(playouts.slice(0, 2).map((playout) => playout.type)).toEqual(['silence', 'silence']);
    expect(packets(playouts)).toEqual(Array.from({ length: 498 }, (_, index) => index));
  });

  it('puts reordered packets in order', () => {
    const buffer = new JitterBuffer<number>();
    for (const index of [1, 0, 2, 4, 3]) push(buffer, index, 0);
    expect(packets(Array.from({ length: 5 }, (_, frame) => buffer.pull(40 + frame * 20)))).toEqual([0, 1, 2, 3, 4]);
  });

  it('reports every lost packet once, and hands over the one behind the last of them', () => {
    const buffer = new JitterBuffer<number>();
    for (const index of [0, 3, 4]) push(buffer, index, 0);
    const playouts = Array.from({ length: 5 }, (_, frame) => buffer.pull(40 + frame * 20));
    expect(playouts).toEqual([
      { type: 'packet', duration: PACKET, payload: 0 },
      { type: 'lost', duration: PACKET, next: undefined },
      { type: 'lost', duration: PACKET, next: 3 },
      { type: 'packet', duration: PACKET, payload: 3 },
      { type: 'packet', duration: PACKET, payload: 4 },
    ]);
    expect(buffer.stats()).toMatchObject({ received: 3, played: 3, lost: 2 });
  });

  it('drops what comes twice or after its place has passed', () => {
    const buffer = new JitterBuffer<number>();
    for (const index of [0, 0, 2]) push(buffer, index, 0);
    for (let frame = 0; frame < 3; frame++) buffer.pull(40 + frame * 20);
    push(buffer, 1, 100);
    push(buffer, 2, 100);
    expect(buffer.stats()).toMatchObject({ received: 5, played: 2, lost: 1, late: 3, depthMs: 0 });
  });

  it('conceals what is late, plays it then, and is deeper from then on', () => {
    const buffer = new JitterBuffer<number>();
    push(buffer, 0, 0);
    expect(buffer.pull(40).type).toBe('packet');
    expect(buffer.pull(60).type).toBe('late');
    for (const index of [1, 2]) push(buffer, index, 70);
    expect(buffer.pull(80)).toMatchObject({ type: 'packet', payload: 1 });
    expect(buffer.stats()).toMatchObject({ concealedMs: 20, lost: 0, depthMs: 20 });
  });

  it('does not grow by what was concealed when the packet turns out to be lost', () => {
    const buffer = new JitterBuffer<number>();
    push(buffer, 0, 0);
    buffer.pull(40);
    expect(buffer.pull(60).type).toBe('late');
    for (const index of [2, 3]) push(buffer, index, 70);
    expect(buffer.pull(80)).toMatchObject({ type: 'packet', payload: 2 });
    expect(buffer.stats().lost).toBe(1);
  });

  it('takes a pause for a pause: silence, no loss, and a fresh start', () => {
    const buffer = new JitterBuffer<number>();
    push(buffer, 0, 0);
    buffer.pull(40);
    const pause = Array.from({ length: 20 }, (_, frame) => buffer.pull(60 + frame * 20).type);
    expect(pause.filter((type) => type === 'late')).toHaveLength(5);
    push(buffer, 1, 1_000, 48_000);
    push(buffer, 2, 1_020, 48_000);
    expect(buffer.pull(1_020).type).toBe('silence');
    expect(buffer.pull(1_040)).toMatchObject({ type: 'packet', payload: 1 });
    expect(buffer.stats().lost).toBe(0);
  });

  it('plays a short pause inside the buffer as silence of the right length', () => {
    const buffer = new JitterBuffer<number>();
    push(buffer, 0, 0);
    push(buffer, 1, 0, 3 * PACKET);
    const types = Array.from({ length: 5 }, (_, frame) => buffer.pull(40 + frame * 20).type);
    expect(types).toEqual(['packet', 'silence', 'silence', 'silence', 'packet']);
  });

  it('counts what was lost while nothing arrived at all', () => {
    const buffer = new JitterBuffer<number>();
    push(buffer, 0, 0);
    for (let frame = 0; frame < 20; frame++) buffer.pull(40 + frame * 20);
    push(buffer, 15, 450);
    expect(buffer.pull(490)).toMatchObject({ type: 'packet', payload: 15 });
    expect(buffer.stats().lost).toBe(14);
  });

  it('does not wait for a time stamp that is far ahead', () => {
    const buffer = new JitterBuffer<number>();
    push(buffer, 0, 0);
    buffer.pull(40);
    push(buffer, 1, 50, 5 * 48_000);
    expect(buffer.pull(60)).toMatchObject({ type: 'packet', payload: 1 });
  });

  it('counts on from the newest packet, not from a late one', () => {
    const buffer = new JitterBuffer<number>({ maxDepthMs: 30_000 });
    push(buffer, 0, 0);
    push(buffer, 400, 0);
    push(buffer, 1, 0);
    push(buffer, 801, 0);
    expect(buffer.stats()).toMatchObject({ dropped: 0, late: 0 });
  });

  it('starts anew when the source does', () => {
    const buffer = new JitterBuffer<number>();
    push(buffer, 0, 0);
    push(buffer, 1, 20);
    buffer.pull(40);
    buffer.push({ sequenceNumber: 20_000, timestamp: 77, duration: PACKET, payload: 99 }, 60);
    expect(buffer.pull(100)).toMatchObject({ type: 'packet', payload: 99 });
    expect(buffer.stats()).toMatchObject({ lost: 0, dropped: 1 });
  });

  it('never holds more than its greatest depth, even when a second arrives at once', () => {
    const buffer = new JitterBuffer<number>({ maxDepthMs: 200 });
    for (let index = 0; index < 50; index++) {
      push(buffer, index, 1_000);
      expect(buffer.stats().depthMs).toBeLessThanOrEqual(200);
    }
    expect(buffer.pull(2_000)).toMatchObject({ type: 'packet', payload: 40 });
  });

  it('starts deeper on a line with more jitter', () => {
    const random = seededRandom(3);
    const buffer = new JitterBuffer<number>();
    const sent = Array.from({ length: 100 }, (_, index) => ({ index, arrivesAt: index * 20 + random() * 120 }));
    play(buffer, sent, 3);
    push(buffer, 100, 5_000, 144_000);
    const waits = Array.from({ length: 20 }, (_, frame) => buffer.pull(5_000 + frame * 20));
    expect(waits.findIndex((playout) => playout.type === 'packet') * 20).toBeGreaterThanOrEqual(120);
  });

  it('grows shallow again when the jitter is over', () => {
    const buffer = new JitterBuffer<number>();
    const sent = Array.from({ length: 1_500 }, (_, index) => {
      return { index, arrivesAt: index < 20 ? index * 20 : Math.max(index * 20, 600) };
    });
    play(buffer, sent.slice(0, 40), 0.8);
    expect(buffer.stats().depthMs).toBeGreaterThan(100);
    const playouts = play(buffer, sent.slice(40), 28, 800);
    expect(buffer.stats().depthMs).toBeLessThanOrEqual(80);
    expect(count(playouts, 'late')).toBe(0);
  });
});

describe.each([300, -300])('against a sender whose clock is off by %i ppm', (ppm) => {
  it('keeps the delay bounded for ten minutes and touches one packet a minute', () => {
    const minutes = 10;
    const random = seededRandom(ppm);
    const period = 20 * (1 - ppm / 1e6);
    const buffer = new JitterBuffer<number>();
    const sent = Array.from({ length: Math.floor((minutes * 60_000) / period) }, (_, index) => {
      return { index, arrivesAt: index * period + random() * 15 };
    });
    const playouts = play(buffer, sent, minutes * 60);
    const { dropped, late, lost, concealedMs, depthMs } = buffer.stats();
    expect(depthMs).toBeLessThanOrEqual(120);
    expect({ late, lost }).toEqual({ late: 0, lost: 0 });
    expect(dropped + concealedMs / 20).toBeLessThanOrEqual(1.2 * minutes);
    const played = packets(playouts);
    expect(played).toEqual([...played].sort((a, b) => a - b));
  });
});

it('accounts for every packet and never goes back, whatever the network does', () => {
  const arrival = fc.record({ lost: fc.integer({ min: 0, max: 9 }), delay: fc.integer({ min: 0, max: 300 }) });
  fc.assert(
    fc.property(
      fc.array(arrival, { minLength: 1, maxLength: 200, size: 'max' }),
      fc.integer({ min: 1, max: 6 }),
      (line, twice) => {
        const buffer = new JitterBuffer<number>();
        const sent = line.flatMap(({ lost, delay }, index) => {
          const one = { index, arrivesAt: index * 20 + delay };
          if (lost === 0) return [];
          return index % 7 === twice ? [one, { ...one, arrivesAt: one.arrivesAt + 30 }] : [one];
        });
        const played = packets(play(buffer, sent, line.length / 50 + 2));
        expect(played).toEqual([...new Set(played)].sort((a, b) => a - b));
        const { received, played: counted, late, dropped, depthMs } = buffer.stats();
        expect(received).toBe(sent.length);
        expect(counted).toBe(played.length);
        expect(counted + late + dropped).toBe(received);
        expect(depthMs).toBe(0);
      },
    ),
    { numRuns: 300, seed: 6 },
  );
});

it('counts as lost exactly the packets that a steady network loses', () => {
  const random = seededRandom(12);
  const buffer = new JitterBuffer<number>();
  const all = Array.from({ length: 3_000 }, (_, index) => ({ index, arrivesAt: index * 20 }));
  const arrived = all.filter(({ index }) => index === 0 || index > 2_990 || random() > 0.1);
  const playouts = play(buffer, arrived, 61);
  expect(buffer.stats()).toMatchObject({ lost: all.length - arrived.length, late: 0, dropped: 0 });
  expect(packets(playouts)).toEqual(arrived.map(({ index }) => index));
});

it('says what it holds, in order, and keeps it', () => {
  const buffer = new JitterBuffer<number>();
  for (const index of [0, 3, 1]) push(buffer, index, 0);
  expect([buffer.held(), buffer.held()]).toEqual([
    [0, 1, 3],
    [0, 1, 3],
  ]);
  buffer.pull(40);
  expect(buffer.held()).toEqual([1, 3]);
});
