/** Ids of sessions that somebody else's took the place of: the newest `capacity` of them. */
export class ReplacedSessions {
  readonly #ids = new Set<string>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Remembers one; forgets the oldest when there are too many. */
  add(sessionId: string): void {
    this.#ids.delete(sessionId);
    this.#ids.add(sessionId);
    for (const oldest of this.#ids) {
      if (this.#ids.size <= this.#capacity) return;
      this.#ids.delete(oldest);
    }
  }

  has(sessionId: string): boolean {
    return this.#ids.has(sessionId);
  }
}
