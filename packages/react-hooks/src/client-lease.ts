import type { VoiceClient } from '@voice-bridge/browser-client';

/**
 * Keeps an owned client alive while anybody holds it, and disconnects it once nobody does.
 * React's StrictMode lets go and takes hold again at once: only a lease still let go at the next macrotask counts.
 */
export class ClientLease {
  readonly #client: VoiceClient;
  #holders = 0;

  constructor(client: VoiceClient) {
    this.#client = client;
  }

  /** Takes hold; gives the way to let go. */
  retain(): () => void {
    this.#holders++;
    return () => {
      this.#holders--;
      setTimeout(() => {
        if (this.#holders === 0) void this.#client.disconnect();
      }, 0);
    };
  }
}
