import { existsSync } from 'node:fs';
import { readRaw, type Sound } from './wav.ts';

const FOLDER = '/usr/share/pocketsphinx/test/data';
const GO_FORWARD = `${FOLDER}/goforward.raw`;

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
