import { HEARD_RATE_HZ, type HeardCall } from './heard-call.ts';
import { PACKET_MS, type Person, ROUND, toneOf, tonesOf } from './numbered-speech.ts';

/** What became of one person's numbered packets. */
export interface Reading {
  /** Packets with a tone that were sent within the stretch that is looked at. */
  readonly sent: number;
  /** How many of them have no place in what was heard, or are not heard together with those around. */
  readonly lost: number;
  /** How many cannot be read at their place, though those around are at theirs: codecs for speech do that to tones now and then, and always to one that was concealed. */
  readonly blurred: number;
  /** The numbers that were lost. */
  readonly lostNumbers: readonly number[];
  /** By how many packets the delay grew, one made up at a time, and shrank. */
  readonly madeUp: number;
  readonly leftOut: number;
  /** From handing a packet to the kernel until the model heard the end of its sound, in ms. */
  readonly delaysMs: readonly number[];
}

const SLOT = (HEARD_RATE_HZ * PACKET_MS) / 1_000;
/** Looked at in the middle of a slot, where neighbours do not reach, in samples. */
const WINDOW = 192;
/** Below this share of its loudest tones, a slot holds none: an encoder for speech makes some tones weak where two sound at once. */
const AUDIBLE = 0.03;
/** A tone is there when it has this share of the loudest of its person's. One that was concealed is not: the one before goes on. */
const THERE = 0.4;
/** So many packets before and behind are those around: a decoder fades out and in where a frame was made up. */
const AROUND = 2;
/** A change of the delay must explain more slots than this. */
const CHANGE = 3;
/** The longest way from a person to the model, in slots. */
const LONGEST = 100;
/** Where a sound may begin within a slot, in samples. */
const STEP = 16;
const LOOKED_AT_SECONDS = 10;
/** Of frames that come when they are full, timed are sounds that end so shortly before the frame does, in samples: the others wait for it to fill, which is the reader's delay. */
const NEAR = 64;

/** Finds a person's numbered packets in what was heard. `sentAt`: when each was sent, from number 0, in ms. Numbers before `from` and from `to` on are left out. */
export function readNumbers(
  heard: HeardCall,
  person: Person,
  sentAt: readonly number[],
  from: number,
  to: number,
): Reading {
  const start = bestStart(heard, person);
  const slots = slotsOf(heard.pcm, person, start);
  const newest = slots.map((_, slot) => newestAt(heard, start, slot, sentAt));
  const placeOf = new Map<number, number>();
  for (const [slot, number] of followed(slots, newest, person).entries()) {
    const before = placeOf.get(number);
    if (before === undefined || !holds(slots[before], toneOf(person, number))) placeOf.set(number, slot);
  }
  const slotOf = (number: number) => slots[placeOf.get(number) ?? -1];
  const isHeard = (number: number) => placeOf.has(number) && holds(slotOf(number), toneOf(person, number));
  const isBlurred = (number: number) => {
    const sides = [range(number - AROUND, number), range(number + 1, number + 1 + AROUND)];
    return placeOf.has(number) && sides.every((side) => side.some(isHeard));
  };
  const wanted = range(from, to).filter((number) => toneOf(person, number) !== undefined);
  const missing = wanted.filter((number) => !isHeard(number));
  const lostNumbers = missing.filter((number) => !isBlurred(number));
  const heardNumbers = wanted.filter(isHeard);
  const delays = heardNumbers.map((number) => (placeOf.get(number) ?? 0) - number);
  const changes = delays.map((delay, n) => delay - (delays[n - 1] ?? delay));
  return {
    sent: wanted.length,
    lost: lostNumbers.length,
    blurred: missing.length - lostNumbers.length,
    lostNumbers,
    madeUp: changes.reduce((sum, change) => sum + Math.max(0, change), 0),
    leftOut: changes.reduce((sum, change) => sum + Math.max(0, -change), 0),
    delaysMs: heardNumbers.flatMap((number) => delayOf(heard, start, placeOf.get(number), sentAt[number])),
  };
}

/** How much of each tone of a person is in a slot; undefined when there is none at all. */
type Slot = readonly number[] | undefined;

/** Where slots begin: where tones are purest. */
function bestStart({ pcm }: HeardCall, person: Person): number {
  const length = Math.min(pcm.length, LOOKED_AT_SECONDS * HEARD_RATE_HZ);
  let best = { start: 0, energy: -1 };
  for (let start = 0; start < SLOT; start += STEP) {
    let energy = 0;
    for (let at = start; at + SLOT <= length; at += SLOT) energy += Math.max(...energies(pcm, at, person));
    if (energy > best.energy) best = { start, energy };
  }
  return best.start;
}

function slotsOf(pcm: Int16Array, person: Person, start: number): readonly Slot[] {
  const count = Math.floor((pcm.length - start) / SLOT);
  const all = Array.from({ length: count }, (_, slot) => energies(pcm, start + slot * SLOT, person));
  const most = loudest(all);
  return all.map((each) => (Math.max(...each) > AUDIBLE * most ? each : undefined));
}

function loudest(slots: readonly Slot[]): number {
  return slots.reduce((max, each) => Math.max(max, ...(each ?? [])), 0);
}

function energies(pcm: Int16Array, at: number, person: Person): readonly number[] {
  const from = at + (SLOT - WINDOW) / 2;
  return TABLES[person].map(({ cosine, sine }) => {
    let [real, imaginary] = [0, 0];
    for (let n = 0; n < WINDOW; n++) {
      const sample = pcm[from + n] ?? 0;
      real += sample * (cosine[n] ?? 0);
      imaginary += sample * (sine[n] ?? 0);
    }
    return Math.sqrt(real * real + imaginary * imaginary);
  });
}

function holds(slot: Slot, tone: number | undefined): boolean {
  if (slot === undefined || tone === undefined) return slot === undefined && tone === undefined;
  return (slot[tone] ?? 0) > THERE * Math.max(...slot);
}

/**
 * The number that each slot holds, by the way through all slots that explains most of what was heard: numbers go on one by
 * one, and a change of the delay must explain more than a few slots (Viterbi).
 */
function followed(slots: readonly Slot[], newest: readonly number[], person: Person): readonly number[] {
  // What was heard before anything was said tells nothing about the way.
  const ways = newest.flatMap((number, slot) => (number < 0 ? [] : [slot - number]));
  const least = ways.reduce((min, way) => Math.min(min, way), Number.POSITIVE_INFINITY);
  const cameFrom = slots.map(() => new Int8Array(LONGEST));
  const round = range(0, ROUND).map((number) => toneOf(person, number));
  const costs = new Float64Array(LONGEST);
  for (const [slot, from] of cameFrom.entries()) {
    const held = new Set([...TABLES[person].keys(), undefined].filter((tone) => holds(slots[slot], tone)));
    const cheapest = costs.indexOf(Math.min(...costs));
    const change = (costs[cheapest] ?? 0) + CHANGE;
    for (const [late, cost] of costs.entries()) {
      const number = slot - least - late;
      const isRight = number <= (newest[slot] ?? 0) && held.has(number < 0 ? undefined : round[number % ROUND]);
      // Of two ways that explain as much, the one that changed last: what was made up is heard before what it delays.
      from[late] = cost < change || late === cheapest ? late : cheapest;
      costs[late] = Math.min(cost, change) + (isRight ? 0 : 1);
    }
  }
  let late = costs.indexOf(Math.min(...costs));
  const numbers: number[] = [];
  for (let slot = slots.length - 1; slot >= 0; slot--) {
    numbers[slot] = slot - least - late;
    late = cameFrom[slot]?.[late] ?? late;
  }
  return numbers;
}

/** The newest number that was sent when a slot was heard. */
function newestAt(
  { frameAt, frameSamples }: HeardCall,
  start: number,
  slot: number,
  sentAt: readonly number[],
): number {
  const at = frameAt[Math.floor((start + (slot + 1) * SLOT) / frameSamples)] ?? Number.POSITIVE_INFINITY;
  let [low, high] = [0, sentAt.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sentAt[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function delayOf(
  { frameAt, frameSamples, isPlayed }: HeardCall,
  start: number,
  slot: number | undefined,
  sent: number | undefined,
): readonly number[] {
  if (slot === undefined || sent === undefined) return [];
  const end = start + (slot + 1) * SLOT;
  const frame = Math.ceil(end / frameSamples) - 1;
  const at = frameAt[frame];
  if (at === undefined) return [];
  if (isPlayed) return [at + (1_000 * (end - frame * frameSamples)) / HEARD_RATE_HZ - sent];
  return (frame + 1) * frameSamples - end < NEAR ? [at - sent] : [];
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, n) => from + n);
}

interface Table {
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
}

function tableOf(frequency: number): Table {
  const hann = (n: number) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / WINDOW);
  const turn = (n: number) => (2 * Math.PI * frequency * n) / HEARD_RATE_HZ;
  return {
    cosine: Float64Array.from({ length: WINDOW }, (_, n) => hann(n) * Math.cos(turn(n))),
    sine: Float64Array.from({ length: WINDOW }, (_, n) => hann(n) * Math.sin(turn(n))),
  };
}

const TABLES: Readonly<Record<Person, readonly Table[]>> = {
  ada: tonesOf('ada').map(tableOf),
  bob: tonesOf('bob').map(tableOf),
};
