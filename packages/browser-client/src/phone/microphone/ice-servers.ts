import type { IceServer } from '@voice-bridge/core';
import { BridgeApi, type BridgeApiOptions } from '../../bridge/bridge-api.ts';

/** How long they are taken for good: their credentials expire. */
const FRESH_MS = 300_000;

/** The ICE servers that a bridge wants used, asked for again when they are no longer fresh. */
export class IceServers {
  readonly #options: BridgeApiOptions;
  #known: { readonly at: number; readonly list: readonly IceServer[] } | null = null;

  constructor(options: BridgeApiOptions) {
    this.#options = options;
  }

  /** Rejects with a coded error when they are not known and cannot be asked for. */
  async get(signal: AbortSignal): Promise<readonly IceServer[]> {
    const now = this.#options.clock.now();
    if (this.#known !== null && now - this.#known.at < FRESH_MS) return this.#known.list;
    const { iceServers } = await new BridgeApi(this.#options).config(signal);
    this.#known = { at: now, list: iceServers };
    return iceServers;
  }
}
