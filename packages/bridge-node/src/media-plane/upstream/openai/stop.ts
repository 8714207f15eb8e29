/** A stop that may come at any time: what is awaited through {@link Stop.or} ends with it. The first reason counts. */
export class Stop {
  readonly #stopped: Promise<never>;
  #reject: (error: Error) => void = () => {};
  #reason: Error | undefined;

  constructor() {
    this.#stopped = new Promise<never>((_, reject) => {
      this.#reject = reject;
    });
    // Nobody may be waiting when it comes.
    this.#stopped.catch(() => {});
  }

  /** Throws the reason when it was stopped. */
  check(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  /** Rejects everything that waits now or later. */
  stop(reason: Error): void {
    this.#reason ??= reason;
    this.#reject(reason);
  }

  /** The promise, or a rejection with the reason as soon as there is one. */
  async or<T>(promise: Promise<T>): Promise<T> {
    if (this.#reason !== undefined) {
      promise.catch(() => {});
      throw this.#reason;
    }
    return Promise.race([promise, this.#stopped]);
  }
}
