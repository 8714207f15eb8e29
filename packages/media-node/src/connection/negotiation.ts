import { toVoiceBridgeError } from '@voice-bridge/core';
import type { ConnectionLife } from './connection-life.ts';

/** One offer and one answer per connection, in the right order; a failed step ends the connection. */
export class Negotiation {
  readonly #life: ConnectionLife;
  #state: 'new' | 'offered' | 'done' = 'new';
  #running: Promise<unknown> = Promise.resolve();

  constructor(life: ConnectionLife) {
    this.#life = life;
  }

  /** Runs the step that makes our offer. */
  offer<T>(step: () => Promise<T>): Promise<T> {
    return this.#run('new', 'offered', step);
  }

  /** Runs the step that takes the answer to our offer. */
  accept<T>(step: () => Promise<T>): Promise<T> {
    return this.#run('offered', 'done', step);
  }

  /** Runs the step that answers a remote offer. */
  answer<T>(step: () => Promise<T>): Promise<T> {
    return this.#run('new', 'done', step);
  }

  /** Resolves when no step is running any more, however it ended. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run<T>(from: 'new' | 'offered', to: 'offered' | 'done', step: () => Promise<T>): Promise<T> {
    this.#life.requireOpen();
    if (this.#state !== from) throw new TypeError('A media connection makes or answers one offer, once');
    this.#state = to;
    try {
      const running = step();
      this.#running = running.catch(() => {});
      const result = await running;
      this.#life.requireOpen();
      return result;
    } catch (cause) {
      const error = toVoiceBridgeError(cause, 'internal', 'The media connection could not be negotiated');
      this.#life.end(error);
      throw error;
    }
  }
}
