import { type InboundAudio, loadOpusCodec } from '@voice-bridge/media-node';
import { describe, expect, it } from 'vitest';
import { FakeOpusCodec, fakeOpusPacket, fakeOpusSound } from '../testing/fake-opus-codec.ts';
import { amplitudeOf, joinSound, toneFrame } from '../testing/tones.ts';
import { OpusSource } from './opus-source.ts';

describe('a sequence of packets', () => {
  it('becomes frames in order, begins within 20 ms of its first packet, and pauses when it ends', () => {
    const { source, pull } = fakeSource();
    for (const index of [0, 2, 1]) source.push(numbered(index), 0);
    expect([0, 20, 40, 60].map(pull)).toEqual([undefined, 1, 2, 3]);
    expect([source.isPaused, source.isBetweenPackets]).toEqual([false, true]);
    for (let now = 80; now < 200; now += 20) pull(now);
    expect([pull(200), source.isPaused]).toEqual([undefined, true]);
  });

  it('has what is missing rebuilt from the packet behind, and concealed where there is none', () => {
    const { source, codec, pull } = fakeSource();
    for (const index of [0, 2, 5]) source.push(numbered(index), 0);
    expect([20, 40, 60, 80, 100, 120].map(pull)).toEqual([1, 0, 3, 0, 0, 6]);
    expect([codec.rebuiltMs, codec.concealedMs]).toEqual([40, 20]);
  });

  it('says how far it has been played, and what is left', () => {
    const { source, pull } = fakeSource();
    for (const index of [0, 1, 2]) source.push(numbered(index), 0);
    expect(source.hasPlayedBeyond(7, 65_535)).toBe(false);
    pull(20);
    expect([65_534, 65_535, 0].map((number) => source.hasPlayedBeyond(7, number))).toEqual([true, false, false]);
    pull(40);
    expect([65_535, 0].map((number) => source.hasPlayedBeyond(7, number))).toEqual([true, false]);
    expect(source.hasPlayedBeyond(8, 40_000)).toBe(true);
    expect(source.held().map(({ sequenceNumber }) => sequenceNumber)).toEqual([1]);
  });

  it('shortens its delay where it is quiet, and nowhere else', () => {
    const { source, pull } = fakeSource();
    const [loud, quiet] = [2_000, 10];
    const ahead = 4;
    const values = Array.from({ length: 350 }, (_, index) => (index % 50 < 10 ? quiet : loud));
    const heard: (number | undefined)[] = [];
    for (const [index, value] of values.entries()) {
      const now = Math.max(0, index - ahead) * 20;
      source.push(sounding(index, value), now);
      if (index > ahead) heard.push(pull(now));
    }
    const held = source.held().map(({ payload }) => fakeOpusSound(payload)[0]);
    const count = (of: readonly (number | undefined)[], value: number) => of.filter((each) => each === value).length;
    expect(held.length).toBeLessThan(ahead);
    expect(count([...heard, ...held], loud)).toBe(count(values, loud));
    expect(count([...heard, ...held], quiet)).toBe(count(values, quiet) - (ahead + 1 - held.length));
  });

  it('keeps its packets apart from the buffer they arrived in', () => {
    const { source, pull } = fakeSource();
    const packet = numbered(4);
    source.push(packet, 0);
    packet.payload.fill(0xf8);
    expect(pull(20)).toBe(5);
  });

  it('is not disturbed by bytes that are no Opus, and begins anew with another source', () => {
    const { source, codec, pull } = fakeSource();
    source.push(numbered(0), 0);
    source.push({ ...numbered(1), payload: new Uint8Array(0) }, 0);
    source.push({ ...numbered(1), payload: Uint8Array.of(0xf8, 1) }, 0);
    source.push(numbered(2), 0);
    expect([20, 40, 60].map(pull)).toEqual([1, 0, 3]);
    expect(codec.concealedMs).toBe(20);
    source.push({ ...numbered(9), ssrc: 8, sequenceNumber: 100 }, 60);
    expect([80, 100].map(pull)).toEqual([10, 0]);
  });

  it('may be in stereo: both sides are heard', async () => {
    const codec = await loadOpusCodec();
    const source = new OpusSource(codec.createDecoder(24_000));
    for (const [index, text] of STEREO.entries()) {
      source.push({ ...numbered(index), payload: Buffer.from(text, 'base64') }, 0);
    }
    const frames = STEREO.map((_, index) => source.pull(20 + index * 20)?.slice() ?? new Int16Array(0));
    source.close();
    const sound = joinSound(frames.slice(3));
    expect(amplitudeOf(400, sound)).toBeGreaterThan(1_500);
    expect(amplitudeOf(1_000, sound)).toBeGreaterThan(1_500);
    expect(amplitudeOf(700, sound)).toBeLessThan(500);
  });
});

it('decodes what the real codec encoded, a tone, over a line that loses every tenth packet', async () => {
  const codec = await loadOpusCodec();
  const encoder = codec.createEncoder({ sampleRateHz: 24_000 });
  const source = new OpusSource(codec.createDecoder(24_000));
  const frames: Int16Array[] = [];
  for (let index = 0; index < 200; index++) {
    const payload = encoder.encode(toneFrame(300, index));
    if (index % 10 !== 7) source.push({ ...numbered(index), payload }, index * 20);
    frames.push(source.pull(index * 20)?.slice() ?? new Int16Array(480));
  }
  encoder.close();
  source.close();
  expect(amplitudeOf(300, joinSound(frames.slice(50)))).toBeGreaterThan(3_000);
});

function fakeSource() {
  const codec = new FakeOpusCodec();
  const source = new OpusSource(codec.createDecoder());
  return { codec, source, pull: (now: number) => source.pull(now)?.[240] };
}

/** Packet `index`, 20 ms of samples that are one more; numbers wrap at once. */
function numbered(index: number): InboundAudio {
  const payload = fakeOpusPacket(new Int16Array(480).fill(index + 1));
  const [sequenceNumber, timestamp] = [(65_535 + index) & 0xffff, (4_294_967_000 + index * 960) % 2 ** 32];
  return { ssrc: 7, sequenceNumber, timestamp, marker: false, payload };
}

/** Packet `index`, 20 ms of one value. */
function sounding(index: number, value: number): InboundAudio {
  return { ...numbered(index), payload: fakeOpusPacket(new Int16Array(480).fill(value)) };
}

/** Packets of 20 ms in stereo: 400 Hz on the left, 1 kHz on the right (libopus 1.3, 24 kbit/s). */
const STEREO = [
  'fKR3cLFS6R+0uGZxg/IYDeB8La1ZkrVZOw3fBNcWSPGc4O5oo9DegRB0CHKYgBgh7REOe6kJIFgKVivZ',
  'fKR3qeyxm8c7kucA1h/DDU0tY74Q4McsRazP3TPUJ2D7PiT5pLQ84NV0vcoT+FY/xn0o9ClarmVDmq/p',
  'fKR3WJAPDmxr92RkAXQKHwgoRh0sciGxKo8eUhu9An/tzHuagDzmtlMJnt4qHVTwW5g6eyZhR/35oPLt',
  'fKR3X61+MqtKeHL4a3jgoUXK4tgngmhwcQqpQuZvj1M9lyDRJc5kJKj2eonbnsTU5gTAFte2XNrtGK9J',
  'fKR5GAuC6pyWTe2+TJ5+dteiVgXyr2Tj92dL99vO7bNkXRsWUsYiVDDhJVnUhSt1K+a705cdiEPJL63p',
  'fKR49LwpZrD7VewxBD2uVrqazQhnihHN/N2pprKpWmNN96DjJZLfoL2n+8obzJjGb+5ZbA7v1N5mg8jN',
  'fKR5I1UNIYOYsxN2VRHyTXBAj85mqQUe2KLRuoEREGnK1V1kg8/usLoElWVabL1KQ0N4PVIL6oExH5rp',
  'fKR5DMY3/8DQ0vb2P6xTRNSoP8c1sAFzydOODIJmeNXgAC4qBgNC8gtsVwuWxCxILso7SW4I8Nw8lOvp',
];
