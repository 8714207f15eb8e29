import {
  emptySignalingRelay,
  type Logger,
  type PeerId,
  PHONE_IDS,
  type PhoneId,
  type SignalingRelayEffect,
  type SignalingRelayInput,
  type SignalingRelayState,
  stepSignalingRelay,
  VoiceBridgeError,
} from '@voice-bridge/core';
import type { Identity } from '../http/identity.ts';

/** One peer's end of the signaling, as the relay sees it. */
export interface SignalingListener {
  /** One message for the peer. */
  hear(text: string): void;
  /** Somebody else has its peer id from now on; it was told, and hears no more. */
  replaced(): void;
  /** The desktop does not want it any more; it was told, and hears no more. */
  removed(): void;
  /** Its peer id is somebody else's from now on, for this reason, which it was not told; it hears no more. */
  ousted(error: VoiceBridgeError): void;
  /** The server is shutting down. */
  closing(): void;
}

/** A peer that joined. */
export interface JoinedPeer {
  /** Passes a message on, or tells this peer why not. */
  say(text: string): void;
  /** Ends its part; a second time, and after it was replaced, nothing happens. */
  leave(): void;
}

interface Connected {
  readonly identity: Identity;
  readonly listener: SignalingListener;
}

/** The signaling of every conversation: runs the relay's steps, and forgets a conversation that everybody left. */
export class SignalingRelays {
  readonly #logger: Logger;
  readonly #maxPeers: number;
  readonly #states = new Map<string, SignalingRelayState>();
  readonly #connected = new Map<number, Connected>();
  #connections = 0;
  #closed = false;

  /** At most `maxPeers` at once, over all conversations. */
  constructor(options: { readonly logger: Logger; readonly maxPeers: number }) {
    this.#logger = options.logger;
    this.#maxPeers = options.maxPeers;
  }

  /** Conversations with at least one peer. */
  get size(): number {
    return this.#states.size;
  }

  /** Joins a conversation's signaling as somebody; whoever has the peer id is replaced. Throws `rate_limited` and `shutting_down`. */
  join(conversationId: string, peerId: PeerId, identity: Identity, listener: SignalingListener): JoinedPeer {
    if (this.#closed) throw new VoiceBridgeError('shutting_down', 'The server is shutting down');
    if (this.#connected.size >= this.#maxPeers) {
      throw new VoiceBridgeError('rate_limited', 'As many signal as may');
    }
    const connection = this.#connections++;
    this.#connected.set(connection, { identity, listener });
    this.#take(conversationId, { type: 'join', peerId, connection });
    return {
      say: (text) => this.#take(conversationId, { type: 'message', connection, text }),
      leave: () => {
        this.#connected.delete(connection);
        this.#take(conversationId, { type: 'leave', connection });
      },
    };
  }

  /** The phones of a conversation that are there, paired or not. */
  phonesOf(conversationId: string): PhoneId[] {
    const peers = this.#states.get(conversationId)?.peers;
    return PHONE_IDS.filter((phoneId) => peers?.has(phoneId));
  }

  /** Who has a peer id; undefined when nobody does. */
  whoIs(conversationId: string, peerId: PeerId): Identity | undefined {
    const connection = this.#states.get(conversationId)?.peers.get(peerId);
    return connection === undefined ? undefined : this.#connected.get(connection)?.identity;
  }

  /** Ends the part of whoever has a peer id, which is somebody else's from now on; others are told that it left. */
  oust(conversationId: string, peerId: PeerId, error: VoiceBridgeError): void {
    const connection = this.#states.get(conversationId)?.peers.get(peerId);
    if (connection === undefined) return;
    const listener = this.#dismiss(connection);
    this.#take(conversationId, { type: 'leave', connection });
    listener?.ousted(error);
  }

  /** {@link oust}s a phone, if it is there, and tells the desktop that this is none of its phones: what goes straight to there is to end, too. */
  displace(conversationId: string, peerId: PhoneId, error: VoiceBridgeError): void {
    if (this.whoIs(conversationId, peerId) === undefined) return;
    this.oust(conversationId, peerId, error);
    this.remove(conversationId, peerId);
  }

  /** Tells a phone that the desktop does not want it any more, and ends its part; the desktop is told, too. */
  remove(conversationId: string, peerId: PhoneId): void {
    this.#take(conversationId, { type: 'remove', peerId });
  }

  /** Tells a phone, if it is there, that the desktop accepted it. */
  accept(conversationId: string, peerId: PhoneId): void {
    this.#take(conversationId, { type: 'accept', peerId });
  }

  /** Ends every peer's part, and takes no more. */
  close(): void {
    this.#closed = true;
    for (const { listener } of [...this.#connected.values()]) listener.closing();
  }

  #take(conversationId: string, input: SignalingRelayInput): void {
    const before = this.#states.get(conversationId) ?? emptySignalingRelay;
    const { state, effects } = stepSignalingRelay(before, input);
    if (state.peers.size === 0) this.#states.delete(conversationId);
    else this.#states.set(conversationId, state);
    for (const effect of effects) this.#perform(conversationId, effect);
  }

  #perform(conversationId: string, effect: SignalingRelayEffect): void {
    switch (effect.type) {
      case 'send':
        this.#connected.get(effect.connection)?.listener.hear(effect.text);
        return;
      case 'closeReplaced':
        this.#dismiss(effect.connection)?.replaced();
        return;
      case 'closeRemoved':
        this.#dismiss(effect.connection)?.removed();
        return;
      case 'absent': {
        const { from, to, waits } = effect;
        this.#logger.debug({ conversationId, from, waits }, `signaling: ${to} not connected`);
      }
    }
  }

  #dismiss(connection: number): SignalingListener | undefined {
    const listener = this.#connected.get(connection)?.listener;
    this.#connected.delete(connection);
    return listener;
  }
}
