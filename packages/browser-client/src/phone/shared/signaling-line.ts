import {
  type CancelTimer,
  CLOSE_CODES,
  type ConnectionEffect,
  type ConnectionState,
  defaultReconnectPolicy,
  type ErrorCode,
  isErrorCode,
  type PeerId,
  parseSignalingEvent,
  type SignalingEvent,
  type SignalingMessage,
  SUBPROTOCOL,
  signalingPath,
  TOKEN_SUBPROTOCOL_PREFIX,
  VoiceBridgeError,
} from '@voice-bridge/core';
import { failureOf } from '../../abortable.ts';
import type { BridgeHttp } from '../../bridge/bridge-http.ts';
import { type ConnectionMachine, openConnectionMachine } from '../../connection-machine.ts';
import type { SignalingHost } from './signaling-host.ts';
import { StreamLine } from './stream-line.ts';

/** What a {@link SignalingLine} tells. Nothing after `onEnded` and after `close()`. */
export interface SignalingSinks {
  /** We are there, at first or again: who else is there is told next, one `peer` event each. */
  onOpen(): void;
  onEvent(event: SignalingEvent): void;
  /** It broke; it is redialled for as long as it takes. */
  onLost(error: VoiceBridgeError): void;
  /** It is over for good: `session_replaced`, `participant_removed`, `unauthorized`, or whatever the first dial met. */
  onEnded(error: VoiceBridgeError): void;
}

/** What a {@link SignalingLine} works with. */
export interface SignalingLineOptions {
  readonly http: BridgeHttp;
  readonly host: Pick<SignalingHost, 'clock' | 'random' | 'fetch' | 'openTextLine' | 'onNetworkBack'>;
  readonly conversationId: string;
  readonly peerId: PeerId;
  readonly sinks: SignalingSinks;
}

/** One way to the bridge: a WebSocket, or requests. */
interface Way {
  send(text: string): void;
  close(): void;
}

const POLICY = { ...defaultReconnectPolicy, dialTimeoutMs: 10_000, maxRedials: Number.POSITIVE_INFINITY };
/** For a WebSocket to come up, in ms: one that does not may be held up by something between us and the bridge. */
const WEB_SOCKET_MS = 4_000;
/** How long a network in which WebSockets did not pass is taken for such, in ms. */
const WITHOUT_WEB_SOCKET_MS = 300_000;
/** A token that was good for so long has run out: a fresh one may do. */
const TOKEN_WAS_GOOD_MS = 5_000;

/** A peer's place at the bridge's signaling: by WebSocket, or where that fails by POST and server-sent events. Comes back by itself. */
export class SignalingLine {
  readonly #options: SignalingLineOptions;
  readonly #over = new AbortController();
  readonly #connection: ConnectionMachine;
  readonly #stopWatchingNetwork: () => void;
  #way: Way | null = null;
  #cancelWait: CancelTimer = () => {};
  /** Until then they are taken for what does not pass here; 0: nobody knows. */
  #withoutWebSocketUntil = 0;
  #openedAt: number | null = null;
  #said: ErrorCode | null = null;

  constructor(options: SignalingLineOptions) {
    this.#options = options;
    const { host } = options;
    this.#connection = openConnectionMachine({
      host,
      policy: POLICY,
      perform: (effect) => this.#perform(effect),
      onChange: (state) => this.#changed(state),
    });
    this.#stopWatchingNetwork = host.onNetworkBack(() => {
      this.networkChanged();
      this.redial();
    });
  }

  /** Whether what is said reaches the bridge. */
  get isOpen(): boolean {
    return this.#connection.state.name === 'connected';
  }

  /** Begins. The first dial is tried once: `onEnded` comes when it fails. */
  open(): void {
    this.#connection.send({ type: 'connect' });
  }

  /** Says something to the other end; false, and lost, while the line is not open. */
  send(message: SignalingMessage): boolean {
    if (!this.isOpen) return false;
    this.#way?.send(JSON.stringify(message));
    return true;
  }

  /** Comes again, at once: the other end is told that we left and joined. */
  redial(): void {
    const { dial, name } = this.#connection.state;
    if (name === 'connected') {
      const error = new VoiceBridgeError('connection_lost', 'The signaling begins anew');
      this.#connection.send({ type: 'lost', dial, error });
    }
    this.#connection.send({ type: 'retryNow' });
  }

  /** What did not pass in the last network may pass in this one: the next dial tries it. */
  networkChanged(): void {
    this.#withoutWebSocketUntil = 0;
  }

  /** Leaves; idempotent and final. */
  close(): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    this.#stopWatchingNetwork();
    this.#connection.send({ type: 'disconnect' });
  }

  #perform(effect: ConnectionEffect): void {
    if (effect.type === 'dial') {
      void this.#dial(effect.dial);
      return;
    }
    this.#cancelWait();
    this.#way?.close();
    this.#way = null;
  }

  #changed(state: ConnectionState): void {
    if (this.#over.signal.aborted) return;
    const { sinks } = this.#options;
    if (state.name === 'connected') sinks.onOpen();
    else if (state.name === 'reconnecting' && state.phase === 'waiting') sinks.onLost(state.error);
    else if (state.name === 'failed') this.#end(state.error);
  }

  #end(error: VoiceBridgeError): void {
    this.close();
    this.#options.sinks.onEnded(error);
  }

  async #dial(dial: number): Promise<void> {
    const { http, host, conversationId, peerId } = this.#options;
    // Asked when there is something to dial, and only then: what is connected is left alone.
    if (host.clock.now() < this.#withoutWebSocketUntil) return this.#listen(dial);
    this.#withoutWebSocketUntil = 0;
    try {
      const token = await http.token(this.#over.signal);
      if (!this.#isDialling(dial)) return;
      const protocols = token === null ? [SUBPROTOCOL] : [SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX + token];
      this.#way = host.openTextLine(http.address(signalingPath(conversationId, peerId)), protocols, {
        onOpen: () => this.#opened(dial),
        onText: (text) => this.#heard(dial, text),
        onClosed: (code) => this.#closed(dial, code),
      });
      this.#cancelWait = host.clock.after(WEB_SOCKET_MS, () => this.#listen(dial));
    } catch (thrown) {
      const error = failureOf(thrown, this.#over.signal);
      // A token that fits into no subprotocol is one more reason to do without.
      if (error.code === 'internal') this.#listen(dial);
      else this.#connection.send({ type: 'lost', dial, error });
    }
  }

  #listen(dial: number): void {
    if (!this.#isDialling(dial)) return;
    this.#cancelWait();
    this.#way?.close();
    const { http, host, conversationId, peerId } = this.#options;
    const line = new StreamLine({
      http,
      fetch: host.fetch,
      conversationId,
      peerId,
      sinks: {
        onOpen: () => {
          this.#withoutWebSocketUntil ||= host.clock.now() + WITHOUT_WEB_SOCKET_MS;
          this.#opened(dial);
        },
        onText: (text) => this.#heard(dial, text),
        onLost: (error) => this.#connection.send({ type: 'lost', dial, error: this.#softened(error) }),
      },
    });
    this.#way = line;
    line.open();
  }

  #isDialling(dial: number): boolean {
    const { state } = this.#connection;
    return state.dial === dial && (state.name === 'connecting' || state.name === 'reconnecting');
  }

  #opened(dial: number): void {
    this.#cancelWait();
    this.#openedAt = this.#options.host.clock.now();
    this.#said = null;
    this.#connection.send({ type: 'dialled', dial });
  }

  #closed(dial: number, code: number): void {
    // It never came up, and nobody said why: something between us and the bridge does not let WebSockets pass.
    if (this.#isDialling(dial)) this.#listen(dial);
    else this.#connection.send({ type: 'lost', dial, error: this.#softened(errorOfClose(code, this.#said)) });
  }

  #heard(dial: number, text: string): void {
    const parsed = parseSignalingEvent(text);
    // A message of a newer bridge that this page does not know is none of its business.
    if (!parsed.ok || this.#over.signal.aborted) return;
    const event = parsed.value;
    const ending = endingOf(event, this.#options.peerId);
    if (ending !== undefined) {
      this.#connection.send({ type: 'ended', dial, error: ending });
      return;
    }
    if (event.type === 'error' && isErrorCode(event.code)) this.#said = event.code;
    this.#options.sinks.onEvent(event);
  }

  #softened(error: VoiceBridgeError): VoiceBridgeError {
    const { clock } = this.#options.host;
    const wasGood = this.#openedAt !== null && clock.now() - this.#openedAt >= TOKEN_WAS_GOOD_MS;
    if (error.code !== 'unauthorized' || !wasGood) return error;
    this.#openedAt = null;
    return new VoiceBridgeError('unauthorized', error.message, { retryable: true });
  }
}

function endingOf(event: SignalingEvent, self: PeerId): VoiceBridgeError | undefined {
  if (event.type !== 'peer' || event.peer_id !== self) return undefined;
  if (event.state === 'replaced') return REPLACED;
  return event.state === 'removed' ? REMOVED : undefined;
}

const REPLACED = new VoiceBridgeError('session_replaced', 'Another page is this one now', {
  hint: 'Open it here again to take it back.',
});
const REMOVED = new VoiceBridgeError('participant_removed', 'The desktop took this phone out', {
  hint: 'Scan a new code on the desktop.',
});

function errorOfClose(code: number, said: ErrorCode | null): VoiceBridgeError {
  switch (code) {
    case CLOSE_CODES.replaced:
      return REPLACED;
    case CLOSE_CODES.unauthorized:
      return new VoiceBridgeError('unauthorized', 'The bridge does not know who this is');
    case CLOSE_CODES.forbidden:
      return said === 'participant_removed' ? REMOVED : new VoiceBridgeError('forbidden', 'This may not be done here');
    case CLOSE_CODES.not_found:
      return new VoiceBridgeError('not_found', 'There is no such conversation');
    case CLOSE_CODES.invalid_peer_id:
      return new VoiceBridgeError('invalid_request', 'The bridge knows no such peer');
    default:
      return new VoiceBridgeError('connection_lost', 'The signaling was lost');
  }
}
