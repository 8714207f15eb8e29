import { expect } from 'vitest';

const ATTEMPTS = 4;

/** Does it again while it gives problems, four times at most: a busy machine garbles sound. What must never happen is for `attempt` to refuse. */
export async function inSomeAttempt(attempt: () => Promise<readonly string[]>): Promise<void> {
  let problems: readonly string[] = [];
  for (let made = 0; made < ATTEMPTS; made++) {
    problems = await attempt();
    if (problems.length === 0) return;
    console.info(`Once more, as ${problems.join('; ')}`);
  }
  expect(problems).toEqual([]);
}
