const FRAME_MS = 20;

/** Sends sound as a microphone does, 20 ms every 20 ms of wall clock; resolves with the last frame. Mono PCM16 at `rateHz`. */
export function stream(pcm: Int16Array, rateHz: number, send: (frame: Int16Array<ArrayBuffer>) => void): Promise<void> {
  const length = (rateHz / 1_000) * FRAME_MS;
  const start = performance.now();
  let at = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      for (const due = (performance.now() - start) / FRAME_MS; at < due; at++) {
        if (at * length < pcm.length) send(new Int16Array(pcm.subarray(at * length, (at + 1) * length)));
      }
      if (at * length < pcm.length) return;
      clearInterval(timer);
      resolve();
    }, FRAME_MS);
  });
}
