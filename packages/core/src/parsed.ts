/** What reading untrusted input gives: the value, or one sentence that says what is wrong with it. Reading never throws. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** A successful {@link Parsed}. */
export function parsedOk<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** A failed {@link Parsed}. */
export function parsedProblem<T>(problem: string): Parsed<T> {
  return { ok: false, problem };
}
