import { HEARD_RATE_HZ, type HeardCall } from './heard-call.ts';
import { PACKET_MS, type Person, toneOf, tonesOf } from './numbered-speech.ts';

/** What became of one person's numbered packets. */
export interface Reading {
  /** Packets with a tone that were sent within the stretch that is looked at. */
  readonly sent: number;
  /** How many of them were not heard. */
  readonly lost: number;
  /** From handing a packet to the kernel until the model heard the end of its sound, in ms. */
  readonly delaysMs: readonly number[];
}

const SLOT = (HEARD_RATE_HZ * PACKET_MS) / 1_000;
/** Looked at in the middle of a slot, where neighbours do not reach, in samples. */
const WINDOW = 192;
/** Below this share of its loudest tones, a slot holds none. */
const AUDIBLE = 0.1;
/** A tone is there when it has this share of the loudest of its person's. One that was concealed is not: the one before goes on. */
const THERE = 0.4;
/** So many packets in step are no accident. */
const [IN_STEP, OUT_OF_STEP] = [12, 2];
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
  const found = new Map<number, number>();
  let delay: number | undefined;
  for (let slot = 0; slot < slots.length; slot++) {
    if (delay === undefined || !isInStep(slots, slot, person, slot - delay)) {
      delay = firstInStep(slots, slot, person, newestAt(heard, start, slot, sentAt)) ?? delay;
    }
    const number = slot - (delay ?? slot + 1);
    const tone = toneOf(person, number);
    if (number >= 0 && tone !== undefined && holds(slots[slot], tone)) found.set(number, slot);
  }
  const wanted = range(from, to).filter((number) => toneOf(person, number) !== undefined);
  return {
    sent: wanted.length,
    lost: wanted.filter((number) => !found.has(number)).length,
    delaysMs: wanted.flatMap((number) => delayOf(heard, start, found.get(number), sentAt[number])),
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
  const most = all.reduce((max, each) => Math.max(max, ...each), 0);
  return all.map((each) => (Math.max(...each) > AUDIBLE * most ? each : undefined));
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

/** Whether what is heard from a slot on are the numbers from `number` on. */
function isInStep(slots: readonly Slot[], slot: number, person: Person, number: number): boolean {
  if (number < 0) return false;
  return range(0, IN_STEP).filter((n) => !holds(slots[slot + n], toneOf(person, number + n))).length <= OUT_OF_STEP;
}

function firstInStep(slots: readonly Slot[], slot: number, person: Person, newest: number): number | undefined {
  if (slots[slot] === undefined) return undefined;
  for (let number = newest; number >= Math.max(0, newest - LONGEST); number--) {
    if (holds(slots[slot], toneOf(person, number)) && isInStep(slots, slot, person, number)) return slot - number;
  }
  return undefined;
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
