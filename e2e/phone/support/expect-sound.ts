import { expect } from 'vitest';
import * as z from 'zod';
import { bestPieceOf } from './likeness.ts';
import { LINE_RATE_HZ, mixOf } from './recorded-line.ts';
import { record, say, type TappedPage } from './tapped-page.ts';
import { fingerprint } from './voices.ts';

const THERE = 0.3;
/** For everything that takes as long as a busy machine lets it. */
const PATIENCE_MS = 40_000;
const ENOUGH_MS = 300;
const BLOCK_MS = (1_024 / LINE_RATE_HZ) * 1_000;
const timesSchema = z.array(z.number());

/** What a page says reaches the mix that the desktop sends. */
export async function expectInMix(desktop: TappedPage, speaker: TappedPage): Promise<void> {
  const voice = fingerprint(2, 7);
  const taken = await record(desktop);
  const saidMs = await say(speaker, voice);
  expect(await bestPieceOf(voice, saidMs, mixOf(await taken()))).toBeGreaterThan(THERE);
}

/** A page that is recorded hears enough sound from `sinceMs` on, on the lines whose name ends so. */
export async function expectSound(page: TappedPage, ending: string, sinceMs: number): Promise<void> {
  const soundMs = async () => (await loudTimes(page, ending, sinceMs)).length * BLOCK_MS;
  await expect.poll(soundMs, { message: `ms of sound, ${ending}`, timeout: PATIENCE_MS }).toBeGreaterThan(ENOUGH_MS);
}

/** Listens to the mix from now on. What it gives resolves with how long after `sinceMs` there is sound in it for the first time, in ms. */
export async function listenToMix(desktop: TappedPage): Promise<(sinceMs: number) => Promise<number>> {
  const taken = await record(desktop);
  return async (sinceMs) => {
    let times: readonly number[] = [];
    const heard = async () => {
      times = await loudTimes(desktop, 'bridge sent', sinceMs);
      return times.length;
    };
    await expect
      .poll(heard, { message: 'the phone is in the mix', interval: 20, timeout: PATIENCE_MS })
      .toBeGreaterThan(0);
    await taken();
    return Math.min(...times) - sinceMs;
  };
}

/** When each piece of sound began that a page carried while it was recorded, on the lines whose name ends so, in ms since 1970. */
export async function loudTimes(page: TappedPage, ending: string, sinceMs: number): Promise<readonly number[]> {
  return timesSchema.parse(await page.evaluate(`window.voiceTap.loudTimes('${ending}', ${sinceMs})`));
}

/** Now, as pages of this machine count, in ms since 1970. */
export const nowMs = () => performance.timeOrigin + performance.now();
