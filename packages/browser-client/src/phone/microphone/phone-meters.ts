import type { Clock } from '@voice-bridge/core';
import type { PhoneConnectionStats } from '../shared/phone-connection.ts';
import type { PhoneQuality } from './phone-end.ts';
import { Repeater } from './repeater.ts';

/** What {@link PhoneMeters} works with. */
export interface PhoneMetersOptions {
  readonly clock: Clock;
  /** Counts of the connection in use; null while there is none. */
  readonly stats: () => Promise<PhoneConnectionStats | null>;
  readonly onPath: (path: 'direct' | 'relayed') => void;
  readonly onQuality: (quality: PhoneQuality) => void;
  /** Time to tell the desktop how loud it is here. */
  readonly onLevels: () => void;
}

const QUALITY_MS = 2_000;
const LEVELS_MS = 500;

/** Measures while it is of use to somebody, and sets no timer otherwise. */
export class PhoneMeters {
  readonly #options: PhoneMetersOptions;
  readonly #quality: Repeater;
  readonly #levels: Repeater;
  #last: Pick<PhoneConnectionStats, 'packetsLost' | 'packetsReceived'> = NONE;

  constructor(options: PhoneMetersOptions) {
    this.#options = options;
    this.#quality = new Repeater(options.clock, QUALITY_MS, () => void this.#measure());
    this.#levels = new Repeater(options.clock, LEVELS_MS, options.onLevels);
  }

  /** Quality is measured while a connection is seen, levels while a direct one is also heard. */
  run({ quality, levels }: { readonly quality: boolean; readonly levels: boolean }): void {
    if (quality) this.#quality.start();
    else this.#quality.stop();
    if (levels) this.#levels.start();
    else this.#levels.stop();
  }

  /** Begins anew, with another connection. */
  reset(): void {
    this.#last = NONE;
    this.run({ quality: false, levels: false });
  }

  async #measure(): Promise<void> {
    const stats = await this.#options.stats();
    if (stats === null) return;
    // Another connection counts from the beginning.
    const last = stats.packetsReceived < this.#last.packetsReceived ? NONE : this.#last;
    const lost = stats.packetsLost - last.packetsLost;
    const received = stats.packetsReceived - last.packetsReceived;
    this.#last = stats;
    if (stats.path !== null) this.#options.onPath(stats.path);
    // Packets that come late make the loss shrink again.
    const lossShare = lost > 0 ? lost / Math.max(1, lost + received) : 0;
    this.#options.onQuality({ roundTripMs: stats.roundTripMs, lossShare: Math.min(1, lossShare) });
  }
}

const NONE = { packetsLost: 0, packetsReceived: 0 } as const;
