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

/** A place in a conversation: `peerIds` are the phones that this one may be, the first that nobody else is. */
export interface TakenPlace {
  readonly conversationId: string;
  readonly peerIds: readonly PhoneId[];
}

/** The credential of a place, and where the bridge is told that it is not needed any more. */
interface HeldPlace {
  readonly credential: string;
  readonly path: string;
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
  #held: HeldPlace | null = null;
  #taking: Promise<unknown> = Promise.resolve();
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

  /** Whether there is something to give back. */
  get isHeld(): boolean {
    return this.#held !== null;
  }

  /** Takes the place that an invitation gives. Rejects with a coded error, those of pairing among them. */
  take(invitation: PhoneInvitation): Promise<TakenPlace> {
    const taking = this.#take(invitation);
    // Who left meanwhile got a place all the same.
    this.#taking = taking.then(
      () => (this.#over.signal.aborted ? this.giveBack() : undefined),
      () => {},
    );
    return taking;
  }

  /** The bearer token of this phone, renewed first where that is due. */
  async token(): Promise<string> {
    if (this.#auth !== null) return this.#auth();
    if (this.#renewAt !== null && this.#options.clock.now() >= this.#renewAt) await this.#renew().catch(() => {});
    if (this.#held === null) throw new VoiceBridgeError('unauthorized', 'This phone has no credential');
    return this.#held.credential;
  }

  /**
   * Gives the place back, also one that is being taken or that a reload left behind, so that another phone can have it, and forgets it.
   * Asks at once; resolves when the bridge knows or cannot be told within 2 s: the credential then dies by itself. Never rejects.
   */
  async leave(): Promise<void> {
    const { clock, storage } = this.#options;
    this.#held ??= heldBy(readStored(storage));
    const given = Promise.all([this.giveBack(), this.#taking]);
    this.close(true);
    await new Promise<void>((resolve) => {
      const cancel = clock.after(GIVE_BACK_MS, resolve);
      void given.then(() => {
        cancel();
        resolve();
      });
    });
  }

  /** Gives back what it holds, and forgets nothing. Never rejects. */
  async giveBack(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    if (held === null) return;
    const request = { method: 'DELETE', path: held.path, timeoutMs: GIVE_BACK_MS };
    await this.#http(() => held.credential)
      .ask(request, NEVER)
      .catch(() => {});
  }

  /** Stops renewing; `forget`: the stored credential is deleted as well. */
  close(forget: boolean): void {
    this.#over.abort();
    this.#cancelRenewal();
    if (forget) this.#forget();
  }

  async #take(invitation: PhoneInvitation): Promise<TakenPlace> {
    if (invitation === 'stored') return this.#takeStored();
    if ('conversationId' in invitation) return this.#takeOwn(invitation);
    return this.#redeem(invitation);
  }

  async #takeStored(): Promise<TakenPlace> {
    const stored = readStored(this.#options.storage);
    if (stored === null)
      throw new VoiceBridgeError('unauthorized', 'This phone has no credential from before', NEW_CODE);
    this.#held = heldBy(stored);
    // Also tells whether it is still good, and for how long.
    await this.#renew();
    return { conversationId: stored.conversation_id, peerIds: [stored.peer_id] };
  }

  async #takeOwn({ conversationId, auth = () => '' }: OwnConversation): Promise<TakenPlace> {
    const body = { conversation_id: conversationId };
    const request = { method: 'POST', path: ENDPOINTS.pairing, body };
    try {
      const { token } = readAnswer(pairingResponseSchema, await this.#http(auth).ask(request, NEVER));
      return await this.#redeem({ token });
    } catch (error) {
      // Who may join but not lead goes in as itself.
      if (!isVoiceBridgeError(error) || error.code !== 'forbidden') throw error;
      this.#auth = auth;
      return { conversationId, peerIds: PHONE_IDS };
    }
  }

  async #redeem(invitation: { readonly token: string } | { readonly code: string }): Promise<TakenPlace> {
    const { name } = this.#options;
    const body: RedeemRequest = { ...invitation, ...(name === null ? {} : { name }) };
    const request = { method: 'POST', path: ENDPOINTS.redeemPairing, body };
    const answer = await this.#http(undefined).ask(request, NEVER);
    return this.#keep(readAnswer(phoneCredentialSchema, answer));
  }

  #renew(): Promise<void> {
    this.#renewing ??= this.#askForNew().finally(() => {
      this.#renewing = null;
    });
    return abortable(this.#renewing, this.#over.signal);
  }

  async #askForNew(): Promise<void> {
    const current = this.#held?.credential ?? '';
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

  #keep({ credential, conversation_id, peer_id, expires_in_seconds }: PhoneCredential): TakenPlace {
    const place = { credential, conversation_id, peer_id };
    this.#held = heldBy(place);
    if (!this.#over.signal.aborted) {
      store(this.#options.storage, JSON.stringify(place));
      this.#renewIn((expires_in_seconds * 1_000) / 2);
    }
    return { conversationId: conversation_id, peerIds: [peer_id] };
  }

  #renewIn(delayMs: number): void {
    this.#cancelRenewal();
    this.#renewAt = this.#options.clock.now() + delayMs;
    this.#cancelRenewal = this.#options.clock.after(delayMs, () => void this.#renew().catch(() => {}));
  }

  #forget(): void {
    this.#held = null;
    this.#renewAt = null;
    this.#cancelRenewal();
    PhonePlace.forget(this.#options.storage);
  }

  #http(auth: (() => Promise<string> | string) | undefined): BridgeHttp {
    const { url, fetch, clock } = this.#options;
    return new BridgeHttp({ url, auth, fetch, clock });
  }
}

/** For what goes on although this phone left: whatever it gives is given back. */
const NEVER = new AbortController().signal;
const NEW_CODE = { hint: 'Scan a new code on the desktop.' } as const;

/** Whether renewing again cannot help. */
function isFinal({ code }: VoiceBridgeError): boolean {
  return code === 'unauthorized' || code === 'forbidden' || code === 'not_found';
}

function heldBy(place: z.infer<typeof storedSchema> | null): HeldPlace | null {
  if (place === null) return null;
  return { credential: place.credential, path: phonePath(place.conversation_id, place.peer_id) };
}

function readStored(storage: PhoneStorage | null): z.infer<typeof storedSchema> | null {
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
