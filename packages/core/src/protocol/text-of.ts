import * as z from 'zod/mini';

// Marked as free of side effects: a browser bundle that reads none of the schemas made with these leaves them out.

/** Text of `least` to `most` UTF-16 units. */
// @__NO_SIDE_EFFECTS__
export function textOf(least: number, most: number) {
  return z.string().check(z.minLength(least), z.maxLength(most));
}

/** Text that a pattern matches. */
// @__NO_SIDE_EFFECTS__
export function textLike(pattern: RegExp) {
  return z.string().check(z.regex(pattern));
}
