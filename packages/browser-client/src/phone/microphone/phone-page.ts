import type { Unsubscribe } from '@voice-bridge/core';

/** A phone's battery: how full, 0 to 1, and whether it is being charged. */
export interface PhoneBattery {
  readonly level: number;
  readonly charging: boolean;
}

/** What the page and the phone around it do, without regard to sound. */
export interface PhonePage {
  /** Whether the page is seen. */
  isVisible(): boolean;
  /** Whether there is a network, as far as the browser knows. */
  isOnline(): boolean;
  /** What the phone calls itself; null when it does not say. */
  deviceName(): string | null;
  /** Runs `listener` when the page is shown or hidden. */
  onVisibilityChanged(listener: () => void): Unsubscribe;
  /** Runs `listener` when the system stopped the page for a while, and it goes on. */
  onThawed(listener: () => void): Unsubscribe;
  /** Runs `listener` when the network came, went, or is another one. */
  onNetworkChanged(listener: () => void): Unsubscribe;
  /**
   * Keeps the screen on until stopped. Rejects where the browser cannot or will not. The system lets go of it when the page is hidden:
   * `onReleased` runs then, and only then.
   */
  keepScreenOn(onReleased: () => void): Promise<() => void>;
  /** Tells of the battery now and at every change; never where the browser does not tell. */
  watchBattery(listener: (battery: PhoneBattery) => void): Unsubscribe;
}
