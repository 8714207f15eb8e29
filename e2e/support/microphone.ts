import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanup } from './open-things.ts';
import { speak } from './speech.ts';
import { type Sound, writeWav } from './wav.ts';

const RATE_HZ = 48_000;

/** One stretch of what the microphone hears: a pause, a sentence of the synthetic voice, or recorded sound. */
export type Heard = { readonly silenceMs: number } | { readonly say: string } | { readonly sound: Sound };

/** Where each stretch begins and ends, in ms from the moment the microphone opens. */
export interface Script {
  readonly path: string;
  readonly spans: readonly { readonly startMs: number; readonly endMs: number }[];
  readonly pcm: Int16Array;
}

/** Writes a 48 kHz WAV for Chromium's fake microphone, into a new folder unless told otherwise. The folder goes with the test. */
export async function scriptMicrophone(
  parts: readonly Heard[],
  folder = mkdtempSync(join(tmpdir(), 'voice-bridge-microphone-')),
): Promise<Script> {
  cleanup(() => rmSync(folder, { recursive: true, force: true }));
  const pieces: Int16Array[] = [];
  const spans: { startMs: number; endMs: number }[] = [];
  let length = 0;
  for (const part of parts) {
    const pcm = await soundOf(part);
    spans.push({ startMs: (length / RATE_HZ) * 1000, endMs: ((length + pcm.length) / RATE_HZ) * 1000 });
    pieces.push(pcm);
    length += pcm.length;
  }
  const pcm = new Int16Array(length);
  let at = 0;
  for (const piece of pieces) {
    pcm.set(piece, at);
    at += piece.length;
  }
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'microphone.wav');
  writeWav(path, { pcm, sampleRateHz: RATE_HZ });
  return { path, spans, pcm };
}

async function soundOf(part: Heard): Promise<Int16Array> {
  if ('silenceMs' in part) return new Int16Array(Math.round((part.silenceMs / 1000) * RATE_HZ));
  return to48k('say' in part ? await speak(part.say) : part.sound);
}

/** Linear interpolation: the recogniser's band (below 8 kHz) hardly notices. */
function to48k({ pcm, sampleRateHz }: Sound): Int16Array {
  const ratio = sampleRateHz / RATE_HZ;
  return Int16Array.from({ length: Math.floor(pcm.length / ratio) }, (_, i) => {
    const at = i * ratio;
    const left = Math.floor(at);
    const a = pcm[left] ?? 0;
    const b = pcm[left + 1] ?? a;
    return a + (b - a) * (at - left);
  });
}
