import {
  type CancelTimer,
  type Clock,
  ENDPOINTS,
  isVoiceBridgeError,
  PHONE_IDS,
  type PhoneCredential,
  type PhoneId,
  pairingResponseSchema,
  parseJson,
  phoneCredentialSchema,
  phonePath,
  type RedeemRequest,
  VoiceBridgeError,
} from '@voice-bridge/core';
import * as z from 'zod/mini';
import { abortable } from '../../abortable.ts';
import { BridgeHttp, type Fetch, readAnswer } from '../../bridge/bridge-http.ts';
import type { OwnConversation, PhoneInvitation } from './phone-end.ts';

/** Where a phone keeps its credential over a reload: `sessionStorage`, or anything like it. */
export type PhoneStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** What {@link PhonePlace} works with. */
export interface PhonePlaceOptions {
  /** Origin and base path of the bridge; empty: the page's own origin. */
  readonly url: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Null: a reload forgets the credential. */
  readonly storage: PhoneStorage | null;
  /** How the desktop is told who this is. */
  readonly name: string | null;
  /** The credential is not good any more, and cannot be renewed. */
  readonly onLost: (error: VoiceBridgeError) => void;
}

/** Which phone of which conversation this is. */
export interface PhoneIdentity {
  readonly conversationId: string;
  readonly peerId: PhoneId;
}

const STORAGE_KEY = 'voice-bridge.phone';
const MAX_STORED_LENGTH = 4_096;
/** Between attempts to renew a credential while the bridge cannot be reached. */
const RENEW_AGAIN_MS = 15_000;
/** How long somebody who leaves waits for the bridge to know. */
const GIVE_BACK_MS = 2_000;

const storedSchema = z.object({ credential: z.string(), conversation_id: z.string(), peer_id: z.enum(PHONE_IDS) });

/** A phone's place in a conversation, and the credential that holds it: got by an invitation, kept over a reload, renewed before it ends. */
export class PhonePlace {
  readonly #options: PhonePlaceOptions;
  #auth: (() => Promise<string> | string) | null = null;
  #credential: string | null = null;
  #path: string | null = null;
  #renewAt: number | null = null;
  #renewing: Promise<void> | null = null;
  #cancelRenewal: CancelTimer = () => {};
  readonly #over = new AbortController();

  constructor(options: PhonePlaceOptions) {
    this.#options = options;
  }

  /** Whether a reload left a credential behind. */
  static isStored(storage: PhoneStorage | null): boolean {
    return readStored(storage) !== null;
  }

  /** Deletes what a reload left behind. */
  static forget(storage: PhoneStorage | null): void {
    try {
      storage?.removeItem(STORAGE_KEY);
    } catch {
      // A browser that refuses to store has stored nothing.
    }
  }

  /** Takes the place that an invitation gives. Rejects with a coded error, those of pairing among them. */
  async take(invitation: PhoneInvitation): Promise<PhoneIdentity> {
    if (invitation === 'stored') return this.#takeStored();
    if ('conversationId' in invitation) return this.#takeOwn(invitation);
    return this.#redeem(invitation);
  }

  /** The bearer token of this phone, renewed first where that is due. */
  async token(): Promise<string> {
    if (this.#auth !== null) return this.#auth();
    if (this.#renewAt !== null && this.#options.clock.now() >= this.#renewAt) await this.#renew().catch(() => {});
    if (this.#credential === null) throw new VoiceBridgeError('unauthorized', 'This phone has no credential');
    return this.#credential;
  }

  /**
   * Gives the place back, so that another phone can have it. Asks at once; resolves when the bridge knows or cannot be told within
   * 2 s: the credential then dies by itself. Never rejects.
   */
  async giveBack(): Promise<void> {
    const path = this.#path;
    const credential = this.#credential;
    if (path === null || credential === null) return;
    const request = { method: 'DELETE', path, timeoutMs: GIVE_BACK_MS };
    await this.#http(() => credential)
      .ask(request, new AbortController().signal)
      .catch(() => {});
  }

  /** Stops renewing; `forget`: the stored credential is deleted as well. */
  close(forget: boolean): void {
    this.#over.abort();
    this.#cancelRenewal();
    if (forget) this.#forget();
  }

  async #takeStored(): Promise<PhoneIdentity> {
    const stored = readStored(this.#options.storage);
    if (stored === null)
      throw new VoiceBridgeError('unauthorized', 'This phone has no credential from before', NEW_CODE);
    this.#credential = stored.credential;
    // Also tells whether it is still good, and for how long.
    await this.#renew();
    return { conversationId: stored.conversation_id, peerId: stored.peer_id };
  }

  async #takeOwn({ conversationId, auth = () => '' }: OwnConversation): Promise<PhoneIdentity> {
    const body = { conversation_id: conversationId };
    const request = { method: 'POST', path: ENDPOINTS.pairing, body };
    try {
      const { token } = readAnswer(pairingResponseSchema, await this.#http(auth).ask(request, this.#over.signal));
      return await this.#redeem({ token });
    } catch (error) {
      // Who may join but not lead goes in as itself.
      if (!isVoiceBridgeError(error) || error.code !== 'forbidden') throw error;
      this.#auth = auth;
      return { conversationId, peerId: PHONE_IDS[0] };
    }
  }

  async #redeem(invitation: { readonly token: string } | { readonly code: string }): Promise<PhoneIdentity> {
    const { name } = this.#options;
    const body: RedeemRequest = { ...invitation, ...(name === null ? {} : { name }) };
    const request = { method: 'POST', path: ENDPOINTS.redeemPairing, body };
    const answer = await this.#http(undefined).ask(request, this.#over.signal);
    return this.#keep(readAnswer(phoneCredentialSchema, answer));
  }

  #renew(): Promise<void> {
    this.#renewing ??= this.#askForNew().finally(() => {
      this.#renewing = null;
    });
    return abortable(this.#renewing, this.#over.signal);
  }

  async #askForNew(): Promise<void> {
    const current = this.#credential ?? '';
    const request = { method: 'POST', path: ENDPOINTS.renewPairing };
    try {
      const answer = await this.#http(() => current).ask(request, this.#over.signal);
      this.#keep(readAnswer(phoneCredentialSchema, answer));
    } catch (error) {
      if (this.#over.signal.aborted) throw error;
      if (isVoiceBridgeError(error) && isFinal(error)) {
        this.#forget();
        const lost = new VoiceBridgeError('unauthorized', 'The desktop does not know this phone any more', {
          ...NEW_CODE,
          cause: error,
        });
        this.#options.onLost(lost);
        throw lost;
      }
      this.#renewIn(RENEW_AGAIN_MS);
      throw error;
    }
  }

  #keep({ credential, conversation_id, peer_id, expires_in_seconds }: PhoneCredential): PhoneIdentity {
    if (!this.#over.signal.aborted) {
      this.#credential = credential;
      this.#path = phonePath(conversation_id, peer_id);
      store(this.#options.storage, JSON.stringify({ credential, conversation_id, peer_id }));
      this.#renewIn((expires_in_seconds * 1_000) / 2);
    }
    return { conversationId: conversation_id, peerId: peer_id };
  }

  #renewIn(delayMs: number): void {
    this.#cancelRenewal();
    this.#renewAt = this.#options.clock.now() + delayMs;
    this.#cancelRenewal = this.#options.clock.after(delayMs, () => void this.#renew().catch(() => {}));
  }

  #forget(): void {
    this.#credential = null;
    this.#renewAt = null;
    this.#cancelRenewal();
    PhonePlace.forget(this.#options.storage);
  }

  #http(auth: (() => Promise<string> | string) | undefined): BridgeHttp {
    const { url, fetch, clock } = this.#options;
    return new BridgeHttp({ url, auth, fetch, clock });
  }
}

const NEW_CODE = { hint: 'Scan a new code on the desktop.' } as const;

/** Whether renewing again cannot help. */
function isFinal({ code }: VoiceBridgeError): boolean {
  return code === 'unauthorized' || code === 'forbidden' || code === 'not_found';
}

function readStored(storage: PhoneStorage | null) {
  try {
    const text = storage?.getItem(STORAGE_KEY) ?? null;
    const parsed = text === null ? null : parseJson(storedSchema, text, MAX_STORED_LENGTH);
    return parsed?.ok ? parsed.value : null;
  } catch {
    // Some browsers throw where storing is switched off.
    return null;
  }
}

function store(storage: PhoneStorage | null, text: string): void {
  try {
    storage?.setItem(STORAGE_KEY, text);
  } catch {
    // Full or switched off: a reload then needs a new code.
  }
}
