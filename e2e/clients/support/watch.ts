const DEADLINE_MS = 20_000;

/** Waits for something to become true; looks whenever it is told that something happened. */
export class Watch {
  readonly #looks = new Set<() => void>();

  /** Something happened. */
  look(): void {
    for (const look of [...this.#looks]) look();
  }

  /** Resolves with what `find` gives as soon as that is something; rejects with `describe()` after 20 s. */
  until<Found>(find: () => Found | undefined, describe: () => unknown): Promise<Found> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(deadline);
        this.#looks.delete(look);
        resolve(found);
      };
      const deadline = setTimeout(() => {
        this.#looks.delete(look);
        reject(new Error(`Nothing came within ${DEADLINE_MS} ms of ${find}; instead: ${JSON.stringify(describe())}`));
      }, DEADLINE_MS);
      this.#looks.add(look);
      look();
    });
  }
}
