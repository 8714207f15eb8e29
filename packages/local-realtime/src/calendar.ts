import type { Clock } from '@voice-bridge/core';

/** Where a {@link calendar} takes its time from. */
export interface CalendarSources {
  /** Default: the machine's. */
  readonly clock: Clock | undefined;
  /** Ms since 1970 at the start; default: the machine's time then. */
  readonly startsAt: number | undefined;
}

/** What time it is, in ms since 1970: the machine's time, or, with a clock or a start of its own, as far from the start as the clock has gone. */
export function calendar({ clock, startsAt }: CalendarSources, machine: Clock): () => number {
  if (clock === undefined && startsAt === undefined) return Date.now;
  const now = () => (clock ?? machine).now();
  const epoch = (startsAt ?? Date.now()) - now();
  return () => epoch + now();
}
