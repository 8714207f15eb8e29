import { type InboundAudio, loadOpusCodec, type OpusCodec } from '@voice-bridge/media-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { createScriptedVad } from '../../engines/vad/scripted-vad.ts';
import { PacketInput } from './packet-input.ts';
import { SpeechInput } from './speech-input.ts';
import type { TurnDetectionEffect } from './step-turn-detection.ts';

const FRAME = 320;
let codec: OpusCodec;
beforeAll(async () => {
  codec = await loadOpusCodec();
});

function create() {
  const effects: TurnDetectionEffect[] = [];
  const input = new SpeechInput({
    vad: createScriptedVad(),
    onTurn: (effect) => effects.push(effect),
  });
  input.listen({
    name: 'detected',
    policy: { threshold: 0.5, prefixPaddingMs: 300, silenceDurationMs: 300 },
    onStart: 'interrupt',
    onStop: 'respond',
    idleTimeoutMs: undefined,
  });
  const packets = new PacketInput({ decoder: codec.createDecoder(16_000), hear: (pcm) => input.hear(pcm) });
  return { input, packets, effects };
}

/** Packets of a tone, 20 ms each. */
function tone(count: number): InboundAudio[] {
  const encoder = codec.createEncoder({ sampleRateHz: 16_000, expectedLossPercent: 20 });
  return Array.from({ length: count }, (_, index) => {
    const pcm = Int16Array.from(
      { length: FRAME },
      (_, n) => 8_000 * Math.sin((2 * Math.PI * 400 * (index * FRAME + n)) / 16_000),
    );
    const payload = encoder.encode(pcm);
    return { ssrc: 1, sequenceNumber: index, timestamp: index * 960, marker: false, payload };
  });
}

const loudness = (pcm: Int16Array) => Math.sqrt(pcm.reduce((sum, sample) => sum + sample * sample, 0) / pcm.length);

describe('speech input', () => {
  it('makes one line of sound as long as the time it took, whatever is lost', () => {
    const { input, packets } = create();
    const lost = new Set([10, 20, 21, 30, 31, 32, 33, 34]);
    let now = 0;
    for (const packet of tone(100)) {
      if (!lost.has(packet.sequenceNumber)) packets.push(packet, now);
      packets.tick(now);
      now += 20;
    }
    expect(input.heardMs).toBe(2_000);
    expect(loudness(input.read(200, 220))).toBeGreaterThan(2_000);
    expect(loudness(input.read(400, 440))).toBeGreaterThan(1_000);
  });

  it('finds the turn, and its end also without packets', () => {
    const { packets, effects } = create();
    let now = 0;
    for (const packet of tone(30)) {
      packets.push(packet, now);
      now += 20;
    }
    for (const end = now + 1_000; now < end; now += 20) packets.tick(now);
    expect(effects.map(({ type }) => type)).toEqual(['started', 'paused', 'stopped']);
  });

  it('finds no turns when they are not its business, and forgets a half-heard one', () => {
    const { input, packets, effects } = create();
    const spoken = tone(60);
    spoken.slice(0, 20).forEach((packet, index) => {
      packets.push(packet, index * 20);
    });
    input.forgetTurn();
    input.listen({ name: 'manual' });
    spoken.slice(20).forEach((packet, index) => {
      packets.push(packet, 400 + index * 20);
    });
    for (let now = 1_200; now < 3_000; now += 20) packets.tick(now);
    expect(effects.map(({ type }) => type)).toEqual(['started']);
  });

  it('survives bytes that are no Opus', () => {
    const { input, packets } = create();
    const [first, ...rest] = tone(4);
    if (first === undefined) throw new Error('No packet');
    packets.push(first, 0);
    const junk = [[], [0xff], [0x03, 0x00], Array<number>(50).fill(0xff), [0x4b, 0x41, 1, 2, 3]];
    junk.forEach((bytes, index) => {
      packets.push({ ...first, sequenceNumber: 1 + index, timestamp: 960, payload: Uint8Array.from(bytes) }, 20);
    });
    rest.forEach((packet, index) => {
      packets.push({ ...packet, sequenceNumber: 6 + index, timestamp: (6 + index) * 960 }, 120 + index * 20);
    });
    for (let now = 160; now < 300; now += 20) packets.tick(now);
    expect(input.heardMs).toBeGreaterThanOrEqual(120);
    expect(input.heardMs).toBeLessThan(500);
  });

  it('drops a flood: no more sound than time and two seconds', () => {
    const { input, packets } = create();
    for (const packet of tone(500)) packets.push(packet, 1_000);
    expect(input.heardMs).toBeLessThanOrEqual(2_040);
  });
});
