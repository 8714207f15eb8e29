import type { SessionConfig } from '@voice-bridge/core/openai';

const MAX_SECRETS = 10_000;

interface Secret {
  readonly expiresAtMs: number;
  readonly session: SessionConfig | undefined;
}

/** Ephemeral keys (`ek_…`) and the session each was minted for. Times are ms since 1970. */
export class ClientSecrets {
  readonly #secrets = new Map<string, Secret>();

  /** Remembers a key until it expires; the oldest goes when there are 10,000. */
  add(value: string, session: SessionConfig | undefined, expiresAtMs: number, nowMs: number): void {
    for (const [key, secret] of this.#secrets) {
      if (secret.expiresAtMs <= nowMs) this.#secrets.delete(key);
    }
    const oldest = this.#secrets.keys().next();
    if (this.#secrets.size >= MAX_SECRETS && !oldest.done) this.#secrets.delete(oldest.value);
    this.#secrets.set(value, { session, expiresAtMs });
  }

  /** The secret, when it is known and not expired. It may open several calls. */
  find(value: string, nowMs: number): { readonly session: SessionConfig | undefined } | undefined {
    const secret = this.#secrets.get(value);
    return secret !== undefined && secret.expiresAtMs > nowMs ? secret : undefined;
  }
}
