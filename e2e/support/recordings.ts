import { existsSync } from 'node:fs';
import { readRaw, type Sound } from './wav.ts';

const GO_FORWARD = '/usr/share/pocketsphinx/test/data/goforward.raw';

/** Whether the recorded human speech of Debian's `pocketsphinx-testdata` is on this machine. */
export const hasRecordings = existsSync(GO_FORWARD);

/** A person says "go forward ten meters". */
export function goForwardTenMeters(): Sound {
  return readRaw(GO_FORWARD, 16_000);
}
