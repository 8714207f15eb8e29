import type { SessionStats } from '../../seam/session-events.ts';
import { type Deferred, deferred } from './deferred.ts';

/** Asks a session for its statistics once, however many want them meanwhile. */
export class StatsRequests {
  readonly #request: () => void;
  #pending: Deferred<SessionStats | undefined> | undefined;

  /** `request` makes the session answer. */
  constructor(request: () => void) {
    this.#request = request;
  }

  /** Resolves with what the session answers next. */
  ask(): Promise<SessionStats | undefined> {
    if (this.#pending !== undefined) return this.#pending.promise;
    const pending = deferred<SessionStats | undefined>();
    this.#pending = pending;
    this.#request();
    return pending.promise;
  }

  /** Hands the answer to whoever waits; undefined: there will be none. */
  answer(stats: SessionStats | undefined): void {
    this.#pending?.resolve(stats);
    this.#pending = undefined;
  }
}
