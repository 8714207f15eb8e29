import { useEffect, useRef, useState } from 'react';
import { useVoiceClient } from './voice-context.ts';

/** Which direction is measured: the microphone or the assistant. */
export type AudioSide = 'input' | 'output';

/** How often {@link useAudioLevel} may re-render its component. */
export interface AudioLevelOptions {
  /** Least time between two renders, in ms; default 66. */
  readonly intervalMs?: number;
}

const INTERVAL_MS = 66;
/** Steps a rendered level moves in: quiet rooms then render nothing. */
const STEPS = 50;

/** Calls `onLevel` on every animation frame with the loudness, 0 to 1; renders nothing. */
export function useAudioLevel(side: AudioSide, onLevel: (level: number) => void): void;
/** The loudness, 0 to 1 in steps of 0.02; re-renders only the component that asks. */
export function useAudioLevel(side: AudioSide, options?: AudioLevelOptions): number;
export function useAudioLevel(side: AudioSide, use: ((level: number) => void) | AudioLevelOptions = {}) {
  const client = useVoiceClient();
  const [level, setLevel] = useState(0);
  const latest = useRef(use);
  useEffect(() => {
    latest.current = use;
  });
  useEffect(() => {
    let renderedAt = Number.NEGATIVE_INFINITY;
    return client.onLevel((levels) => {
      const target = latest.current;
      if (typeof target === 'function') {
        target(levels[side]);
        return;
      }
      const now = performance.now();
      if (now - renderedAt < (target.intervalMs ?? INTERVAL_MS)) return;
      renderedAt = now;
      setLevel(Math.round(levels[side] * STEPS) / STEPS);
    });
  }, [client, side]);
  return level;
}
