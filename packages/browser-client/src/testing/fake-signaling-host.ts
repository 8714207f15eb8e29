import { ManualClock } from '@voice-bridge/core/testing';
import type { SignalingHost, StreamFetch } from '../phone/shared/signaling-host.ts';
import { FakePage } from './fake-page.ts';
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
export class FakeSignalingHost extends FakePage implements SignalingHost {
  readonly clock: ManualClock;
  readonly signaling: FakeSignaling;
  readonly network: FakePhoneNetwork;
  readonly fetch: StreamFetch;
  #bytes = 0;

  constructor(world: FakeSignalingWorld = {}) {
    super();
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

  readonly randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(++this.#bytes);

  override leftovers(): string[] {
    return [
      ...super.leftovers(),
      ...this.network.connections.filter((each) => !each.closed).map(() => 'connection'),
      ...this.signaling.peers.map((peer) => `line of ${peer}`),
      ...Array.from({ length: this.clock.pending }, () => 'timer'),
    ];
  }
}
