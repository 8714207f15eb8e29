import { setTimeout as passed } from 'node:timers/promises';

const POLL_MS = 50;
const SETTLE_MS = 15_000;
const KINDS = new Set(['UDPWrap', 'TCPSocketWrap', 'Timeout']);

/**
 * The UDP ports, TCP connections and timers that this process still holds, once nothing more goes away, at most 15 s
 * from now: HTTP connections are kept alive for some seconds. An idle bridge with an idle local model holds none.
 */
export async function heldInTheEnd(): Promise<string[]> {
  const deadline = performance.now() + SETTLE_MS;
  while (held().length > 0 && performance.now() < deadline) await passed(POLL_MS);
  return held();
}

function held(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => KINDS.has(kind));
}
