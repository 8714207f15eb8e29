import { seededRandom } from '@voice-bridge/core/testing';
import { goForwardTenMeters, goSomewhere } from '../../support/recordings.ts';
import type { Sound } from '../../support/wav.ts';
import { LINE_RATE_HZ } from './recorded-line.ts';

/** A person says "go forward ten meters", and is quiet for a second. */
export const goForward = () => spoken(goForwardTenMeters());
/** Another recording: "go somewhere and do something". */
export const doSomething = () => spoken(goSomewhere());

/** A sound that is like nothing else: noise between 300 Hz and 3.4 kHz, for finding it again by correlation. */
export function fingerprint(seconds: number, seed: number, level = 6_000): Int16Array {
  const random = seededRandom(seed);
  let [low, high] = [0, 0];
  return Int16Array.from({ length: seconds * LINE_RATE_HZ }, () => {
    const white = random() * 2 - 1;
    low += 0.36 * (white - low);
    high += 0.039 * (low - high);
    return Math.max(-1, Math.min(1, (low - high) * 1.6)) * level;
  });
}

function spoken({ pcm, sampleRateHz }: Sound): Int16Array {
  const ratio = sampleRateHz / LINE_RATE_HZ;
  return Int16Array.from({ length: Math.floor(pcm.length / ratio) + LINE_RATE_HZ }, (_, i) => {
    const left = Math.floor(i * ratio);
    const a = pcm[left] ?? 0;
    const b = pcm[left + 1] ?? a;
    return left >= pcm.length ? 0 : a + (b - a) * (i * ratio - left);
  });
}
