/** True when something a test needs is missing: the reason is printed, and with `CI=true` it is an error instead. */
export function skipWithout(needs: Readonly<Record<string, boolean>>): boolean {
  const missing = Object.keys(needs).filter((name) => needs[name] !== true);
  if (missing.length === 0) return false;
  const reason = `this machine lacks: ${missing.join(', ')}`;
  if (process.env.CI === 'true') throw new Error(`A test may not be skipped in CI; ${reason}`);
  console.warn(`Skipped: ${reason}`);
  return true;
}
