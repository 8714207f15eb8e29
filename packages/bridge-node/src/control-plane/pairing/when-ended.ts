/** Calls once with the signal's reason when it fires, at once when it has fired. Gives the way to stop waiting. */
export function whenEnded(signal: AbortSignal, act: (reason: unknown) => void): () => void {
  const end = () => act(signal.reason);
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  return () => signal.removeEventListener('abort', end);
}
