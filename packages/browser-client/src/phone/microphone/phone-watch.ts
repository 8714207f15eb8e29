import type { PhoneBattery, PhonePage } from './phone-page.ts';
import type { PhoneTroubleCode } from './phone-trouble.ts';

/** What {@link PhoneWatch} tells. */
export interface PhoneWatchSinks {
  onTrouble(code: PhoneTroubleCode, present: boolean): void;
  onVisible(visible: boolean): void;
  onNetworkChanged(): void;
  /** The network is another one, or the page woke up: what was open may be dead. */
  onRetry(): void;
  onBattery(battery: PhoneBattery): void;
}

/** Watches the page and the phone around it, and keeps the screen on while the page is seen. */
export class PhoneWatch {
  readonly #page: PhonePage;
  readonly #sinks: PhoneWatchSinks;
  readonly #stops: (() => void)[];
  readonly #over = new AbortController();
  #letScreenGo: (() => void) | null = null;
  #asking = false;

  constructor(page: PhonePage, sinks: PhoneWatchSinks) {
    this.#page = page;
    this.#sinks = sinks;
    this.#stops = [
      page.onVisibilityChanged(() => this.#visibilityChanged()),
      page.onThawed(() => {
        sinks.onTrouble('page_frozen', true);
        sinks.onRetry();
      }),
      page.onNetworkChanged(() => {
        this.#tellOffline();
        sinks.onNetworkChanged();
        if (page.isOnline()) sinks.onRetry();
      }),
      page.watchBattery((battery) => sinks.onBattery(battery)),
    ];
    this.#tellOffline();
    this.#tellVisible();
    void this.#keepScreenOn();
  }

  /** Stops watching and lets the screen go; final and idempotent. */
  close(): void {
    this.#over.abort();
    for (const stop of this.#stops.splice(0)) stop();
    this.#letScreenGo?.();
    this.#letScreenGo = null;
  }

  #visibilityChanged(): void {
    this.#tellVisible();
    if (!this.#page.isVisible()) return;
    this.#sinks.onRetry();
    void this.#keepScreenOn();
  }

  #tellVisible(): void {
    const visible = this.#page.isVisible();
    this.#sinks.onTrouble('page_hidden', !visible);
    this.#sinks.onVisible(visible);
  }

  #tellOffline(): void {
    this.#sinks.onTrouble('offline', !this.#page.isOnline());
  }

  async #keepScreenOn(): Promise<void> {
    if (!this.#page.isVisible() || this.#letScreenGo !== null || this.#asking) return;
    this.#asking = true;
    try {
      const letGo = await this.#page.keepScreenOn(() => {
        this.#letScreenGo = null;
        // A hidden page loses it, and gets it back; a page that is seen lost it for good, as when the battery is nearly empty.
        if (this.#page.isVisible()) this.#sinks.onTrouble('screen_may_lock', true);
      });
      if (this.#over.signal.aborted) letGo();
      else this.#letScreenGo = letGo;
      if (!this.#over.signal.aborted) this.#sinks.onTrouble('screen_may_lock', false);
    } catch {
      // Too old a browser, or a battery that is nearly empty.
      if (!this.#over.signal.aborted) this.#sinks.onTrouble('screen_may_lock', this.#page.isVisible());
    } finally {
      this.#asking = false;
    }
  }
}
