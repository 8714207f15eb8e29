import { seededRandom } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { InboundAudio, MediaConnection, MediaConnectionOptions } from '../connection/media-connection.ts';
import { createMediaConnection } from '../connection/werift-connection.ts';
import { loadOpusCodec } from '../opus/evan-opus-wasm.ts';
import { systemClock } from '../testing/system-clock.ts';
import { startUdpRelay } from '../testing/udp-relay.ts';
import { RtpForwarder } from './rtp-forwarder.ts';
import { extendSequence, timestampDistance } from './sequence.ts';
import { OPUS_SILENCE, SilenceFill } from './silence-fill.ts';

const FRAME_MS = 20;
const closing: { close(): Promise<void> }[] = [];
afterEach(() => Promise.all(closing.splice(0).map((one) => one.close())));

function create(extra: Partial<MediaConnectionOptions>): MediaConnection {
  const connection = createMediaConnection({
    clock: systemClock,
    additionalHostAddresses: ['127.0.0.1'],
    ...extra,
  });
  closing.push(connection);
  return connection;
}

interface Heard extends InboundAudio {
  readonly at: number;
}

/** speaker → bad network → bridge (forwarder with silence fill) → listener, all real. */
async function forwardPath() {
  const heard: Heard[] = [];
  const forwarder = new SilenceFill(new RtpForwarder({ sequenceNumber: 65_500, timestamp: 0 }), systemClock.now());
  const speaker = create({ dialCandidates: true });
  const downstream = create({ dialCandidates: true });
  const upstream = create({
    onAudio: (packet) => {
      const outbound = forwarder.push(packet, 'speaker', systemClock.now());
      if (outbound !== undefined) downstream.sendAudio(outbound);
    },
  });
  const listener = create({
    onAudio: (packet) => {
      heard.push({ ...packet, payload: Uint8Array.from(packet.payload), at: systemClock.now() });
    },
  });
  await downstream.acceptAnswer(await listener.answerOffer(await downstream.createOffer()));
  const answer = await upstream.answerOffer(await speaker.createOffer());
  const relay = await startUdpRelay({ sdp: answer, clock: systemClock, random: seededRandom(11) });
  closing.push(relay);
  await speaker.acceptAnswer(relay.sdp);
  await Promise.all([speaker, upstream, downstream, listener].map((connection) => connection.whenConnected()));
  const filling = setInterval(() => {
    for (const silence of forwarder.pull(systemClock.now())) downstream.sendAudio(silence);
  }, FRAME_MS);
  closing.push({ close: async () => clearInterval(filling) });
  return { speaker, upstream, relay, heard };
}

/** Calls `step` for every frame of 20 ms that is due, until `frames` were. */
function everyFrame(frames: number, step: (frame: number) => void): Promise<void> {
  const startedAt = systemClock.now();
  let next = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(frames, Math.floor((systemClock.now() - startedAt) / FRAME_MS) + 1);
      while (next < due) step(next++);
      if (next < frames) return;
      clearInterval(timer);
      resolve();
    }, 5);
  });
}

describe('the forward path over a bad network', () => {
  it('[S-3.17] keeps one line of numbers and time through loss, reordering, a pause and speech again', async () => {
    const { speaker, upstream, relay, heard } = await forwardPath();
    const codec = await loadOpusCodec();
    const encoder = codec.createEncoder({ sampleRateHz: 24_000 });
    const tone = (frame: number) =>
      Int16Array.from({ length: 480 }, (_, i) => 9_000 * Math.sin((2 * Math.PI * 440 * (frame * 480 + i)) / 24_000));
    relay.impair({ up: { lossRate: 0.1, duplicateRate: 0.05, reorderRate: 0.05, delayMs: 20, jitterMs: 15 } });
    await everyFrame(250, (frame) => {
      if (frame >= 100 && frame < 150) return;
      const sequenceNumber = (65_400 + frame) % 65_536;
      speaker.sendAudio({
        sequenceNumber,
        timestamp: frame * 960,
        marker: false,
        payload: encoder.encode(tone(frame)),
      });
    });
    await everyFrame(10, () => {});

    let newest = heard[0];
    if (newest === undefined) throw new Error('Nothing was heard');
    const places = new Map<number, Heard>();
    for (const packet of heard) {
      const place = extendSequence(packet.sequenceNumber, newest.sequenceNumber);
      expect(places.has(place), 'a number that came twice').toBe(false);
      places.set(place, packet);
      if (place > newest.sequenceNumber) {
        expect(timestampDistance(newest.timestamp, packet.timestamp)).toBeGreaterThan(0);
        newest = { ...packet, sequenceNumber: place };
      }
    }
    const silent = heard.filter(({ payload }) => Buffer.from(payload).equals(OPUS_SILENCE));
    const spoken = heard.length - silent.length;
    const { packetsLost } = upstream.stats();
    expect(spoken).toBeLessThan(200);
    expect(spoken).toBeGreaterThan(200 - 45);
    expect(packetsLost).toBeGreaterThan(0);
    expect(silent.length).toBeGreaterThan(40);
    // Time on the line is wall-clock time, and more only by silence that stood in for packets which came after all.
    const spanMs = timestampDistance(heard[0]?.timestamp ?? 0, newest.timestamp) / 48;
    const leadMs = spanMs - (newest.at - (heard[0]?.at ?? 0));
    expect(leadMs).toBeGreaterThan(-150);
    const begins = silent.filter(({ marker }) => marker).length;
    expect(leadMs).toBeLessThan((silent.length - 50) * FRAME_MS + begins * 40 + 150);

    const decoder = codec.createDecoder(24_000);
    const inOrder = [...places].sort(([a], [b]) => a - b);
    let [loud, frames] = [0, 0];
    for (const [index, [place, packet]] of inOrder.entries()) {
      const missing = place - (inOrder[index - 1]?.[0] ?? place) - 1;
      const isSpeech = packet.payload.length > OPUS_SILENCE.length;
      const pieces = missing > 0 && isSpeech ? [decoder.decodeLost(packet.payload, FRAME_MS)] : [];
      pieces.push(decoder.decode(packet.payload));
      if (!isSpeech) continue;
      frames += pieces.length;
      loud += pieces.filter((pcm) => pcm.reduce((peak, sample) => Math.max(peak, sample), 0) > 4_000).length;
    }
    expect(loud / frames).toBeGreaterThan(0.8);
  });
});
