import { loadOpusCodec } from '@voice-bridge/media-node';
import { expect, it } from 'vitest';
import { decodeCall } from './kept-packets.ts';
import { encodeRound, PACKET_MS, type Person, ROUND, toneOf } from './numbered-speech.ts';
import { readNumbers } from './read-numbers.ts';

const PEOPLE: readonly Person[] = ['ada', 'bob'];
const RATE_HZ = 24_000;
const ROUNDS = 4;
const PACKETS = ROUNDS * ROUND;
/** Numbers that are looked at: the ends are still under way. */
const [FROM, TO] = [50, PACKETS - 50];

it('finds every packet of two people in a mix that lost none, and how late it is', async () => {
  for (const { lost, blurred, delaysMs } of await read(() => 'played')) {
    expect(lost).toBe(0);
    expect(blurred).toBeLessThanOrEqual(1);
    // Its own length, and what Opus looks ahead, twice.
    expect(Math.min(...delaysMs)).toBeGreaterThan(PACKET_MS + 10);
    expect(Math.max(...delaysMs)).toBeLessThan(PACKET_MS + 16);
  }
});

it.each(['concealed', 'left out'] as const)(
  'misses packets that were %s, as good as every one, and few others',
  async (fate) => {
    const isGone = (number: number) => number % 23 === 7;
    const readings = await read((number) => (isGone(number) ? fate : 'played'));
    for (const [who, { lost, blurred }] of readings.entries()) {
      const gone = Array.from({ length: TO }, (_, number) => number).filter((number) => {
        return number >= FROM && isGone(number) && toneOf(PEOPLE[who] ?? 'ada', number) !== undefined;
      });
      // Here and there the tone behind a gap suffers, too, or what stands in for a packet sounds like it.
      expect(lost + blurred).toBeGreaterThan(0.9 * gone.length);
      expect(lost + blurred).toBeLessThan(1.3 * gone.length);
      // What is concealed has sound at its place.
      if (fate === 'left out') expect(lost).toBeGreaterThan(0.5 * gone.length);
    }
  },
);

/** Mixes and encodes what both say as a bridge does, and reads it. */
async function read(fateOf: (number: number) => 'played' | 'concealed' | 'left out') {
  const codec = await loadOpusCodec();
  const voices = await Promise.all(
    PEOPLE.map(async (person) => {
      const round = await encodeRound(person);
      const decoder = codec.createDecoder(RATE_HZ);
      const frames = Array.from({ length: PACKETS }, (_, number) => {
        const fate = fateOf(number);
        if (fate === 'concealed') return decoder.conceal(PACKET_MS);
        const frame = decoder.decode(round[number % ROUND] ?? new Uint8Array());
        return fate === 'left out' ? undefined : frame;
      });
      decoder.close();
      return frames.filter((frame) => frame !== undefined);
    }),
  );
  const encoder = codec.createEncoder({ sampleRateHz: RATE_HZ });
  const [ada = [], bob = []] = voices;
  const packets = ada.map((frame, n) => ({
    at: n * PACKET_MS,
    payload: encoder.encode(frame.map((sample, i) => sample + (bob[n]?.[i] ?? 0))),
  }));
  encoder.close();
  const decoder = codec.createDecoder(16_000);
  const call = decodeCall(packets, decoder);
  decoder.close();
  const sentAt = Array.from(
    { length: PACKETS },
    (_, number) => number * PACKET_MS - (fateOf(7) === 'left out' ? 2_000 : 0),
  );
  return PEOPLE.map((person) => readNumbers(call, person, sentAt, FROM, TO));
}
