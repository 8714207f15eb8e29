import {
  type CancelTimer,
  type Clock,
  emptyPairing,
  hasToken,
  type Logger,
  openInvitations,
  type PairedPhone,
  type PairingEffect,
  type PairingInput,
  type PairingState,
  PHONE_CREDENTIAL_PREFIX,
  type PhoneId,
  pairingWakeAt,
  phoneShowing,
  type SecretKey,
  stepPairing,
  VoiceBridgeError,
} from '@voice-bridge/core';
import type { Caller, Scope } from '../http/identity.ts';
import type { SignalingRelays } from '../signaling/signaling-relays.ts';
import { pairingError } from './pairing-error.ts';
import { type Minted, PairingSecrets } from './pairing-secrets.ts';
import type { PhoneAddress } from './phone-address.ts';

/** What {@link Pairings} run on. */
export interface PairingsOptions {
  readonly clock: Clock;
  /** Unpredictable bytes. */
  readonly randomBytes: (length: number) => Uint8Array;
  readonly relays: SignalingRelays;
  readonly logger: Logger;
}

/** An invitation as the desktop gets it: token and code are told nobody again. */
export interface IssuedInvitation {
  readonly token: string;
  readonly code: string;
  readonly peerId: PhoneId;
}

/** A credential as the phone gets it. */
export interface IssuedCredential {
  readonly credential: string;
  readonly phone: PairedPhone;
  readonly expiresInMs: number;
}

/** An invitation or a phone as the desktop sees it. */
export interface PhoneEntry {
  readonly peerId: PhoneId;
  readonly state: 'invited' | PairedPhone['state'];
  readonly name: string | null;
  readonly expiresInMs: number;
}

/** Wrong tries from one address, and from one that many may share, in two minutes. */
const [TRIES, SHARED_TRIES] = [8, 80];
const CODE_ATTEMPTS = 16;
const SCOPES: Readonly<Record<PairedPhone['state'], readonly Scope[]>> = {
  waiting: ['signal'],
  accepted: ['signal', 'join', 'read'],
};

/** The phones of a bridge and the invitations to become one. Everything is kept in memory, and of secrets their hashes. */
export class Pairings {
  readonly #options: PairingsOptions;
  readonly #secrets: PairingSecrets;
  /** By `phoneId`: fires when the phone's credentials are dead. */
  readonly #lives = new Map<string, AbortController>();
  #state: PairingState = emptyPairing;
  #cancelWake: CancelTimer = () => {};

  constructor(options: PairingsOptions) {
    this.#options = options;
    this.#secrets = new PairingSecrets(options.randomBytes);
  }

  /** Makes a token and a code for a phone of the inviter's, null for nobody in particular; left out, for the first free peer id. Throws `too_many_participants` and `rate_limited`. */
  invite(
    inviter: string | null,
    conversationId: string,
    peerId: PhoneId | undefined,
    confirm: boolean,
  ): IssuedInvitation {
    const [token, code] = [this.#secrets.mintToken(), this.#mintCode()];
    const taken = this.#options.relays.phonesOf(conversationId);
    const secrets = { token: token.secret, code: code.secret };
    const effects = this.#take({ type: 'invite', inviter, conversationId, peerId, taken, confirm, ...secrets });
    const { invitation } = found(effects, 'invited');
    return { token: token.text, code: code.text, peerId: invitation.peerId };
  }

  /** Whether it is the token of an invitation, also of one that is over. */
  isToken(text: string): boolean {
    const secret = this.#secrets.readToken(text);
    return secret !== undefined && hasToken(this.#state, secret);
  }

  /** Makes a token or a code into a credential. Throws `pairing_unknown`, `pairing_used`, `pairing_expired`, `pairing_locked` and `rate_limited`. */
  redeem(by: 'token' | 'code', text: string, address: PhoneAddress, name: string | null): IssuedCredential {
    const read = by === 'token' ? this.#secrets.readToken(text) : this.#secrets.readCode(text);
    // What cannot be one is a wrong try all the same.
    const secret = read ?? NOTHING;
    const credential = this.#secrets.mintCredential();
    const from = { address: address.name, allowedTries: address.isShared ? SHARED_TRIES : TRIES };
    const effects = this.#take({ type: 'redeem', by, secret, ...from, credential: credential.secret, name });
    const { phone } = found(effects, 'paired');
    this.#lives.set(phone.phoneId, new AbortController());
    this.#log(phone, 'a phone was paired');
    return this.#issued(credential, phone);
  }

  /** Makes a credential into a fresh one, for 24 hours since the phone was paired; the old one is good for a minute more. Throws `unauthorized`. */
  renew(request: Request): IssuedCredential {
    const secret = this.#secrets.readCredential(shownBy(request) ?? '');
    if (secret === undefined) throw unauthorized();
    const next = this.#secrets.mintCredential(secret.id);
    const { phone } = found(this.#take({ type: 'renew', credential: secret, next: next.secret }), 'renewed');
    return this.#issued(next, phone);
  }

  /** Lets a phone in that waits, and tells it. Throws `not_found` when there is none. */
  accept(conversationId: string, peerId: PhoneId): void {
    this.#take({ type: 'accept', conversationId, peerId });
  }

  /** Ends a phone, its invitations and whoever signals as it; does nothing when there is none. */
  remove(conversationId: string, peerId: PhoneId): void {
    const effects = this.#take({ type: 'remove', conversationId, peerId });
    // Who signals without being paired is removed all the same.
    if (!effects.some(({ type }) => type === 'ended')) this.#options.relays.remove(conversationId, peerId);
  }

  /** The invitations and phones of a conversation. */
  list(conversationId: string): PhoneEntry[] {
    const now = this.#options.clock.now();
    const invited = openInvitations(this.#state, conversationId, now).map(({ peerId, expiresAt }) => {
      return { peerId, state: 'invited', name: null, expiresInMs: expiresAt - now } as const;
    });
    const phones = [...this.#state.phones.values()].filter((phone) => phone.conversationId === conversationId);
    return [
      ...phones.map(({ peerId, state, name, credential }) => {
        return { peerId, state, name, expiresInMs: credential.expiresAt - now };
      }),
      ...invited,
    ];
  }

  /** Whether a phone that was paired has this peer id, also one that waits to be accepted. */
  has(conversationId: string, peerId: PhoneId): boolean {
    return this.list(conversationId).some((entry) => entry.peerId === peerId && entry.state !== 'invited');
  }

  /** The phone that makes a request; undefined when it shows no credential of a phone. Throws `unauthorized` for one that is not good. */
  identify(request: Request): Caller | undefined {
    const credential = shownBy(request);
    if (credential === undefined) return undefined;
    const phone = this.#showing(credential);
    const ended = phone === undefined ? undefined : this.#lives.get(phone.phoneId)?.signal;
    if (phone === undefined || ended === undefined) throw unauthorized();
    return {
      subject: `voice-bridge.phone.${phone.phoneId}`,
      conversations: [phone.conversationId],
      scopes: SCOPES[phone.state],
      phone: { peerId: phone.peerId, ended, isConfirmed: phone.confirm && phone.state === 'accepted' },
    };
  }

  /** Forgets everything. */
  close(): void {
    this.#cancelWake();
    this.#state = emptyPairing;
  }

  #showing(credential: string): PairedPhone | undefined {
    const secret = this.#secrets.readCredential(credential);
    return secret === undefined ? undefined : phoneShowing(this.#state, secret, this.#options.clock.now());
  }

  #issued(credential: Minted, phone: PairedPhone): IssuedCredential {
    const expiresInMs = phone.credential.expiresAt - this.#options.clock.now();
    return { credential: credential.text, phone, expiresInMs };
  }

  #mintCode(): Minted {
    for (let attempt = 0; attempt < CODE_ATTEMPTS; attempt++) {
      const code = this.#secrets.mintCode();
      if (!this.#state.invitations.some((each) => each.code.id === code.secret.id)) return code;
    }
    throw new VoiceBridgeError('rate_limited', 'There are as many codes as there may be');
  }

  /** Runs a step and does what it wants done; what it refuses is thrown. */
  #take(input: PairingInput): readonly PairingEffect[] {
    const { clock } = this.#options;
    const { state, effects } = stepPairing(this.#state, input, clock.now());
    this.#state = state;
    this.#scheduleWake();
    for (const effect of effects) this.#perform(effect);
    for (const effect of effects) if (effect.type === 'refused') throw pairingError(effect.code);
    return effects;
  }

  #perform(effect: PairingEffect): void {
    if (effect.type === 'accepted') {
      this.#options.relays.accept(effect.phone.conversationId, effect.phone.peerId);
      return;
    }
    if (effect.type !== 'ended') return;
    const { phone, reason } = effect;
    const life = this.#lives.get(phone.phoneId);
    this.#lives.delete(phone.phoneId);
    // Told first: whoever hears of nothing but the end of its credential takes it for a mishap.
    if (reason === 'removed') this.#options.relays.remove(phone.conversationId, phone.peerId);
    life?.abort(reason === 'removed' ? removed() : unauthorized());
    this.#log(phone, `a phone's pairing ended: ${reason}`);
  }

  #scheduleWake(): void {
    this.#cancelWake();
    this.#cancelWake = () => {};
    const at = pairingWakeAt(this.#state);
    if (at === undefined) return;
    const { clock } = this.#options;
    this.#cancelWake = clock.after(Math.max(0, at - clock.now()), () => this.#take({ type: 'tick' }));
  }

  #log({ conversationId, peerId }: PairedPhone, message: string): void {
    this.#options.logger.info({ conversationId, peerId }, message);
  }
}

/** A key that no secret has. */
const NOTHING: SecretKey = { id: '', key: '' };

/** What a request shows as credential of a phone; undefined when it shows none, or a token of the application. */
function shownBy(request: Request): string | undefined {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  return token?.startsWith(PHONE_CREDENTIAL_PREFIX) ? token : undefined;
}

function found<Type extends PairingEffect['type']>(
  effects: readonly PairingEffect[],
  type: Type,
): Extract<PairingEffect, { type: Type }> {
  const effect = effects.find((each): each is Extract<PairingEffect, { type: Type }> => each.type === type);
  if (effect === undefined) throw new TypeError(`Pairing gave no '${type}'`);
  return effect;
}

function removed(): VoiceBridgeError {
  return new VoiceBridgeError('participant_removed', 'This phone was taken out');
}

function unauthorized(): VoiceBridgeError {
  return pairingError('unauthorized');
}
