import { pcm16ToBytes } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { type InboundAudio, loadOpusCodec, OPUS_SILENCE } from '@voice-bridge/media-node';
import { beforeAll, expect, it } from 'vitest';
import { ModelOutput } from './model-output.ts';

let codec: Awaited<ReturnType<typeof loadOpusCodec>>;

beforeAll(async () => {
  codec = await loadOpusCodec();
});

const PLACE = { responseId: 'r1', itemId: 'a', contentIndex: 0 };

function start(at = 1_000) {
  const clock = new ManualClock(at);
  const packets: (InboundAudio & { readonly at: number })[] = [];
  const heard: string[] = [];
  let overflows = 0;
  const output = new ModelOutput({
    clock,
    encoder: codec.createEncoder({ sampleRateHz: 24_000 }),
    onAudio: (packet) => packets.push({ ...packet, at: clock.now() }),
    onHeard: (change, responseId) => heard.push(`${change} ${responseId}`),
    onOverflow: () => overflows++,
  });
  return { clock, packets, heard, output, overflows: () => overflows };
}

function tone(ms: number, hz = 440): Int16Array {
  return Int16Array.from({ length: ms * 24 }, (_, n) => Math.round(8_000 * Math.sin((2 * Math.PI * hz * n) / 24_000)));
}

function base64(pcm: Int16Array): string {
  return Buffer.from(pcm16ToBytes(pcm)).toString('base64');
}

it('turns a second that came at once into a second of packets, one line of numbers, and silence at its end', () => {
  const { clock, packets, heard, output } = start();
  output.push(PLACE, base64(tone(1_000)));
  output.endResponse('r1');
  clock.advance(1_200);
  expect(packets).toHaveLength(51);
  expect(packets.map(({ at }) => at)).toEqual(Array.from({ length: 51 }, (_, index) => 1_000 + index * 20));
  const [first] = packets;
  if (first === undefined) throw new Error('No packet');
  expect(packets.map(({ marker }) => marker).indexOf(true, 1)).toBe(-1);
  expect(first.marker).toBe(true);
  packets.forEach((packet, index) => {
    expect((packet.sequenceNumber - first.sequenceNumber) & 0xffff).toBe(index);
    expect((packet.timestamp - first.timestamp) >>> 0).toBe(index * 960);
  });
  expect(packets.at(-1)?.payload).toEqual(OPUS_SILENCE);
  expect(heard).toEqual(['started r1', 'stopped r1']);
  expect(clock.pending).toBe(0);
});

it('is the sound that was sent: it correlates with it after a decoder', () => {
  const { clock, packets, output } = start();
  const pcm = tone(400);
  output.push(PLACE, base64(pcm));
  clock.advance(600);
  const decoder = codec.createDecoder(24_000);
  const heard = packets.slice(0, 20).flatMap(({ payload }) => [...decoder.decode(payload)]);
  decoder.close();
  const best = Math.max(...Array.from({ length: 400 }, (_, lag) => correlation(pcm, heard, lag)));
  expect(best).toBeGreaterThan(0.95);
});

it('reads samples that are cut in the middle', () => {
  const { clock, packets, output } = start();
  const bytes = pcm16ToBytes(tone(40));
  for (const part of [bytes.subarray(0, 7), bytes.subarray(7, 960), bytes.subarray(960)]) {
    output.push(PLACE, Buffer.from(part).toString('base64'));
  }
  output.endResponse('r1');
  clock.advance(100);
  expect(packets).toHaveLength(3);
});

it('marks the first packet after a pause, at its place in time', () => {
  const { clock, packets, output } = start();
  output.push(PLACE, base64(tone(20)));
  output.endResponse('r1');
  clock.advance(1_000);
  output.push({ ...PLACE, responseId: 'r2', itemId: 'b' }, base64(tone(20)));
  expect(packets.map(({ marker }) => marker)).toEqual([true, false, true]);
  expect(((packets[2]?.timestamp ?? 0) - (packets[0]?.timestamp ?? 0)) >>> 0).toBe(48_000);
});

it('says nothing more once it was cut, and tells what was heard', () => {
  const { clock, packets, output } = start();
  output.push(PLACE, base64(tone(1_000)));
  clock.advance(90);
  expect(output.cut()).toEqual({ responseId: 'r1', items: [{ ...PLACE, heardMs: 100 }] });
  clock.advance(1_000);
  expect(packets).toHaveLength(5);
  expect(clock.pending).toBe(0);
});

it('says once for each answer that it is too long to be kept', () => {
  const { output, overflows } = start();
  for (let minutes = 0; minutes < 7; minutes++) output.push(PLACE, base64(new Int16Array(60 * 24_000)));
  expect(overflows()).toBe(1);
  output.close();
});

function correlation(sent: Int16Array, heard: readonly number[], lag: number): number {
  let [product, sentEnergy, heardEnergy] = [0, 0, 0];
  for (let n = 0; n + lag < heard.length; n++) {
    const [a, b] = [sent[n] ?? 0, heard[n + lag] ?? 0];
    product += a * b;
    sentEnergy += a * a;
    heardEnergy += b * b;
  }
  return product / Math.sqrt(sentEnergy * heardEnergy);
}
