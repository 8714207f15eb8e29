import type { Interval } from './messages.ts';

/** The same time in spans that do not overlap, in order. */
export function apart(spans: readonly Interval[]): readonly Interval[] {
  const joined: Interval[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last === undefined || span.from > last.to) joined.push(span);
    else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
  }
  return joined;
}

/** How much of a span these take, none of it counted twice, in ms. */
export function taken(within: Interval, spans: readonly Interval[]): number {
  return apart(spans).reduce((sum, span) => sum + overlap(within, span), 0);
}

/** How long two spans have in common, in ms. */
export function overlap(one: Interval, other: Interval): number {
  return Math.max(0, Math.min(one.to, other.to) - Math.max(one.from, other.from));
}
