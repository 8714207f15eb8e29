import type { PairedPhones, PhoneId } from '@voice-bridge/core';
import type { PairingApi } from './pairing-api.ts';

/** What a {@link PhoneRoll} learnt. */
export interface RollAnswer {
  /** Who is invited, waits, or has been accepted. */
  readonly phones: PairedPhones['phones'];
  /** Who was paired, and is not any more; another phone may have been paired as that one since. */
  readonly gone: readonly PhoneId[];
}

/** Which phones are paired, as the bridge said last: nobody is told what ended while the signaling was down. */
export class PhoneRoll {
  readonly #pairing: Pick<PairingApi, 'phones'>;
  readonly #over: AbortSignal;
  /** The id of each phone's pairing. */
  readonly #paired = new Map<PhoneId, string>();
  /** The newest question when a phone was taken out: its answer, and older ones, know nothing of that. */
  readonly #forgotten = new Map<PhoneId, number>();
  #asked = 0;
  #answered = 0;

  constructor(pairing: Pick<PairingApi, 'phones'>, over: AbortSignal) {
    this.#pairing = pairing;
    this.#over = over;
  }

  /** Whether it was paired when that was asked last. */
  has(peerId: PhoneId): boolean {
    return this.#paired.has(peerId);
  }

  /** A phone was taken out, or went for good. */
  forget(peerId: PhoneId): void {
    this.#paired.delete(peerId);
    this.#forgotten.set(peerId, this.#asked);
  }

  /** Asks the bridge. An answer that comes after a newer one ends nobody. Rejects with a coded error. */
  async ask(): Promise<RollAnswer> {
    const number = ++this.#asked;
    const listed = await this.#pairing.phones(this.#over);
    this.#over.throwIfAborted();
    const phones = listed.filter(({ peer_id }) => number > (this.#forgotten.get(peer_id) ?? 0));
    if (number < this.#answered) return { phones, gone: [] };
    this.#answered = number;
    const before = new Map(this.#paired);
    this.#paired.clear();
    for (const { peer_id, phone_id } of phones) if (phone_id !== null) this.#paired.set(peer_id, phone_id);
    const gone = [...before].flatMap(([peerId, id]) => (this.#paired.get(peerId) === id ? [] : [peerId]));
    return { phones, gone };
  }
}
