/** How often a connection looks for signs of life, in ms. */
export const LOOK_MS = 500;
/** Silence after which the other side is asked at every look, in ms. */
export const ASK_AFTER_MS = 1_000;
/** Silence after which the other side is gone, in ms: with the looks before and after it, it is known within 6 s. */
export const LOST_AFTER_MS = 5_000;
/** The most one look adds: while this process stands still itself, it cannot tell that the other side is silent. */
const MOST_PER_LOOK_MS = 2 * LOOK_MS;

/** What is known of the other side. */
export interface LivenessState {
  /** Authenticated signs of life so far. */
  readonly signs: number;
  readonly lookedAt: number;
  /** How long nothing new has come, as far as we were there to see it. */
  readonly silentMs: number;
}

/** What to do next: nothing, ask for a sign of life, or give the other side up. */
export type LivenessVerdict = 'alive' | 'ask' | 'lost';

/** A look at `now` that finds `signs` authenticated signs of life in all. */
export function stepLiveness(
  state: LivenessState,
  signs: number,
  now: number,
): { readonly state: LivenessState; readonly verdict: LivenessVerdict } {
  const passed = Math.min(now - state.lookedAt, MOST_PER_LOOK_MS);
  const silentMs = signs === state.signs ? state.silentMs + passed : 0;
  const verdict = silentMs >= LOST_AFTER_MS ? 'lost' : silentMs >= ASK_AFTER_MS ? 'ask' : 'alive';
  return { state: { signs, lookedAt: now, silentMs }, verdict };
}
