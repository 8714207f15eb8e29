import { existsSync } from 'node:fs';
import { Resampler } from '@voice-bridge/core';
import { readRaw } from 'e2e/support/wav.ts';

const SPHINX = '/usr/share/pocketsphinx/test/data';
const ALSA = '/usr/share/sounds/alsa';
const WAV_HEADER_SAMPLES = 22;

/** One recording of a person and what they say. */
export interface HumanSpeech {
  readonly words: string;
  /** Mono PCM16 at 16 kHz. */
  readonly pcm: Int16Array;
}

const READ_ALOUD: Readonly<Record<string, string>> = {
  '0870':
    'and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them',
  '0880': 'he was not an ill disposed young man',
  '0890': 'unless to be rather cold hearted and rather selfish is to be ill disposed',
  '0920': 'had he married a more a amiable woman he might have been made still more respectable than he was',
  '0930': 'he might even have been made amiable himself',
};
const CARDS: Readonly<Record<string, string>> = {
  '001': 'ten of clubs',
  '002': 'four queen of clubs',
  '003': 'seven of clubs',
  '004': 'five five',
  '005': 'eight of spades four of clubs seven of hearts',
};
const SPEAKERS = [
  'Front Center',
  'Front Left',
  'Front Right',
  'Rear Center',
  'Rear Left',
  'Rear Right',
  'Side Left',
  'Side Right',
];

const RANKS = ['ace', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'jack', 'queen', 'king'];
const SUITS = ['clubs', 'diamonds', 'hearts', 'spades'];

/** The recordings of Debian's `pocketsphinx-testdata` and `alsa-utils` that are on this machine. */
export function humanSpeech(): HumanSpeech[] {
  return [
    ...recording(`${SPHINX}/goforward.raw`, 'go forward ten meters'),
    ...recording(`${SPHINX}/something.raw`, 'go somewhere and do something'),
    ...Object.entries(CARDS).flatMap(([name, words]) => recording(`${SPHINX}/cards/${name}.wav`, words)),
    ...Object.entries(READ_ALOUD).flatMap(([name, words]) =>
      recording(`${SPHINX}/librivox/sense_and_sensibility_01_austen_64kb-${name}.wav`, words),
    ),
    ...SPEAKERS.flatMap((name) => recording(`${ALSA}/${name.replace(' ', '_')}.wav`, name.toLowerCase(), 48_000)),
  ];
}

/** Tools from whose descriptions the grammar of everything in {@link humanSpeech} is made, and of much that is not. */
export const SPEECH_TOOLS = [
  tool('drive', 'Say "go forward <meters> meters", "go somewhere and do something"', { meters: { type: 'integer' } }),
  tool('play', 'Say "<a> of <x>", "<a> <b> of <x>", "<a> <b>", "<a> of <x> <b> of <y> <c> of <z>"', {
    ...Object.fromEntries(['a', 'b', 'c'].map((name) => [name, { type: 'string', enum: RANKS }])),
    ...Object.fromEntries(['x', 'y', 'z'].map((name) => [name, { type: 'string', enum: SUITS }])),
  }),
  tool('test_speaker', 'Say "<speaker>"', {
    speaker: { type: 'string', enum: SPEAKERS.map((name) => name.toLowerCase()) },
  }),
  tool(
    'quote',
    `Say ${Object.values(READ_ALOUD)
      .map((line) => `"${line}"`)
      .join(', ')}`,
    {},
  ),
];

function tool(name: string, description: string, properties: Readonly<Record<string, unknown>>) {
  return { type: 'function' as const, name, description, parameters: { type: 'object', properties } };
}

function recording(path: string, words: string, sampleRateHz: 16_000 | 48_000 = 16_000): HumanSpeech[] {
  if (!existsSync(path)) return [];
  const whole = readRaw(path, sampleRateHz).pcm;
  const pcm = path.endsWith('.wav') ? whole.subarray(WAV_HEADER_SAMPLES) : whole;
  return [{ words, pcm: sampleRateHz === 16_000 ? pcm.slice() : new Resampler(sampleRateHz, 16_000).process(pcm) }];
}

/** How many words are wrong, missing or too much (Levenshtein). */
export function wrongWords(said: string, heard: string): number {
  const [a, b] = [said.split(' '), heard.split(' ').filter(Boolean)];
  let row = b.map((_, n) => n + 1);
  for (const [i, word] of a.entries()) {
    let diagonal = i;
    let left = i + 1;
    row = row.map((above, n) => {
      const best = Math.min(above + 1, left + 1, diagonal + (word === b[n] ? 0 : 1));
      diagonal = above;
      left = best;
      return best;
    });
  }
  return row.at(-1) ?? a.length;
}
