const DELAYS_MS = [250, 1_000, 2_000, 4_000, 8_000, 15_000] as const;

/** How long to wait before redial number `attempt` (from 0), half of it at random; null: give up. `random` is 0 to below 1. */
export function redialDelayMs(attempt: number, random: number): number | null {
  const delay = DELAYS_MS[attempt];
  return delay === undefined ? null : delay * (0.5 + random / 2);
}
