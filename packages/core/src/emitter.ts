import { EventEmitter } from 'eventemitter3';

/** Event names to the tuple of arguments their listeners get. */
export type EventMap = Record<string, readonly unknown[]>;

/** Takes a listener off again. */
export type Unsubscribe = () => void;

/** The `on` that an owner of an {@link Emitter} exposes. */
export interface EventSource<Events extends EventMap> {
  on<Name extends keyof Events & string>(event: Name, listener: (...args: Events[Name]) => void): Unsubscribe;
}

/**
 * Typed events, kept private by their owner, who exposes only `on`.
 * A listener that throws never reaches whoever emitted: `onListenerError` hears of it and the other listeners still run.
 */
export class Emitter<Events extends EventMap> implements EventSource<Events> {
  readonly #emitter = new EventEmitter();
  readonly #onListenerError: (error: unknown) => void;

  constructor(onListenerError: (error: unknown) => void = () => {}) {
    this.#onListenerError = onListenerError;
  }

  on<Name extends keyof Events & string>(event: Name, listener: (...args: Events[Name]) => void): Unsubscribe {
    const guarded = (...args: Events[Name]) => {
      try {
        listener(...args);
      } catch (error) {
        this.#onListenerError(error);
      }
    };
    this.#emitter.on(event, guarded);
    return () => {
      this.#emitter.off(event, guarded);
    };
  }

  emit<Name extends keyof Events & string>(event: Name, ...args: Events[Name]): void {
    this.#emitter.emit(event, ...args);
  }

  /** Takes every listener off. */
  clear(): void {
    this.#emitter.removeAllListeners();
  }
}
