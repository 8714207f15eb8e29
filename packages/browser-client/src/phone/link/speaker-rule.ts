import type { CancelTimer, Clock } from '@voice-bridge/core';
import type { SpeakerWhilePhone } from './desktop-end.ts';

/** How long after the last phone went silent the desktop's speaker is as loud as before, in ms: a phone that reconnects is no change. */
const HOLD_MS = 2_000;
const VOLUMES = { duck: 0.2, mute: 0, leave: 1 } as const satisfies Record<SpeakerWhilePhone, number>;

/** Turns the desktop's speaker down while a phone's microphone is open: what it plays would come back through that one. */
export class SpeakerRule {
  readonly #clock: Clock;
  readonly #volume: number;
  readonly #onVolume: (volume: number) => void;
  #active = false;
  #cancel: CancelTimer | null = null;

  constructor(clock: Clock, rule: SpeakerWhilePhone, onVolume: (volume: number) => void) {
    this.#clock = clock;
    this.#volume = VOLUMES[rule];
    this.#onVolume = onVolume;
  }

  /** A factor from 0 to 1. */
  get volume(): number {
    return this.#active ? this.#volume : 1;
  }

  /** Whether a phone's microphone is in the mix now. */
  set(active: boolean): void {
    if (active) {
      this.#cancel?.();
      this.#cancel = null;
      this.#become(true);
    } else if (this.#active) {
      this.#cancel ??= this.#clock.after(HOLD_MS, () => this.#become(false));
    }
  }

  /** Ends the rule, at once. */
  close(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#active = false;
  }

  #become(active: boolean): void {
    if (active === this.#active) return;
    this.#active = active;
    this.#cancel = null;
    this.#onVolume(this.volume);
  }
}
