/** How long one VAD frame is, in ms. */
export const VAD_FRAME_MS = 32;
/** An utterance is cut here, in ms: what a recogniser takes at most. */
export const MAX_UTTERANCE_MS = 60_000;

const START_FRAMES = 2;
const HYSTERESIS = 0.15;
const PAUSE_MS = 160;

/** Server VAD settings, in OpenAI's sense. */
export interface TurnDetectionPolicy {
  /** Probability from which a frame counts as speech, 0 to 1; speech ends 0.15 below it. */
  readonly threshold: number;
  readonly prefixPaddingMs: number;
  readonly silenceDurationMs: number;
}

/** Where the detector is in a user's turn; all times in ms of audio heard so far. */
export type TurnDetectionState =
  | { readonly name: 'silence'; readonly loudFrames: number; readonly floorMs: number }
  | { readonly name: 'speech'; readonly startMs: number }
  | { readonly name: 'quiet'; readonly startMs: number; readonly quietSinceMs: number }
  | { readonly name: 'pause'; readonly startMs: number; readonly quietSinceMs: number };

/** What a frame brought about. `paused` says the turn may be over soon, `resumed` that it was not. */
export type TurnDetectionEffect =
  | { readonly type: 'started'; readonly startMs: number }
  | { readonly type: 'paused'; readonly startMs: number; readonly endMs: number }
  | { readonly type: 'resumed' }
  | { readonly type: 'stopped'; readonly startMs: number; readonly endMs: number };

/** One frame's verdict and the audio time at its end. */
export interface TurnDetectionFrame {
  readonly probability: number;
  readonly endMs: number;
}

/** A detector that has heard nothing since `floorMs`; no later turn begins before that. */
export function silentSince(floorMs: number): TurnDetectionState {
  return { name: 'silence', loudFrames: 0, floorMs };
}

/**
 * Decides after each frame whether the user began, paused, went on or finished.
 * Two loud frames start a turn; `silenceDurationMs` of quiet ends it.
 */
export function stepTurnDetection(
  state: TurnDetectionState,
  frame: TurnDetectionFrame,
  policy: TurnDetectionPolicy,
): { readonly state: TurnDetectionState; readonly effects: readonly TurnDetectionEffect[] } {
  if (state.name === 'silence') return stepSilence(state, frame, policy);
  if (frame.endMs - state.startMs >= MAX_UTTERANCE_MS) return stop(state.startMs, frame.endMs);
  if (state.name === 'speech') {
    if (frame.probability >= Math.max(policy.threshold - HYSTERESIS, 0.01)) return { state, effects: [] };
    const quietSinceMs = frame.endMs - VAD_FRAME_MS;
    return stepQuiet({ name: 'quiet', startMs: state.startMs, quietSinceMs }, frame, policy);
  }
  if (frame.probability >= policy.threshold) {
    const effects = state.name === 'pause' ? [{ type: 'resumed' } as const] : [];
    return { state: { name: 'speech', startMs: state.startMs }, effects };
  }
  return stepQuiet(state, frame, policy);
}

function stepSilence(
  state: Extract<TurnDetectionState, { name: 'silence' }>,
  frame: TurnDetectionFrame,
  policy: TurnDetectionPolicy,
) {
  if (frame.probability < policy.threshold) return { state: silentSince(state.floorMs), effects: [] };
  const loudFrames = state.loudFrames + 1;
  if (loudFrames < START_FRAMES) return { state: { ...state, loudFrames }, effects: [] };
  const firstLoudMs = frame.endMs - loudFrames * VAD_FRAME_MS;
  const startMs = Math.max(state.floorMs, firstLoudMs - policy.prefixPaddingMs, 0);
  return { state: { name: 'speech', startMs } as const, effects: [{ type: 'started', startMs } as const] };
}

function stepQuiet(
  state: Extract<TurnDetectionState, { name: 'quiet' | 'pause' }>,
  frame: TurnDetectionFrame,
  policy: TurnDetectionPolicy,
) {
  const quietMs = frame.endMs - state.quietSinceMs;
  if (quietMs >= policy.silenceDurationMs) return stop(state.startMs, frame.endMs);
  if (state.name === 'quiet' && quietMs >= Math.min(PAUSE_MS, policy.silenceDurationMs / 2)) {
    const effects = [{ type: 'paused', startMs: state.startMs, endMs: frame.endMs } as const];
    return { state: { ...state, name: 'pause' } as const, effects };
  }
  return { state, effects: [] };
}

function stop(startMs: number, endMs: number) {
  return { state: silentSince(endMs), effects: [{ type: 'stopped', startMs, endMs } as const] };
}
