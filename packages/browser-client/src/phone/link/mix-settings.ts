import { MAX_GAIN, type PhoneId } from '@voice-bridge/core';
import type { MixSource } from './desktop-end.ts';
import type { KeptMutes } from './kept-mutes.ts';

/** What the user wants of the mix: kept while phones come and go, and while the link is closed; which phones are muted also over a reload. */
export class MixSettings {
  selected: 'all' | MixSource = 'all';
  sendsMicrophoneToPhone: boolean;
  readonly #gains = new Map<MixSource, number>();
  readonly #kept: KeptMutes;
  /** Null: what was kept was not looked for yet. */
  #muted: Set<MixSource> | null = null;

  constructor(sendsMicrophoneToPhone: boolean, kept: KeptMutes) {
    this.sendsMicrophoneToPhone = sendsMicrophoneToPhone;
    this.#kept = kept;
  }

  gain(source: MixSource): number {
    return this.#gains.get(source) ?? 1;
  }

  isMuted(source: MixSource): boolean {
    return this.#mutes.has(source);
  }

  /** Throws `RangeError` for what is not from 0 to 4. */
  setGain(source: MixSource, gain: number): void {
    if (!(gain >= 0 && gain <= MAX_GAIN)) throw new RangeError(`A gain is from 0 to ${MAX_GAIN}`);
    this.#gains.set(source, gain);
  }

  setMuted(source: MixSource, muted: boolean): void {
    if (muted === this.isMuted(source)) return;
    if (muted) this.#mutes.add(source);
    else this.#mutes.delete(source);
    this.#kept.save([...this.#mutes].filter((each) => each !== 'desktop'));
  }

  /** The factor on a source's sound in the mix. */
  factor(source: MixSource): number {
    return this.isSelected(source) && !this.isMuted(source) ? this.gain(source) : 0;
  }

  /** Whether a source is, as far as that goes, to be heard. */
  isSelected(source: MixSource): boolean {
    return this.selected === 'all' || this.selected === source;
  }

  /** Forgets a phone that was taken out, and deselects it. */
  forget(source: PhoneId): void {
    this.#gains.delete(source);
    this.setMuted(source, false);
    this.deselect(source);
  }

  /** Was a phone the only one selected, all are from now on; but the desktop stays silent: it is muted. */
  deselect(source: PhoneId): void {
    if (this.selected !== source) return;
    this.selected = 'all';
    this.setMuted('desktop', true);
  }

  get #mutes(): Set<MixSource> {
    this.#muted ??= new Set(this.#kept.load());
    return this.#muted;
  }
}
