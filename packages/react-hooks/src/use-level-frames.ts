import { useEffect, useRef } from 'react';

/**
 * Calls `onLevel` with what `read` gives, 0 to 1, on every animation frame, and renders nothing. While `read` is null no frame is
 * asked for, and `onLevel` has got one last 0: nothing is painted for a microphone that is muted.
 */
export function useLevelFrames(read: (() => number) | null, onLevel: (level: number) => void): void {
  const latest = useRef({ read, onLevel });
  useEffect(() => {
    latest.current = { read, onLevel };
  });
  const running = read !== null;
  useEffect(() => {
    if (!running) return;
    let frame = 0;
    const paint = () => {
      latest.current.onLevel(latest.current.read?.() ?? 0);
      frame = requestAnimationFrame(paint);
    };
    paint();
    return () => {
      cancelAnimationFrame(frame);
      latest.current.onLevel(0);
    };
  }, [running]);
}
