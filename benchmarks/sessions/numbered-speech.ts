import { loadOpusCodec } from '@voice-bridge/media-node';

/** Who of a session's two people. */
export type Person = 'ada' | 'bob';

/** Both speak in the last third of a round; before, Ada and then Bob alone. */
const SPEAKING: Readonly<Record<Person, readonly (0 | 1 | 2)[]>> = { ada: [0, 2], bob: [1, 2] };
/** Tones of either, far apart from the other's, as both may speak at once. In Hz. */
const LOWEST_HZ: Readonly<Record<Person, number>> = { ada: 450, bob: 2_100 };
const TONES = 5;
const SPACING_HZ = 300;
const AMPLITUDE = 6_000;
const RAMP_SAMPLES = 24;

/** One packet holds so much, in ms. */
export const PACKET_MS = 20;
/** Packets of a third of a round: 2 s. */
const THIRD = 100;
/** Packets after which everything is said again. */
export const ROUND = 3 * THIRD;
const ENCODED_AT_HZ = 48_000;

/** The frequency of every tone of a person, in Hz. */
export function tonesOf(person: Person): readonly number[] {
  return Array.from({ length: TONES }, (_, tone) => LOWEST_HZ[person] + tone * SPACING_HZ);
}

/** Which tone packet `number` of a person holds; undefined while it says nothing. */
export function toneOf(person: Person, number: number): number | undefined {
  const place = number % ROUND;
  const third = Math.floor(place / THIRD);
  if (!SPEAKING[person].some((each) => each === third)) return undefined;
  return SEQUENCE[person][place];
}

/** What a person says in a round, a packet every 20 ms: each with the tone that is its number's, encoded as one stream that goes on for ever. */
export async function encodeRound(person: Person): Promise<readonly Uint8Array[]> {
  // The second time, the encoder comes out of the same past as in every later round.
  const packets = await encode(2 * ROUND, (number) => {
    const tone = toneOf(person, number);
    return tone === undefined ? undefined : tonesOf(person)[tone];
  });
  return packets.slice(ROUND);
}

/** What the model says: four seconds of tones, no packet like another. */
export async function encodeAnswer(): Promise<readonly Uint8Array[]> {
  return encode(2 * THIRD, (number) => tonesOf('ada')[ANSWER_SEQUENCE[number] ?? 0]);
}

async function encode(count: number, frequencyOf: (number: number) => number | undefined) {
  const codec = await loadOpusCodec();
  const encoder = codec.createEncoder({ sampleRateHz: ENCODED_AT_HZ });
  const packets = Array.from({ length: count }, (_, number) =>
    Uint8Array.from(encoder.encode(frame(frequencyOf(number)))),
  );
  encoder.close();
  return packets;
}

function frame(frequency: number | undefined): Int16Array {
  const length = (ENCODED_AT_HZ * PACKET_MS) / 1_000;
  if (frequency === undefined) return new Int16Array(length);
  const step = (2 * Math.PI * frequency) / ENCODED_AT_HZ;
  return Int16Array.from({ length }, (_, n) => {
    const edge = Math.min(1, (n + 1) / RAMP_SAMPLES, (length - n) / RAMP_SAMPLES);
    return Math.round(AMPLITUDE * edge * Math.sin(step * n));
  });
}

/** Tones that look random, none like one of the two before it: a packet that is said twice or left out shows, also where an encoder blurred it. */
function sequenceOf(seed: number): readonly number[] {
  let state = seed;
  let before: readonly number[] = [];
  return Array.from({ length: ROUND }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const others = Array.from({ length: TONES }, (_, tone) => tone).filter((tone) => !before.includes(tone));
    const drawn = others[(state >>> 16) % others.length] ?? 0;
    before = [...before.slice(-1), drawn];
    return drawn;
  });
}

const ANSWER_SEQUENCE = sequenceOf(3);
/** Drawn so that an encoder for speech leaves as good as every tone readable, at any offset of the two. */
const SEQUENCE: Readonly<Record<Person, readonly number[]>> = { ada: sequenceOf(23), bob: sequenceOf(24) };
