import { seededRandom } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { MediaConnection } from '../connection/media-connection.ts';
import { createMediaConnection } from '../connection/werift-connection.ts';
import { fakeSdp } from './fake-sdp.ts';
import { systemClock } from './system-clock.ts';
import { startUdpRelay } from './udp-relay.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(closing.splice(0).map((one) => one.close())));

function create(onAudio?: () => void): MediaConnection {
  const options = { clock: systemClock, additionalHostAddresses: ['127.0.0.1'], dialCandidates: onAudio === undefined };
  const connection = createMediaConnection(onAudio === undefined ? options : { ...options, onAudio });
  closing.push(connection);
  return connection;
}

describe('startUdpRelay', () => {
  it('carries a real connection, and loses audio when told to', async () => {
    let arrived = 0;
    let onArrival: () => void = () => {};
    const offerer = create();
    const answerer = create(() => {
      arrived++;
      onArrival();
    });
    const answer = await answerer.answerOffer(await offerer.createOffer());
    const relay = await startUdpRelay({ sdp: answer, clock: systemClock, random: seededRandom(3) });
    closing.push(relay);
    expect(relay.sdp.match(/a=candidate/g)).toHaveLength(1);
    await offerer.acceptAnswer(relay.sdp);
    await Promise.all([offerer.whenConnected(), answerer.whenConnected()]);
    const reached = (count: number) =>
      new Promise<void>((resolve) => {
        onArrival = () => arrived >= count && resolve();
        onArrival();
      });
    let sequenceNumber = 0;
    const send = (count: number) => {
      for (let n = 0; n < count; n++, sequenceNumber++) {
        const timestamp = sequenceNumber * 960;
        offerer.sendAudio({ sequenceNumber, timestamp, marker: false, payload: Uint8Array.of(0xf8, 0xff, 0xfe) });
      }
    };
    send(50);
    await reached(50);
    expect(answerer.stats().packetsLost).toBe(0);
    relay.impair({ up: { lossRate: 0.5 } });
    send(200);
    await reached(110);
    expect(answerer.stats().packetsLost).toBeGreaterThan(20);
  });

  it('needs somebody to relay to', async () => {
    const sdp = fakeSdp('user', 'active', [{ kind: 'audio', mid: '0' }]).replaceAll(/a=candidate.*\r\n/g, '');
    await expect(startUdpRelay({ sdp, clock: systemClock, random: () => 0 })).rejects.toThrow(TypeError);
  });
});
