import { type CallEngines, VAD_FRAME_SAMPLES, type VadEngine } from '@voice-bridge/local-realtime';
import { scriptedEngines } from '@voice-bridge/local-realtime/testing';
import type { Page } from 'playwright-core';
import { closeAll } from '../../support/open-things.ts';
import { likenessOf } from './likeness.ts';
import { busyShare, countSignaling } from './page-cost.ts';
import { connected, invite, openDesktop, openPhone, startPhoneHouse } from './phone-house.ts';
import { LINE_RATE_HZ, mixOf, type RecordedLine, together } from './recorded-line.ts';
import { record, say } from './tapped-page.ts';
import { fingerprint } from './voices.ts';

/** How late a phone's voice is, each way of `chirps`, in ms; what its page costs. */
export interface PhoneFigures {
  readonly toMix: readonly number[];
  readonly toModel: readonly number[];
  readonly toMixAfterSilence: readonly number[];
  readonly toModelAfterSilence: readonly number[];
  /** Shares of the phone's main thread, 0 to 1: talking, muted, hidden. */
  readonly talking: number;
  readonly muted: number;
  readonly hidden: number;
  readonly signalingBytesPerSecond: number;
}

const CHIRP_MS = 200;
const GAP_MS = 500;
const MODEL_RATE_HZ = 16_000;
/** A chirp found worse than this was not found. */
const FOUND = 0.4;
const LATEST_MS = 600;

/** Connects a phone to a desktop and measures both ways of `chirps` short sounds, before and after `silenceMs`, then what the page costs. */
export async function measurePhone(chirps: number, silenceMs: number, costMs: number): Promise<PhoneFigures> {
  const model = tappedEngines();
  const house = await startPhoneHouse({ engines: model.engines });
  const desktop = await openDesktop(house);
  let bytes = () => Number.NaN;
  const phone = await openPhone(house, await invite(desktop), async (page) => {
    bytes = await countSignaling(page);
  });
  await connected(desktop, phone);
  await measure(desktop, phone, model, 3);
  const before = await measure(desktop, phone, model, chirps);
  await new Promise((resolve) => setTimeout(resolve, silenceMs));
  const after = await measure(desktop, phone, model, chirps);
  const joining = bytes();
  if (!(joining > 0)) throw new Error('The signaling of joining was not counted');
  const talking = await busyShare(phone, costMs);
  await phone.locator('.talk-button').click();
  await phone.locator('[data-heard=false]').waitFor();
  const muted = await busyShare(phone, costMs);
  await phone.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
    Object.defineProperty(document, 'hidden', { value: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const hidden = await busyShare(phone, costMs);
  const signalingBytesPerSecond = (bytes() - joining) / ((3 * costMs) / 1_000);
  await closeAll();
  return {
    toMix: before.toMix,
    toModel: before.toModel,
    toMixAfterSilence: after.toMix,
    toModelAfterSilence: after.toModel,
    talking,
    muted,
    hidden,
    signalingBytesPerSecond,
  };
}

async function measure(desktop: Page, phone: Page, model: ModelTap, chirps: number) {
  const [atDesktop, atPhone] = [await record(desktop), await record(phone)];
  const voices = Array.from({ length: chirps }, (_, i) => fingerprint(CHIRP_MS / 1_000, 100 + i, 12_000));
  const gap = new Int16Array((GAP_MS * LINE_RATE_HZ) / 1_000);
  const saidMs = await say(phone, joined([gap, ...voices.flatMap((voice) => [voice, gap])]));
  const sent = together((await atPhone()).filter(({ direction }) => direction === 'sent'));
  const mix = mixOf(await atDesktop());
  const [toMix, toModel]: [number[], number[]] = [[], []];
  for (const [index, voice] of voices.entries()) {
    const atMs = saidMs + GAP_MS + index * (CHIRP_MS + GAP_MS);
    const from = likenessOf(voice, atMs, sent, LATEST_MS);
    const heard = model.line(atMs, atMs + LATEST_MS + CHIRP_MS);
    for (const [line, delays] of [
      [mix, toMix],
      [heard, toModel],
    ] as const) {
      const found = likenessOf(voice, atMs, line, LATEST_MS);
      if (Math.min(from.value, found.value) > FOUND) delays.push(found.delayMs - from.delayMs);
    }
  }
  return { toMix, toModel };
}

interface ModelTap {
  readonly engines: CallEngines;
  /**
   * What was given between two times, in ms since 1970. The clocks are matched within this stretch alone: sound that was filled in or
   * left out at other times must not count.
   */
  line(fromMs: number, toMs: number): RecordedLine;
}

/** Engines that understand nothing, and what they are given to hear. */
function tappedEngines(): ModelTap {
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
