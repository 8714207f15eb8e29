import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sound } from './wav.ts';

const MODEL = '/usr/share/pocketsphinx/model/en-us';

/** Whether this machine has the recogniser; without it, tests that listen are skipped (and fail in CI). */
export const hasRecogniser = spawnSync('pocketsphinx_continuous', ['-help'], { stdio: 'ignore' }).error === undefined;

/** What a person would hear: the one of `sentences` that the sound matches best, lower case; empty for none. */
export async function recognise(sound: Sound, sentences: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'voice-bridge-heard-'));
  try {
    const grammar = join(folder, 'grammar.jsgf');
    writeFileSync(grammar, `#JSGF V1.0;\ngrammar heard;\npublic <heard> = ${sentences.map(plain).join(' | ')};\n`);
    const raw = join(folder, 'sound.raw');
    writeFileSync(raw, Buffer.from(to16k(sound).buffer));
    return await run([
      '-infile',
      raw,
      '-jsgf',
      grammar,
      '-hmm',
      `${MODEL}/en-us`,
      '-dict',
      `${MODEL}/cmudict-en-us.dict`,
      '-remove_noise',
      'yes',
      '-logfn',
      '/dev/null',
    ]);
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

function run(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const program = spawn('pocketsphinx_continuous', args, { stdio: ['ignore', 'pipe', 'ignore'], timeout: 20_000 });
    let heard = '';
    program.stdout.on('data', (text) => {
      heard += text;
    });
    program.on('error', reject);
    program.on('close', () => resolve(heard.replaceAll(/\s+/g, ' ').trim()));
  });
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
