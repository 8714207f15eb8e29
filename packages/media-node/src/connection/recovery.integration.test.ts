import { setTimeout as passed } from 'node:timers/promises';
import { seededRandom } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { RtpForwarder } from '../rtp/rtp-forwarder.ts';
import { OPUS_SILENCE } from '../rtp/silence-fill.ts';
import { systemClock } from '../testing/system-clock.ts';
import { startUdpRelay } from '../testing/udp-relay.ts';
import type { MediaConnection, MediaConnectionOptions } from './media-connection.ts';
import { createMediaConnection } from './werift-connection.ts';

const FRAME_MS = 20;
const closing: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(closing.splice(0).map((one) => one.close())));

function create(extra: Partial<MediaConnectionOptions>): MediaConnection {
  const options = { clock: systemClock, additionalHostAddresses: ['127.0.0.1'] };
  const connection = createMediaConnection({ ...options, ...extra });
  closing.push(connection);
  return connection;
}

/** A speaker's path to the bridge, over a network of its own; it speaks from the moment it is connected. */
async function speakOver(onAudio: NonNullable<MediaConnectionOptions['onAudio']>) {
  const speaker = create({ dialCandidates: true });
  const bridge = create({ onAudio });
  const answer = await bridge.answerOffer(await speaker.createOffer());
  const relay = await startUdpRelay({ sdp: answer, clock: systemClock, random: seededRandom(3) });
  closing.push(relay);
  await speaker.acceptAnswer(relay.sdp);
  await Promise.all([speaker.whenConnected(), bridge.whenConnected()]);
  let sequenceNumber = 0;
  const talking = setInterval(() => {
    const timestamp = sequenceNumber * FRAME_MS * 48;
    speaker.sendAudio({ sequenceNumber: sequenceNumber++, timestamp, marker: false, payload: OPUS_SILENCE });
  }, FRAME_MS);
  closing.push({ close: async () => clearInterval(talking) });
  return { bridge, relay };
}

describe('recovery', () => {
  it('[W12] is a new connection beside the old one: the line goes on as soon as the new one is up', async () => {
    const line: number[] = [];
    const forwarder = new RtpForwarder({ sequenceNumber: 1_000, timestamp: 0 });
    const takeFrom = (source: string) => (packet: Parameters<RtpForwarder['push']>[0]) => {
      const out = forwarder.push(packet, source, performance.now());
      if (out !== undefined) line.push(out.sequenceNumber);
    };
    const old = await speakOver(takeFrom('old'));
    await expect.poll(() => line.length).toBeGreaterThan(10);
    old.relay.impair({ up: { lossRate: 1 }, down: { lossRate: 1 } });
    await passed(300);
    expect(old.bridge.state.name).toBe('connected');
    const lost = line.length;
    await speakOver(takeFrom('new'));
    await expect.poll(() => line.length).toBeGreaterThan(lost + 10);
    // It did not wait for the end of the old one, which nobody has noticed yet.
    expect(old.bridge.state.name).toBe('connected');
    await old.bridge.close();
    const before = line.length;
    await expect.poll(() => line.length).toBeGreaterThan(before + 10);
    expect(line).toEqual(line.map((_, n) => 1_000 + n));
  });
});
