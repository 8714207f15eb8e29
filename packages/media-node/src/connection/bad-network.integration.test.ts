import { seededRandom } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { Impairment } from '../testing/lossy-link.ts';
import { systemClock } from '../testing/system-clock.ts';
import { startUdpRelay } from '../testing/udp-relay.ts';
import { createMediaConnection } from './werift-connection.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(closing.splice(0).map((one) => one.close())));

/** Connects over a network that is bad from the first datagram on. */
async function connectOver(impairment: Impairment): Promise<void> {
  const additionalHostAddresses = ['127.0.0.1'];
  const offerer = createMediaConnection({ clock: systemClock, additionalHostAddresses, dialCandidates: true });
  const answerer = createMediaConnection({ clock: systemClock, additionalHostAddresses });
  closing.push(offerer, answerer);
  const answer = await answerer.answerOffer(await offerer.createOffer());
  const random = seededRandom(5);
  const relay = await startUdpRelay({ sdp: answer, clock: systemClock, random, up: impairment, down: impairment });
  closing.push(relay);
  await offerer.acceptAnswer(relay.sdp);
  await Promise.all([offerer.whenConnected(), answerer.whenConnected()]);
}

describe('createMediaConnection over a bad network', () => {
  it('connects when every datagram arrives twice', async () => {
    await expect(connectOver({ duplicateRate: 1 })).resolves.toBeUndefined();
  });

  it('connects when every datagram takes so long that the hello is repeated', async () => {
    await expect(connectOver({ delayMs: 400 })).resolves.toBeUndefined();
  });
});
