import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
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

  it('forges datagrams that come from the right address', async () => {
    const author = createSocket('udp4');
    const peer = createSocket('udp4');
    for (const socket of [author, peer]) {
      closing.push({ close: async () => void socket.close() });
      await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    }
    const sdp = fakeSdp('user', 'active', [{ kind: 'audio', mid: '0' }]).replaceAll(
      / 9 typ host/g,
      ` ${author.address().port} typ host`,
    );
    const relay = await startUdpRelay({ sdp, clock: systemClock, random: seededRandom(1) });
    closing.push(relay);
    const relayPort = Number(/127\.0\.0\.1 (\d+) typ host/.exec(relay.sdp)?.[1]);
    const next = async (socket: Socket) => {
      const { datagram, from } = await new Promise<{ datagram: Buffer; from: RemoteInfo }>((resolve) => {
        socket.once('message', (datagram, from) => resolve({ datagram, from }));
      });
      return { text: String(datagram), port: from.port };
    };
    relay.forge('up', Buffer.from('nobody is there yet'));
    peer.send('real', relayPort, '127.0.0.1');
    const real = await next(author);
    expect(real.text).toBe('real');
    relay.forge('up', Buffer.from('forged'));
    expect(await next(author)).toEqual({ text: 'forged', port: real.port });
    relay.forge('down', Buffer.from('forged too'));
    expect(await next(peer)).toEqual({ text: 'forged too', port: relayPort });
  });

  it('needs somebody to relay to', async () => {
    const sdp = fakeSdp('user', 'active', [{ kind: 'audio', mid: '0' }]).replaceAll(/a=candidate.*\r\n/g, '');
    await expect(startUdpRelay({ sdp, clock: systemClock, random: () => 0 })).rejects.toThrow(TypeError);
  });
});
