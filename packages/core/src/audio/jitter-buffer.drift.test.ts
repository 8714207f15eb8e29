import { describe, expect, it } from 'vitest';
import { seededRandom } from '../testing/seeded-random.ts';
import { JitterBuffer } from './jitter-buffer.ts';

const SAMPLES = 960;
const FRAME_MS = 20;
const MINUTES = 60;
const FRAMES_PER_MINUTE = 3_000;

/** What the buffer held, once per minute for the length of one: the shallowest and the deepest it was, in ms. */
interface Minute {
  readonly shallowest: number;
  readonly deepest: number;
}

/** One hour of a sender whose clock is off by `ppm`, over a line with up to 15 ms of jitter. */
function hour(buffer: JitterBuffer<number>, ppm: number): readonly Minute[] {
  const random = seededRandom(ppm + 1_000);
  const periodMs = FRAME_MS * (1 - ppm / 1e6);
  let index = 0;
  let arrivesAt = 0;
  return Array.from({ length: MINUTES }, (_, minute) => {
    let [shallowest, deepest] = [Number.POSITIVE_INFINITY, 0];
    for (let frame = 0; frame < FRAMES_PER_MINUTE; frame++) {
      const now = (minute * FRAMES_PER_MINUTE + frame) * FRAME_MS;
      for (; arrivesAt <= now; index++, arrivesAt = index * periodMs + random() * 15) {
        const sequenceNumber = (65_000 + index) & 0xffff;
        const timestamp = (4_294_000_000 + index * SAMPLES) % 2 ** 32;
        buffer.push({ sequenceNumber, timestamp, duration: SAMPLES, payload: index }, arrivesAt);
      }
      buffer.pull(now);
      const { depthMs } = buffer.stats();
      shallowest = Math.min(shallowest, depthMs);
      deepest = Math.max(deepest, depthMs);
    }
    return { shallowest, deepest };
  });
}

describe.each([-300, 0, 300])('one hour against a sender whose clock is off by %i ppm', (ppm) => {
  it('keeps the depth steady: as deep in the last ten minutes as in the first, and no packet late or lost', () => {
    const buffer = new JitterBuffer<number>();
    const minutes = hour(buffer, ppm);
    const deepest = (some: readonly Minute[]) => Math.max(...some.map((minute) => minute.deepest));
    expect(deepest(minutes)).toBeLessThanOrEqual(120);
    expect(Math.abs(deepest(minutes.slice(1, 11)) - deepest(minutes.slice(-10)))).toBeLessThanOrEqual(FRAME_MS);
    const { received, played, late, lost, dropped, concealedMs } = buffer.stats();
    expect({ late, lost }).toEqual({ late: 0, lost: 0 });
    // 300 ppm of an hour are 54 frames, and no more than that may be left out or made up.
    expect(dropped + concealedMs / FRAME_MS).toBeLessThanOrEqual(Math.abs(ppm) === 0 ? 0 : 60);
    expect(received - played - dropped).toBeLessThanOrEqual(6);
  });
});
