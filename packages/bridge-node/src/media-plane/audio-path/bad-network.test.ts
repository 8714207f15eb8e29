import { expect, it } from 'vitest';
import { talkOverBadNetwork } from '../testing/bad-network.ts';
import { FakeOpusCodec, fakeOpusPacket } from '../testing/fake-opus-codec.ts';

it('six people over bad lines for a minute: no more is made up than was lost and 1 %, and the delay stays bounded', () => {
  const { sent, lost, mixed, madeUp, longestDelays } = talkOverBadNetwork({
    minutes: 1,
    codec: new FakeOpusCodec(),
    packetOf: (speaker, index) => fakeOpusPacket(new Int16Array(480).fill(speaker * 4_000 + (index % 4_000))),
  });
  expect(lost / sent).toBeGreaterThan(0.045);
  expect(madeUp).toBeLessThanOrEqual(lost + sent / 100);
  expect(Math.max(...longestDelays)).toBeLessThanOrEqual(200);
  // A frame every 20 ms, whatever is lost.
  expect(mixed).toBeGreaterThanOrEqual(3_000);
});
