import { PHONE_IDS, type PhoneId, parseJson } from '@voice-bridge/core';
import * as z from 'zod/mini';
import type { PhoneStorage } from '../microphone/phone-place.ts';

const KEY_PREFIX = 'voice-bridge.muted-phones.';
const MAX_LENGTH = 256;
const mutesSchema = z.array(z.enum(PHONE_IDS));

/** The phones that a tab muted, kept over its reloads: the bridge keeps those muted that take part there, and nobody else could tell who did it. */
export class KeptMutes {
  readonly #storage: () => PhoneStorage | null;
  readonly #conversationId: () => string;

  /** Asks for neither before it is used. */
  constructor(storage: () => PhoneStorage | null, conversationId: () => string) {
    this.#storage = storage;
    this.#conversationId = conversationId;
  }

  load(): readonly PhoneId[] {
    try {
      const text = this.#storage()?.getItem(this.#key) ?? '[]';
      const parsed = parseJson(mutesSchema, text, MAX_LENGTH);
      return parsed.ok ? parsed.value : [];
    } catch {
      // Some browsers throw where storing is switched off.
      return [];
    }
  }

  save(muted: readonly PhoneId[]): void {
    try {
      if (muted.length === 0) this.#storage()?.removeItem(this.#key);
      else this.#storage()?.setItem(this.#key, JSON.stringify(muted));
    } catch {
      // Full or switched off: the next page then begins with nobody muted.
    }
  }

  get #key(): string {
    return KEY_PREFIX + this.#conversationId();
  }
}
