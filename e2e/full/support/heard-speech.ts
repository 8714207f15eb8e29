import type { Sound } from '../../support/wav.ts';

const WINDOW_MS = 20;
/** A window louder than this, at its loudest, is speech. */
const LOUD = 300;
/** A shorter pause is within a sentence: also one that a busy machine makes. */
const PAUSE_MS = 900;
/** A shorter sound is a click. */
const SHORTEST_MS = 200;
const AROUND_MS = 200;

/** What was said in a sound: its stretches between long pauses. */
export function speechIn({ pcm, sampleRateHz }: Sound): Sound[] {
  const window = (sampleRateHz * WINDOW_MS) / 1_000;
  const isLoud = (index: number) => pcm.subarray(index * window, (index + 1) * window).some((s) => Math.abs(s) > LOUD);
  const loud = Array.from({ length: Math.floor(pcm.length / window) }, (_, index) => index).filter(isLoud);
  const stretches: { first: number; last: number }[] = [];
  for (const index of loud) {
    const open = stretches.at(-1);
    if (open !== undefined && (index - open.last) * WINDOW_MS < PAUSE_MS) open.last = index;
    else stretches.push({ first: index, last: index });
  }
  const around = AROUND_MS / WINDOW_MS;
  return stretches
    .filter(({ first, last }) => (last - first) * WINDOW_MS >= SHORTEST_MS)
    .map(({ first, last }) => ({
      pcm: pcm.slice(Math.max(0, first - around) * window, (last + around) * window),
      sampleRateHz,
    }));
}
