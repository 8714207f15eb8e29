/**
 * The scripted local model as a process of its own, which notes all it hears with the time it hears it, and speaks when it is asked to.
 * Speech ends no turn: the people ask by typing. Told by the command line: calls, seconds of each, answers of each. Says `ready URL`; told
 * `write FOLDER` it writes what each call heard and says `written COUNT`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startLocalRealtime } from '@voice-bridge/local-realtime';
import { scriptedEngines } from '@voice-bridge/local-realtime/testing';
import { HEARD_FRAME_SAMPLES, HEARD_RATE_HZ } from './heard-call.ts';
import { monotonicMs } from './monotonic.ts';
import { Numbers } from './numbers.ts';

/** What is spoken at every request, about four seconds of it. */
const ANSWER = {
  type: 'sentence',
  text: 'This is what both of you hear at the same time, at every turn of the conversation.',
} as const;

const [calls = 1, seconds = 1, answers = 1] = process.argv.slice(2).map(Number);
const frames = Math.ceil((seconds * HEARD_RATE_HZ) / HEARD_FRAME_SAMPLES);

/** Room for all is made beforehand: nothing is to be collected while it is measured. */
class Tap {
  readonly #pcm = new Int16Array(frames * HEARD_FRAME_SAMPLES);
  readonly #frameAt = new Numbers(frames);

  process(frame: Int16Array): number {
    if (this.#frameAt.length < frames) this.#pcm.set(frame, this.#frameAt.length * HEARD_FRAME_SAMPLES);
    this.#frameAt.push(monotonicMs());
    return 0;
  }

  reset(): void {}

  close(): void {}

  write(folder: string, call: number): void {
    const heard = this.#pcm.subarray(0, this.#frameAt.length * HEARD_FRAME_SAMPLES);
    writeFileSync(join(folder, `${call}.raw`), new Uint8Array(heard.buffer, 0, heard.byteLength));
    writeFileSync(join(folder, `${call}.json`), JSON.stringify(this.#frameAt.all()));
  }
}

const taps: Tap[] = [];
const createVad = () => {
  const tap = new Tap();
  taps.push(tap);
  return tap;
};
const turns = Array.from({ length: calls * answers }, () => [ANSWER]);
const server = await startLocalRealtime({ engines: { ...scriptedEngines({ turns }), createVad }, maxCalls: calls });
createInterface(process.stdin).on('line', (line) => {
  const [, folder = '.'] = line.split(' ');
  for (const [call, tap] of taps.entries()) tap.write(folder, call);
  process.stdout.write(`written ${taps.length}\n`);
});
process.stdin.on('end', () => process.exit(0));
process.stdout.write(`ready ${server.url}\n`);
