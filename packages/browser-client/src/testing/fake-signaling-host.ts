import { ManualClock } from '@voice-bridge/core/testing';
import type { SignalingHost, StreamFetch } from '../phone/shared/signaling-host.ts';
import { FakePhoneNetwork } from './fake-phone-connection.ts';
import { FakeSignaling } from './fake-signaling.ts';

/** What a {@link FakeSignalingHost} may share with another one, as a desktop does with its phone. */
export interface FakeSignalingWorld {
  readonly clock?: ManualClock;
  readonly signaling?: FakeSignaling;
  readonly network?: FakePhoneNetwork;
  readonly fetch?: StreamFetch;
}

/** What a phone link, at either end, needs of a page, without a browser. */
export class FakeSignalingHost implements SignalingHost {
  readonly clock: ManualClock;
  readonly signaling: FakeSignaling;
  readonly network: FakePhoneNetwork;
  readonly fetch: StreamFetch;
  /** What listeners threw. */
  readonly errors: unknown[] = [];
  readonly #pageListeners = new Set<() => void>();
  readonly #networkListeners = new Set<() => void>();
  #bytes = 0;

  constructor(world: FakeSignalingWorld = {}) {
    this.clock = world.clock ?? new ManualClock();
    this.signaling = world.signaling ?? new FakeSignaling();
    this.network = world.network ?? new FakePhoneNetwork();
    this.fetch = world.fetch ?? (async () => Promise.reject(new TypeError('Failed to fetch')));
  }

  get openTextLine(): SignalingHost['openTextLine'] {
    return this.signaling.openTextLine;
  }

  get openConnection(): SignalingHost['openConnection'] {
    return this.network.open;
  }

  readonly random = (): number => 0.5;

  readonly randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(++this.#bytes);

  readonly reportError = (error: unknown): void => {
    this.errors.push(error);
  };

  readonly onPageLeft = (listener: () => void): (() => void) => {
    this.#pageListeners.add(listener);
    return () => this.#pageListeners.delete(listener);
  };

  readonly onNetworkBack = (listener: () => void): (() => void) => {
    this.#networkListeners.add(listener);
    return () => this.#networkListeners.delete(listener);
  };

  /** Leaves the page. */
  leavePage(): void {
    for (const listener of this.#pageListeners) listener();
  }

  /** Brings the network back. */
  bringNetworkBack(): void {
    for (const listener of this.#networkListeners) listener();
  }

  /** Whatever a clean stop leaves behind of the page's. */
  leftovers(): string[] {
    return [
      ...this.network.connections.filter((each) => !each.closed).map(() => 'connection'),
      ...this.signaling.peers.map((peer) => `line of ${peer}`),
      ...Array.from({ length: this.#pageListeners.size }, () => 'page listener'),
      ...Array.from({ length: this.#networkListeners.size }, () => 'network listener'),
      ...Array.from({ length: this.clock.pending }, () => 'timer'),
    ];
  }
}
