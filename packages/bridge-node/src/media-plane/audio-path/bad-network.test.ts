import { expect, it } from 'vitest';
import { talkOverBadNetwork } from '../testing/bad-network.ts';
import { FakeOpusCodec, fakeOpusPacket } from '../testing/fake-opus-codec.ts';

const packetOf = (speaker: number, index: number) =>
  fakeOpusPacket(new Int16Array(480).fill(speaker * 4_000 + (index % 4_000)));

it('six people over bad lines for a minute: no more is made up than was lost and 1 %, and the delay stays bounded', () => {
  const { sent, lost, mixed, madeUp, longestDelays } = talkOverBadNetwork({
    minutes: 1,
    codec: new FakeOpusCodec(),
    packetOf,
  });
  expect(lost / sent).toBeGreaterThan(0.045);
  expect(madeUp).toBeLessThanOrEqual(lost + sent / 100);
  expect(Math.max(...longestDelays)).toBeLessThanOrEqual(200);
  // A frame every 20 ms, whatever is lost.
  expect(mixed).toBeGreaterThanOrEqual(3_000);
});

it('[X6] six people whose packets come up to 100 ms late and overtake one another: nearly all are decoded, all of those in order', () => {
  const { sent, lost, overtaken, decoded, outOfOrder, madeUp, longestDelays } = talkOverBadNetwork({
    minutes: 1,
    codec: new FakeOpusCodec(),
    packetOf,
    line: { delayMs: 20, jitterMs: 40, reorderRate: 0.2, reorderMs: 60 },
  });
  expect(lost).toBe(0);
  expect(overtaken).toBeGreaterThan(0.1 * sent);
  expect(outOfOrder).toBe(0);
  expect(decoded).toBeGreaterThan(0.97 * sent);
  expect(madeUp).toBeLessThan(0.03 * sent);
  expect(Math.max(...longestDelays)).toBeLessThanOrEqual(200);
});
