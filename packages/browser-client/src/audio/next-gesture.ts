const GESTURES = ['pointerdown', 'keydown', 'touchend'] as const;

/** Runs `task` at every gesture of the user (and when the page is seen again) until stopped: what browsers ask for before a page may play sound. */
export function onGesture(task: () => void): () => void {
  const listeners = new AbortController();
  const options = { signal: listeners.signal, capture: true, passive: true };
  for (const name of GESTURES) document.addEventListener(name, task, options);
  document.addEventListener('visibilitychange', task, options);
  return () => listeners.abort();
}
