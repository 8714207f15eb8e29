import { existsSync } from 'node:fs';
import { readRaw, type Sound } from './wav.ts';

const FOLDER = '/usr/share/pocketsphinx/test/data';
const GO_FORWARD = `${FOLDER}/goforward.raw`;
const WAV_HEADER_SAMPLES = 22;

/** Whether the recorded human speech of Debian's `pocketsphinx-testdata` is on this machine. */
export const hasRecordings = existsSync(GO_FORWARD);

/** A person says "go somewhere and do something". */
export function goSomewhere(): Sound {
  return readRaw(`${FOLDER}/something.raw`, 16_000);
}

/** A person says "go forward ten meters". */
export function goForwardTenMeters(): Sound {
  return readRaw(GO_FORWARD, 16_000);
}

/** Another person says "seven of clubs". */
export function sevenOfClubs(): Sound {
  const { pcm, sampleRateHz } = readRaw(`${FOLDER}/cards/003.wav`, 16_000);
  return { pcm: pcm.slice(WAV_HEADER_SAMPLES), sampleRateHz };
}
