import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sound } from './wav.ts';

const LOUD = 300;
const AROUND = 3_200;
const MODEL = '/usr/share/pocketsphinx/model/en-us';

/** Whether this machine has the recogniser; without it, tests that listen are skipped (and fail in CI). */
export const hasRecogniser = spawnSync('pocketsphinx_batch', ['-help'], { stdio: 'ignore' }).error === undefined;

/** What a person would hear: the one of `sentences` that the loud part of the sound matches best, lower case; empty for none. */
export async function recognise(sound: Sound, sentences: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'voice-bridge-heard-'));
  try {
    const grammar = sentences.map(plain).join(' | ');
    writeFileSync(join(folder, 'grammar'), `#JSGF V1.0;\ngrammar heard;\npublic <heard> = ${grammar};\n`);
    writeFileSync(join(folder, 'sound.raw'), Buffer.from(loudPart(to16k(sound)).buffer));
    writeFileSync(join(folder, 'list'), 'sound\n');
    await run([
      ...['-adcin', 'yes', '-ctl', join(folder, 'list'), '-cepdir', folder, '-cepext', '.raw'],
      ...['-jsgf', join(folder, 'grammar'), '-hmm', `${MODEL}/en-us`, '-dict', `${MODEL}/cmudict-en-us.dict`],
      ...['-remove_noise', 'yes', '-remove_silence', 'no', '-cmn', 'batch', '-hyp', join(folder, 'heard')],
    ]);
    return readFileSync(join(folder, 'heard'), 'utf8').replace(/\(.*$/s, '').trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function plain(sentence: string): string {
  return sentence
    .toLowerCase()
    .replaceAll(/[^a-z' ]/g, ' ')
    .replaceAll(/ +/g, ' ')
    .trim();
}

function run(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const program = spawn('pocketsphinx_batch', args, { stdio: 'ignore', timeout: 20_000 });
    program.on('error', reject);
    program.on('close', () => resolve());
  });
}

/** The sound from its first to its last loud moment, with 0.2 s around it. */
function loudPart(pcm: Int16Array): Int16Array {
  const loud = (sample: number) => Math.abs(sample) > LOUD;
  const first = pcm.findIndex(loud);
  return first === -1 ? new Int16Array(0) : pcm.slice(Math.max(0, first - AROUND), pcm.findLastIndex(loud) + AROUND);
}

/** 48 to 16 kHz by a running mean of three samples: good enough for a recogniser. */
function to16k(sound: Sound): Int16Array {
  if (sound.sampleRateHz === 16_000) return sound.pcm;
  if (sound.sampleRateHz !== 48_000) throw new Error(`Cannot listen at ${sound.sampleRateHz} Hz`);
  const { pcm } = sound;
  return Int16Array.from(
    { length: Math.floor(pcm.length / 3) },
    (_, i) => ((pcm[i * 3] ?? 0) + (pcm[i * 3 + 1] ?? 0) + (pcm[i * 3 + 2] ?? 0)) / 3,
  );
}
