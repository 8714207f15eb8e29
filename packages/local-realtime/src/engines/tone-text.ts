/** How {@link toneText} writes. */
export interface ToneTextOptions {
  readonly sampleRateHz: number;
  /** Length of one character; default 60 ms. Below 40 ms it can no longer be read. */
  readonly characterMs?: number;
}

// The repetition sign stands for the character before it: two tones next to one another always differ, so no pauses are needed.
const REPETITION = '\u0000';
const ALPHABET = ` abcdefghijklmnopqrstuvwxyz0123456789'.,?!${REPETITION}`;
const LOWEST_HZ = 400;
const SPACING_HZ = 65;
const AMPLITUDE = 8_000;
const RAMP_MS = 4;

const HOP_MS = 10;
const WINDOW_MS = 30;
/** A window counts when this share of its energy is in one tone. */
const PURITY = 0.6;
const AUDIBLE_RMS = 300;
/** Hops that a tone must be seen in: the seam between two tones may look like a third. */
const MIN_HOPS = 2;

const MAX_TONES = 1_000;
const tones = new Map<string, Int16Array>();

/**
 * Text as sound: one tone per character, mono PCM16, loud enough for any voice detector. It survives Opus, another sampling rate and
 * lost packets, and {@link readToneText} reads it back. Capitals become small letters, characters it does not know become spaces.
 */
export function toneText(text: string, { sampleRateHz, characterMs = 60 }: ToneTextOptions): Int16Array {
  const symbols = withRepetitions(text);
  const length = Math.round((sampleRateHz * characterMs) / 1_000);
  const pcm = new Int16Array(symbols.length * length);
  for (const [index, symbol] of symbols.entries()) pcm.set(tone(symbol, sampleRateHz, length), index * length);
  return pcm;
}

/** Sines cost milliseconds a sentence, which forty calls at once would hear: each tone is made once. */
function tone(symbol: string, sampleRateHz: number, length: number): Int16Array {
  const key = `${symbol}/${sampleRateHz}/${length}`;
  const known = tones.get(key);
  if (known !== undefined) return known;
  const ramp = Math.round((sampleRateHz * RAMP_MS) / 1_000);
  const step = (2 * Math.PI * frequencyOf(ALPHABET.indexOf(symbol))) / sampleRateHz;
  const made = Int16Array.from({ length }, (_, n) => {
    const edge = Math.min(1, (n + 1) / ramp, (length - n) / ramp);
    return Math.round(AMPLITUDE * edge * Math.sin(step * n));
  });
  if (tones.size >= MAX_TONES) tones.clear();
  tones.set(key, made);
  return made;
}

/** Reads the text out of sound that holds {@link toneText} of any character length from 40 ms up; empty for other sound. */
export function readToneText(pcm: Int16Array, sampleRateHz: number): string {
  let text = '';
  let current = '';
  let hops = 0;
  for (const symbol of seenSymbols(pcm, sampleRateHz)) {
    hops = symbol === current ? hops + 1 : 1;
    current = symbol;
    if (hops === MIN_HOPS && symbol !== '') text += symbol;
  }
  return withoutRepetitions(text).trim();
}

function withRepetitions(text: string): string[] {
  const symbols: string[] = [];
  for (const character of text.toLowerCase()) {
    const symbol = ALPHABET.includes(character) ? character : ' ';
    symbols.push(symbols.at(-1) === symbol ? REPETITION : symbol);
  }
  return symbols;
}

function withoutRepetitions(symbols: string): string {
  let text = '';
  let last = '';
  for (const symbol of symbols) {
    // A tone that was torn in two by a lost packet is still one character.
    if (symbol === last) continue;
    last = symbol;
    text += symbol === REPETITION ? text.slice(-1) : symbol;
  }
  return text;
}

/** The symbol that sounds in every hop; an empty string where none does. */
function* seenSymbols(pcm: Int16Array, sampleRateHz: number): Generator<string> {
  const hop = Math.round((sampleRateHz * HOP_MS) / 1_000);
  const size = Math.round((sampleRateHz * WINDOW_MS) / 1_000);
  const window = Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / size));
  for (let start = 0; start + size <= pcm.length; start += hop) {
    const frame = window.map((weight, n) => weight * (pcm[start + n] ?? 0));
    yield symbolIn(frame, sampleRateHz);
  }
}

function symbolIn(frame: Float64Array, sampleRateHz: number): string {
  const energy = frame.reduce((sum, sample) => sum + sample * sample, 0);
  if (Math.sqrt(energy / frame.length) < AUDIBLE_RMS) return '';
  let best = 0;
  let bestPower = 0;
  for (let index = 0; index < ALPHABET.length; index++) {
    const power = tonePower(frame, frequencyOf(index) / sampleRateHz);
    if (power > bestPower) [best, bestPower] = [index, power];
  }
  // A pure tone under a Hann window has 2/3 of its energy times half the length at its own frequency.
  return bestPower / (energy * frame.length * 0.5 * (2 / 3)) > PURITY ? ALPHABET.charAt(best) : '';
}

/** Goertzel's algorithm: squared magnitude at one frequency, given in cycles per sample. */
function tonePower(frame: Float64Array, frequency: number): number {
  const coefficient = 2 * Math.cos(2 * Math.PI * frequency);
  let previous = 0;
  let beforeThat = 0;
  for (const sample of frame) {
    const next = sample + coefficient * previous - beforeThat;
    beforeThat = previous;
    previous = next;
  }
  return previous * previous + beforeThat * beforeThat - coefficient * previous * beforeThat;
}

function frequencyOf(index: number): number {
  return LOWEST_HZ + index * SPACING_HZ;
}
