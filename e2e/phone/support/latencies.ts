import { type CallEngines, VAD_FRAME_SAMPLES, type VadEngine } from '@voice-bridge/local-realtime';
import { scriptedEngines } from '@voice-bridge/local-realtime/testing';
import type { Page } from 'playwright-core';
import { likenessOf } from './likeness.ts';
import { LINE_RATE_HZ, mixOf, type RecordedLine, together } from './recorded-line.ts';
import { record, say } from './tapped-page.ts';
import { fingerprint } from './voices.ts';

/**
 * How late short sounds are, in ms, each of those that were found. They begin when the page's microphone gives them; they end when the
 * mix that the desktop sends carries them, or when the model's voice activity detection is given them.
 */
export interface Latencies {
  readonly toMix: readonly number[];
  readonly toModel: readonly number[];
  /** The same sound at the model less at the mix. */
  readonly mixToModel: readonly number[];
  readonly desktopToModel: readonly number[];
  /** How late this test's own ear is at the desktop: taken out of `toMix`. */
  readonly ear: readonly number[];
}

/** Where a model's ears begin. */
export interface ModelTap {
  readonly engines: CallEngines;
  /**
   * What was given between two times, in ms since 1970. The clocks are matched within this stretch alone: sound that was filled in or
   * left out at other times must not count.
   */
  line(fromMs: number, toMs: number): RecordedLine;
}

const CHIRP_MS = 200;
const GAP_MS = 500;
const MODEL_RATE_HZ = 16_000;
/** A chirp found worse than this was not found. */
const FOUND = 0.4;
const LATEST_MS = 600;

/** The desktop, then its phone says so many short sounds. */
export async function measureLatencies(
  desktop: Page,
  phone: Page,
  model: ModelTap,
  chirps: number,
): Promise<Latencies> {
  const taken = await record(desktop, { withSaid: true });
  const atDesktop = await chirp(desktop, 200, chirps);
  const atPhone = await chirp(phone, 100, chirps);
  const lines = await taken();
  const ears = together(lines.filter(({ direction }) => direction === 'said'));
  const atModel = (each: Chirp) => delayIn(model.line(each.atMs, each.atMs + LATEST_MS + CHIRP_MS), each);
  const ear = atDesktop.map((each) => delayIn(ears, each)).filter(isFound);
  const earMs = ear.toSorted((a, b) => a - b)[Math.floor(ear.length / 2)] ?? Number.NaN;
  const mix = mixOf(lines);
  const both = atPhone.map((each) => ({ toMix: delayIn(mix, each) - earMs, toModel: atModel(each) }));
  const toMix = both.map((each) => each.toMix).filter(isFound);
  const toModel = both.map((each) => each.toModel).filter(isFound);
  const mixToModel = both.map((each) => each.toModel - each.toMix).filter(isFound);
  return { toMix, toModel, mixToModel, desktopToModel: atDesktop.map(atModel).filter(isFound), ear };
}

/** Engines that understand nothing, and what they are given to hear. */
export function tappedEngines(): ModelTap {
  const frames: { pcm: Int16Array; atMs: number }[] = [];
  const vad: VadEngine = {
    process(frame) {
      frames.push({ pcm: frame.slice(), atMs: performance.timeOrigin + performance.now() });
      return 0;
    },
    reset() {},
    close() {},
  };
  return {
    engines: { ...scriptedEngines({ turns: [] }), createVad: () => vad },
    line(fromMs, toMs) {
      const meant = frames.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
      const frameMs = (VAD_FRAME_SAMPLES * 1_000) / MODEL_RATE_HZ;
      const startMs = Math.min(...meant.map(({ atMs }, index) => atMs - (index + 1) * frameMs));
      return { to: 'bridge', direction: 'received', startMs, pcm: atLineRate(joined(meant.map(({ pcm }) => pcm))) };
    },
  };
}

/** A short sound, and when it began. */
interface Chirp {
  readonly voice: Int16Array;
  readonly atMs: number;
}

async function chirp(page: Page, seed: number, chirps: number): Promise<readonly Chirp[]> {
  const voices = Array.from({ length: chirps }, (_, i) => fingerprint(CHIRP_MS / 1_000, seed + i, 12_000));
  const gap = new Int16Array((GAP_MS * LINE_RATE_HZ) / 1_000);
  const saidMs = await say(page, joined([gap, ...voices.flatMap((voice) => [voice, gap])]));
  return voices.map((voice, index) => ({ voice, atMs: saidMs + GAP_MS + index * (CHIRP_MS + GAP_MS) }));
}

/** `NaN` when it is not found. */
function delayIn(line: RecordedLine, { voice, atMs }: Chirp): number {
  const { value, delayMs } = likenessOf(voice, atMs, line, LATEST_MS);
  return value > FOUND ? delayMs : Number.NaN;
}

const isFound = (delayMs: number) => !Number.isNaN(delayMs);

function atLineRate(pcm: Int16Array): Int16Array {
  const ratio = LINE_RATE_HZ / MODEL_RATE_HZ;
  return Int16Array.from({ length: pcm.length * ratio }, (_, i) => pcm[Math.floor(i / ratio)] ?? 0);
}

function joined(pieces: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
