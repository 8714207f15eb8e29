const PROGRESS_EVERY_MS = 10_000;

/** A failure that the user can read: what went wrong, and the command or step that fixes it. Carries no stack to print. */
export class Failure extends Error {
  constructor(message, fix) {
    super(message);
    this.name = 'Failure';
    this.fix = fix;
  }
}

/** Prints one plain line. */
export function say(line = '') {
  process.stdout.write(`${line}\n`);
}

/** Runs `work` under a title, and prints the elapsed seconds every 10 s while it lasts and once at its end. */
export async function withProgress(title, work, print = say) {
  const startedAt = Date.now();
  print(`▸ ${title} …`);
  try {
    const result = await ticking(title, work, print);
    print(`✓ ${title}: ${secondsSince(startedAt)} s`);
    return result;
  } catch (error) {
    print(`✗ ${title}: failed after ${secondsSince(startedAt)} s`);
    throw error;
  }
}

/** Runs `work` and prints the elapsed seconds every 10 s while it lasts. */
export async function ticking(title, work, print = say) {
  const startedAt = Date.now();
  const timer = setInterval(() => print(`  ${title}: ${secondsSince(startedAt)} s so far`), PROGRESS_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Whole seconds since `startedAt` (epoch milliseconds). */
export function secondsSince(startedAt) {
  return Math.round((Date.now() - startedAt) / 1000);
}

/** Prints a failure as two plain lines: what failed, and what fixes it. */
export function explain(error, print = (line) => process.stderr.write(`${line}\n`)) {
  if (!(error instanceof Failure)) {
    print(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return;
  }
  print('');
  print(`✗ ${error.message}`);
  if (error.fix) print(`  To fix it: ${error.fix}`);
}
