import { setTimeout as passed } from 'node:timers/promises';
import { seededRandom } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { OPUS_SILENCE } from '../rtp/silence-fill.ts';
import { systemClock } from '../testing/system-clock.ts';
import { startUdpRelay } from '../testing/udp-relay.ts';
import type { MediaConnection } from './media-connection.ts';
import { createMediaConnection } from './werift-connection.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(closing.splice(0).map((one) => one.close())));

/** One end, which hears how often the other one speaks. */
function createEnd(dialCandidates: boolean) {
  let heard = 0;
  const connection = createMediaConnection({
    clock: systemClock,
    additionalHostAddresses: ['127.0.0.1'],
    dialCandidates,
    onAudio: () => {
      heard++;
    },
  });
  closing.push(connection);
  return { connection, heard: () => heard };
}

function talk(connection: MediaConnection): void {
  let sequenceNumber = 0;
  const talking = setInterval(() => {
    const timestamp = sequenceNumber * 960;
    connection.sendAudio({ sequenceNumber: sequenceNumber++, timestamp, marker: false, payload: OPUS_SILENCE });
  }, 20);
  closing.push({ close: async () => clearInterval(talking) });
}

describe('a client whose NAT gives it another port in the middle of a call', () => {
  it.each([
    ['both speak', true],
    ['only the bridge speaks', false],
  ])(
    'hears and is heard again within 5 s, on the same connection: %s',
    async (_, clientSpeaks) => {
      const [client, bridge] = [createEnd(true), createEnd(false)];
      const answer = await bridge.connection.answerOffer(await client.connection.createOffer());
      const nat = await startUdpRelay({ sdp: answer, clock: systemClock, random: seededRandom(9) });
      closing.push(nat);
      await client.connection.acceptAnswer(nat.sdp);
      await Promise.all([client.connection.whenConnected(), bridge.connection.whenConnected()]);
      talk(bridge.connection);
      if (clientSpeaks) talk(client.connection);
      await passed(300);
      nat.rebind();
      const before = { client: client.heard(), bridge: bridge.heard() };
      await expect.poll(() => client.heard() > before.client + 20, { timeout: 5_000 }).toBe(true);
      if (clientSpeaks) await expect.poll(() => bridge.heard() > before.bridge + 20, { timeout: 5_000 }).toBe(true);
      expect([client.connection.state.name, bridge.connection.state.name]).toEqual(['connected', 'connected']);
    },
    15_000,
  );
});
