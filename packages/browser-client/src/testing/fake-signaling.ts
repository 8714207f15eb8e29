import {
  emptySignalingRelay,
  parsePeerId,
  type SignalingRelayInput,
  type SignalingRelayState,
  SUBPROTOCOL,
  stepSignalingRelay,
  TOKEN_SUBPROTOCOL_PREFIX,
} from '@voice-bridge/core';
import type { TextLine, TextLineFactory, TextLineSinks } from '../phone/shared/signaling-host.ts';

/** One WebSocket of a {@link FakeSignaling}. */
interface FakeLine {
  readonly peerId: string;
  readonly token: string | null;
  readonly sinks: TextLineSinks;
  open: boolean;
}

/** The signaling of one conversation as a bridge relays it, for lines of the same test. What is said arrives a microtask later. */
export class FakeSignaling {
  /** Whether a new line comes up; null: nothing is ever heard of it. */
  reachable: boolean | null = true;
  /** Who is let in and at once sent away, as by a bridge where somebody else has that peer id. */
  readonly refused = new Set<string>();
  /** Everything that was said, as `peer text`. */
  readonly said: string[] = [];
  /** Every line that was asked for, the newest last. */
  readonly dialled: { readonly peerId: string; readonly token: string | null }[] = [];
  readonly #lines = new Map<number, FakeLine>();
  #connections = 0;
  #state: SignalingRelayState = emptySignalingRelay;

  readonly openTextLine: TextLineFactory = (url, protocols, sinks) => {
    if (protocols[0] !== SUBPROTOCOL) throw new TypeError('The fake bridge speaks its own protocol only');
    const token = protocols[1]?.slice(TOKEN_SUBPROTOCOL_PREFIX.length) ?? null;
    const connection = ++this.#connections;
    const line: FakeLine = { peerId: url.slice(url.lastIndexOf('/') + 1), token, sinks, open: true };
    this.dialled.push({ peerId: line.peerId, token });
    this.#lines.set(connection, line);
    queueMicrotask(() => this.#answer(connection, line));
    return this.#lineOf(connection, line);
  };

  /** Who is there. */
  get peers(): string[] {
    return [...this.#lines.values()].map(({ peerId }) => peerId);
  }

  /** Ends a peer's line from the bridge's side. */
  drop(peerId: string, code = 1006): void {
    for (const [connection, line] of this.#lines) {
      if (line.peerId === peerId) this.#end(connection, line, code);
    }
  }

  /** Tells a peer something as the bridge. */
  tell(peerId: string, message: unknown): void {
    for (const line of this.#lines.values()) if (line.peerId === peerId) line.sinks.onText(JSON.stringify(message));
  }

  #answer(connection: number, line: FakeLine): void {
    if (!line.open || this.reachable === null) return;
    const peerId = parsePeerId(line.peerId);
    if (!this.reachable || peerId === undefined) {
      this.#end(connection, line, 1006);
      return;
    }
    line.sinks.onOpen();
    if (this.refused.has(peerId)) this.#end(connection, line, 4403);
    else this.#take({ type: 'join', peerId, connection });
  }

  #lineOf(connection: number, line: FakeLine): TextLine {
    return {
      send: (text) => {
        this.said.push(`${line.peerId} ${text}`);
        queueMicrotask(() => this.#take({ type: 'message', connection, text }));
      },
      close: () => {
        if (!line.open) return;
        line.open = false;
        this.#lines.delete(connection);
        this.#take({ type: 'leave', connection });
      },
    };
  }

  #end(connection: number, line: FakeLine, code: number): void {
    if (!line.open) return;
    line.open = false;
    this.#lines.delete(connection);
    this.#take({ type: 'leave', connection });
    line.sinks.onClosed(code);
  }

  #take(input: SignalingRelayInput): void {
    const { state, effects } = stepSignalingRelay(this.#state, input);
    this.#state = state;
    for (const effect of effects) {
      if (effect.type === 'absent') continue;
      const line = this.#lines.get(effect.connection);
      if (line === undefined) continue;
      if (effect.type === 'send') line.sinks.onText(effect.text);
      else this.#end(effect.connection, line, 4409);
    }
  }
}
