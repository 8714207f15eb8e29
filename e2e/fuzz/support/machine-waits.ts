import { readdirSync, readFileSync } from 'node:fs';

/** Time each thread has waited since it began, in ms. */
type Totals = ReadonlyMap<string, number>;

/**
 * How long the threads of a process stood ready without a core, by Linux's accounts. A thread that waits for another one of its
 * process (to collect garbage) is late with it, so all of them count. Elsewhere there are no accounts, and nothing is known.
 */
export class MachineWaits {
  #last: Totals = new Map();

  /** The longest wait of a thread of this process since this was last asked, in ms. */
  since(pid: number): number {
    const totals = threadWaits(pid);
    const waitedMs = longest(totals, this.#last);
    this.#last = totals;
    return waitedMs;
  }
}

function longest(totals: Totals, before: Totals): number {
  let most = 0;
  for (const [who, total] of totals) most = Math.max(most, total - (before.get(who) ?? total));
  return most;
}

/** The second figure of `schedstat`, for every thread. */
function threadWaits(pid: number): Totals {
  const folder = `/proc/${pid}/task`;
  return new Map(
    quietly(() => readdirSync(folder), []).map((thread) => {
      const waited = quietly(() => readFileSync(`${folder}/${thread}/schedstat`, 'utf8'), '0 0').split(' ')[1];
      return [thread, Number(waited) / 1e6];
    }),
  );
}

function quietly<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
