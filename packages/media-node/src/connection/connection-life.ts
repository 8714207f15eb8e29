import {
  type Clock,
  Emitter,
  type Logger,
  silentLogger,
  toVoiceBridgeError,
  VoiceBridgeError,
} from '@voice-bridge/core';
import type { MediaConnectionEvents, MediaConnectionState } from './media-connection.ts';

/** From creation to connected, in ms, unless the options say otherwise. */
export const DEFAULT_CONNECT_TIMEOUT_MS = 15_000;

/** What a {@link ConnectionLife} needs from its connection. */
export interface ConnectionLifeOptions {
  readonly clock: Clock;
  readonly connectTimeoutMs?: number | undefined;
  readonly logger?: Logger | undefined;
  /** Frees sockets, timers and channels; called exactly once. */
  readonly free: () => Promise<void>;
}

/** The states one connection passes, its connect deadline and its single end: the same for every implementation. */
export class ConnectionLife {
  readonly events: Emitter<MediaConnectionEvents>;
  readonly #logger: Logger;
  readonly #free: () => Promise<void>;
  readonly #cancelDeadline: () => void;
  readonly #connected: Deferred<void> = defer();
  readonly #freed: Deferred<void> = defer();
  #state: MediaConnectionState = { name: 'new' };

  constructor(options: ConnectionLifeOptions) {
    const timeoutMs = options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS;
    this.#logger = options.logger ?? silentLogger;
    this.#free = options.free;
    this.events = new Emitter((error) => this.#logger.error({ error }, 'A listener of a media connection threw'));
    this.#connected.promise.catch(() => {});
    this.#cancelDeadline = options.clock.after(timeoutMs, () => {
      this.end(new VoiceBridgeError('connect_timeout', `The media connection was not up within ${timeoutMs} ms`));
    });
  }

  get state(): MediaConnectionState {
    return this.#state;
  }

  /** Resolves when connected, rejects when the connection ended before. */
  whenConnected(): Promise<void> {
    return this.#connected.promise;
  }

  /** Throws the reason when the connection is over. */
  requireOpen(): void {
    if (this.#state.name === 'closed') throw this.#state.error ?? aborted();
  }

  /** new → connecting; nothing in any other state. */
  connecting(): void {
    if (this.#state.name === 'new') this.#change({ name: 'connecting' });
  }

  /** new, connecting → connected; nothing in any other state. */
  connected(): void {
    if (this.#state.name !== 'new' && this.#state.name !== 'connecting') return;
    this.#cancelDeadline();
    this.#change({ name: 'connected' });
    this.#connected.resolve();
  }

  /** Ends it because of `error`: before it was connected as it is, afterwards as `connection_lost`. */
  fail(error: VoiceBridgeError): void {
    const lost = this.#state.name === 'connected';
    this.end(lost ? new VoiceBridgeError('connection_lost', error.message, { cause: error }) : error);
  }

  /** Any state → closed, then frees everything. Idempotent: resolves when all is freed. */
  end(error?: VoiceBridgeError): Promise<void> {
    if (this.#state.name === 'closed') return this.#freed.promise;
    this.#cancelDeadline();
    this.#change({ name: 'closed', error });
    this.#connected.reject(error ?? aborted());
    this.#free()
      .catch((cause) => this.#logger.warn({ error: toVoiceBridgeError(cause, 'internal', 'close') }, 'Close failed'))
      .finally(() => {
        this.events.clear();
        this.#freed.resolve();
      });
    return this.#freed.promise;
  }

  #change(state: MediaConnectionState): void {
    this.#state = state;
    this.events.emit('stateChanged', state);
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

function defer<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

function aborted(): VoiceBridgeError {
  return new VoiceBridgeError('aborted', 'The media connection was closed');
}
