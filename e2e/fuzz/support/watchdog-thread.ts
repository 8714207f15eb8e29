import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { HANG_LINE, type WatchdogMemory } from './watchdog.ts';

const LOOK_MS = 100;
/** Looks without a beat in between that make a hang: a stopped machine stops the looking too. */
const SILENT_LOOKS = 30;
const STDOUT = 1;

const memory = requireMemory(workerData);
let beats = -1;
let silentLooks = 0;

setInterval(() => {
  const seen = Atomics.load(memory.words, 0);
  silentLooks = seen === beats ? silentLooks + 1 : 0;
  beats = seen;
  if (silentLooks !== SILENT_LOOKS) return;
  const length = Atomics.load(memory.words, 1);
  const hex = Buffer.from(memory.bytes.slice(0, length)).toString('hex');
  writeSync(STDOUT, `\n${HANG_LINE}${JSON.stringify({ hex })}\n`);
}, LOOK_MS);

function requireMemory(value: unknown): WatchdogMemory {
  if (typeof value === 'object' && value !== null && 'words' in value && 'bytes' in value) {
    const { words, bytes } = value;
    if (words instanceof Int32Array && bytes instanceof Uint8Array) return { words, bytes };
  }
  throw new TypeError('The watchdog needs its memory');
}
