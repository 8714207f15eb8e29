import { setTimeout as passed } from 'node:timers/promises';

const POLL_MS = 50;

/** What keeps this process alive now, by kind: `UDPWrap`, `TCPSocketWrap`, `Timeout` and so on. */
export function openHandles(): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo().sort()) counted[kind] = (counted[kind] ?? 0) + 1;
  return counted;
}

/** Waits until nothing but `base` is open, at most `withinMs`, and gives what is open then. */
export async function handlesBackTo(base: Record<string, number>, withinMs: number): Promise<Record<string, number>> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline && JSON.stringify(openHandles()) !== JSON.stringify(base)) await passed(POLL_MS);
  return openHandles();
}
