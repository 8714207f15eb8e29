import { setTimeout as passed } from 'node:timers/promises';
import { seededRandom } from '@voice-bridge/core/testing';
import { describe, expect, it, type TestContext } from 'vitest';
import { systemClock } from '../testing/system-clock.ts';
import { startUdpRelay } from '../testing/udp-relay.ts';
import type { MediaChannel, MediaConnection } from './media-connection.ts';
import { createMediaConnection } from './werift-connection.ts';

const NOTHING_ARRIVES = { lossRate: 1 };

/** Two connections that send nothing of themselves, over a network that can be cut. */
async function quietPair({ onTestFinished }: TestContext) {
  const options = { clock: systemClock, additionalHostAddresses: ['127.0.0.1'] };
  const offerer = createMediaConnection({ ...options, dialCandidates: true, channels: ['control'] });
  const answerer = createMediaConnection(options);
  const channel = new Promise<MediaChannel>((resolve) => offerer.on('channel', resolve));
  const answer = await answerer.answerOffer(await offerer.createOffer());
  const relay = await startUdpRelay({ sdp: answer, clock: systemClock, random: seededRandom(7) });
  onTestFinished(async () => {
    await Promise.all([offerer, answerer, relay].map((one) => one.close()));
  });
  await offerer.acceptAnswer(relay.sdp);
  await Promise.all([offerer.whenConnected(), answerer.whenConnected()]);
  return { offerer, answerer, channel: await channel, relay };
}

/** How long until the connection is closed, in ms, and why. */
function closed(connection: MediaConnection) {
  const since = performance.now();
  return new Promise<{ readonly ms: number; readonly code: string | undefined }>((resolve) => {
    connection.on('stateChanged', (state) => {
      if (state.name === 'closed') resolve({ ms: performance.now() - since, code: state.error?.code });
    });
  });
}

describe.concurrent('a connection whose other side vanishes', () => {
  it('[W13] [X5] is closed as connection_lost within 6 s, though its data channel still says open', async (test) => {
    const { offerer, answerer, channel, relay } = await quietPair(test);
    await expect.poll(() => channel.open).toBe(true);
    const ends = Promise.all([closed(offerer), closed(answerer)]);
    relay.impair({ up: NOTHING_ARRIVES, down: NOTHING_ARRIVES });
    await passed(4_000);
    expect([offerer.state.name, channel.open]).toEqual(['connected', true]);
    for (const { ms, code } of await ends) {
      expect(code).toBe('connection_lost');
      expect(ms).toBeLessThan(6_000);
    }
  });

  it('stays when the other side is only quiet, and the network bad or away for 2.5 s', async (test) => {
    const { offerer, answerer, relay } = await quietPair(test);
    await passed(1_000);
    relay.impair({ up: NOTHING_ARRIVES, down: NOTHING_ARRIVES });
    await passed(2_500);
    relay.impair({ up: { lossRate: 0.3 }, down: { lossRate: 0.3 } });
    await passed(3_000);
    expect([offerer.state.name, answerer.state.name]).toEqual(['connected', 'connected']);
  });
});
