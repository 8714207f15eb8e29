import { MAX_GAIN, type PhoneId } from '@voice-bridge/core';
import type { MixSource } from './desktop-end.ts';

/** What the user wants of the mix: kept while phones come and go, and while the link is closed. */
export class MixSettings {
  selected: 'all' | MixSource = 'all';
  sendsMicrophoneToPhone: boolean;
  readonly #gains = new Map<MixSource, number>();
  readonly #muted = new Set<MixSource>();

  constructor(sendsMicrophoneToPhone: boolean) {
    this.sendsMicrophoneToPhone = sendsMicrophoneToPhone;
  }

  gain(source: MixSource): number {
    return this.#gains.get(source) ?? 1;
  }

  isMuted(source: MixSource): boolean {
    return this.#muted.has(source);
  }

  /** Throws `RangeError` for what is not from 0 to 4. */
  setGain(source: MixSource, gain: number): void {
    if (!(gain >= 0 && gain <= MAX_GAIN)) throw new RangeError(`A gain is from 0 to ${MAX_GAIN}`);
    this.#gains.set(source, gain);
  }

  setMuted(source: MixSource, muted: boolean): void {
    if (muted) this.#muted.add(source);
    else this.#muted.delete(source);
  }

  /** The factor on a source's sound in the mix. */
  factor(source: MixSource): number {
    return this.isSelected(source) && !this.isMuted(source) ? this.gain(source) : 0;
  }

  /** Whether a source is, as far as that goes, to be heard. */
  isSelected(source: MixSource): boolean {
    return this.selected === 'all' || this.selected === source;
  }

  /** Forgets a phone that was taken out. Was it the only one selected, all are, but the desktop stays silent: it is muted now. */
  forget(source: PhoneId): void {
    this.#gains.delete(source);
    this.#muted.delete(source);
    if (this.selected !== source) return;
    this.selected = 'all';
    this.#muted.add('desktop');
  }
}
