/** Event names to the tuple of arguments their listeners get. */
export type EventMap = Record<string, readonly unknown[]>;

/** Takes a listener off again. */
export type Unsubscribe = () => void;

/** The `on` that an owner of an {@link Emitter} exposes. */
export interface EventSource<Events extends EventMap> {
  on<Name extends keyof Events & string>(event: Name, listener: (...args: Events[Name]) => void): Unsubscribe;
}

type Listeners<Events extends EventMap> = { [Name in keyof Events]?: readonly ((...args: Events[Name]) => void)[] };

/**
 * Typed events, kept private by their owner, who exposes only `on`.
 * A listener that throws never reaches whoever emitted: `onListenerError` hears of it and the other listeners still run.
 */
export class Emitter<Events extends EventMap> implements EventSource<Events> {
  readonly #onListenerError: (error: unknown) => void;
  /** The lists are replaced, never changed: one that is being gone through stays as it was. */
  #listeners: Listeners<Events> = {};

  constructor(onListenerError: (error: unknown) => void = () => {}) {
    this.#onListenerError = onListenerError;
  }

  on<Name extends keyof Events & string>(event: Name, listener: (...args: Events[Name]) => void): Unsubscribe {
    // The same function may listen twice; each time has an end of its own.
    const own = (...args: Events[Name]) => listener(...args);
    this.#listeners[event] = [...(this.#listeners[event] ?? []), own];
    return () => {
      this.#listeners[event] = this.#listeners[event]?.filter((each) => each !== own);
    };
  }

  emit<Name extends keyof Events & string>(event: Name, ...args: Events[Name]): void {
    for (const listener of this.#listeners[event] ?? []) {
      try {
        listener(...args);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }

  /** Takes every listener off. */
  clear(): void {
    this.#listeners = {};
  }
}
