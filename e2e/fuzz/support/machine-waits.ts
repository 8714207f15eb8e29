import { readdirSync, readFileSync } from 'node:fs';

/** Time on one account of Linux's since it began, in ms. */
type Totals = ReadonlyMap<string, number>;

/**
 * How long the threads of some processes stood ready without a core, and the cores of a virtual machine without a host, by
 * Linux's accounts. A thread that waits for another one of its process (to collect garbage) is late with it, so all of them
 * count. Elsewhere there are no accounts, and nothing is known.
 */
export class MachineWaits {
  #last = new Map<string, Totals>();

  /** The longest wait of each process, and what was taken from each core, since this was last asked. */
  since(pids: readonly number[]): number[] {
    const accounts = [
      ...pids.map((pid) => [`${pid}`, threadWaits(pid)] as const),
      ...stolenFromCores().map(([core, ms]) => [core, new Map([[core, ms]])] as const),
    ];
    const waits = accounts.map(([who, totals]) => longest(totals, this.#last.get(who)));
    this.#last = new Map(accounts);
    return waits;
  }
}

function longest(totals: Totals, before: Totals | undefined): number {
  let most = 0;
  for (const [who, total] of totals) most = Math.max(most, total - (before?.get(who) ?? total));
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

/** The eighth figure of each core in `stat`, in steps of 10 ms. */
function stolenFromCores(): (readonly [core: string, totalMs: number])[] {
  const text = quietly(() => readFileSync('/proc/stat', 'utf8'), '');
  return [...text.matchAll(/^(cpu\d+)(?: \d+){7} (\d+)/gm)].map(([, core = '', steps]) => [core, Number(steps) * 10]);
}

function quietly<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
