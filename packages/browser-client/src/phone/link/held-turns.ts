import type { CancelTimer, Clock, PhoneId } from '@voice-bridge/core';
import type { VoiceBridgeClient } from '../../voice-bridge-client.ts';

/** What a phone said last comes later than its word that it ends: by a buffer and the mix, in ms. */
export const LAST_WORDS_MS = 200;

/**
 * Turns of phones, where the bridge detects none: one begins when the first of them holds its button, and is to be answered when the last
 * one lets it go.
 */
export class HeldTurns {
  readonly #clock: Clock;
  readonly #client: Pick<VoiceBridgeClient, 'beginTurn' | 'endTurn'>;
  readonly #talking = new Set<PhoneId>();
  #cancelEnd: CancelTimer | null = null;

  constructor(clock: Clock, client: Pick<VoiceBridgeClient, 'beginTurn' | 'endTurn'>) {
    this.#clock = clock;
    this.#client = client;
  }

  /** Whether a phone holds its button. */
  set(peerId: PhoneId, talking: boolean): void {
    if (talking === this.#talking.has(peerId)) return;
    if (talking) this.#begin(peerId);
    else this.#end(peerId);
  }

  /** Ends the turn, at once. */
  close(): void {
    for (const peerId of [...this.#talking]) this.#end(peerId);
    this.#endNow();
  }

  #begin(peerId: PhoneId): void {
    const runs = this.#talking.size > 0 || this.#cancelEnd !== null;
    this.#cancelEnd?.();
    this.#cancelEnd = null;
    this.#talking.add(peerId);
    if (!runs) this.#client.beginTurn();
  }

  #end(peerId: PhoneId): void {
    this.#talking.delete(peerId);
    if (this.#talking.size === 0) this.#cancelEnd = this.#clock.after(LAST_WORDS_MS, () => this.#endNow());
  }

  #endNow(): void {
    if (this.#cancelEnd === null) return;
    this.#cancelEnd();
    this.#cancelEnd = null;
    this.#client.endTurn();
  }
}
