import {
  acceptedResponseSchema,
  ENDPOINTS,
  type PairedPhones,
  type PairingResponse,
  type PhoneId,
  pairedPhonesSchema,
  pairingResponseSchema,
  phonePath,
  phonesPath,
  removedResponseSchema,
} from '@voice-bridge/core';
import { type BridgeHttp, readAnswer } from '../../bridge/bridge-http.ts';

/** The pairing of one conversation's phones. Every method rejects with a coded error. */
export class PairingApi {
  readonly #http: BridgeHttp;
  readonly #conversationId: string;

  constructor(http: BridgeHttp, conversationId: string) {
    this.#http = http;
    this.#conversationId = conversationId;
  }

  /** A token and a code for a phone; without a peer id for the first free one. */
  async invite(peerId: PhoneId | undefined, confirm: boolean, signal: AbortSignal): Promise<PairingResponse> {
    const body = { conversation_id: this.#conversationId, peer_id: peerId, confirm };
    const text = await this.#http.ask({ method: 'POST', path: ENDPOINTS.pairing, body }, signal);
    return readAnswer(pairingResponseSchema, text);
  }

  /** Who is invited, waits, or has been accepted. */
  async phones(signal: AbortSignal): Promise<PairedPhones['phones']> {
    const path = phonesPath(this.#conversationId);
    return readAnswer(pairedPhonesSchema, await this.#http.ask({ method: 'GET', path }, signal)).phones;
  }

  /** Lets a phone do all it may. */
  async accept(peerId: PhoneId, signal: AbortSignal): Promise<void> {
    const path = phonePath(this.#conversationId, peerId);
    readAnswer(acceptedResponseSchema, await this.#http.ask({ method: 'POST', path }, signal));
  }

  /** Makes a phone's credential, or its invitation, worthless. */
  async remove(peerId: PhoneId, signal: AbortSignal): Promise<void> {
    const path = phonePath(this.#conversationId, peerId);
    readAnswer(removedResponseSchema, await this.#http.ask({ method: 'DELETE', path }, signal));
  }
}
