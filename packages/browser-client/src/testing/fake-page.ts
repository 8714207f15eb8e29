/** The page around a client or an end of a phone link, without a browser: what hosts have in common. */
export class FakePage {
  /** What listeners threw. */
  readonly errors: unknown[] = [];
  readonly #leftListeners = new Set<() => void>();
  readonly #networkListeners = new Set<() => void>();

  readonly random = (): number => 0.5;

  readonly reportError = (error: unknown): void => {
    this.errors.push(error);
  };

  readonly onPageLeft = (listener: () => void): (() => void) => {
    this.#leftListeners.add(listener);
    return () => this.#leftListeners.delete(listener);
  };

  readonly onNetworkBack = (listener: () => void): (() => void) => {
    this.#networkListeners.add(listener);
    return () => this.#networkListeners.delete(listener);
  };

  /** Leaves the page. */
  leavePage(): void {
    for (const listener of this.#leftListeners) listener();
  }

  /** Brings the network back. */
  bringNetworkBack(): void {
    for (const listener of this.#networkListeners) listener();
  }

  /** Whatever a clean stop leaves behind; empty when nothing is open, listening or waiting. */
  leftovers(): string[] {
    return [
      ...Array.from({ length: this.#leftListeners.size }, () => 'page listener'),
      ...Array.from({ length: this.#networkListeners.size }, () => 'network listener'),
    ];
  }
}
