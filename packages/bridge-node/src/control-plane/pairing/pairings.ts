import {
  type CancelTimer,
  type Clock,
  emptyPairing,
  hasToken,
  isOutgoing,
  type Logger,
  leaderOfPhones,
  type PairedPhone,
  type PairingEffect,
  type PairingInput,
  type PairingState,
  PHONE_CREDENTIAL_PREFIX,
  type PhoneId,
  type PhoneSelection,
  pairingWakeAt,
  phoneRenewing,
  phoneShowing,
  type SecretKey,
  stepPairing,
  VoiceBridgeError,
  withShown,
} from '@voice-bridge/core';
import { ANONYMOUS, type Caller, type Scope } from '../http/identity.ts';
import type { SignalingRelays } from '../signaling/signaling-relays.ts';
import { pairingError, peerIdTaken } from './pairing-error.ts';
import { type Minted, PairingSecrets } from './pairing-secrets.ts';
import type { PhoneAddress } from './phone-address.ts';
import { type PhoneEntry, phoneEntries } from './phone-entries.ts';

/** What {@link Pairings} run on. */
export interface PairingsOptions {
  readonly clock: Clock;
  /** Unpredictable bytes. */
  readonly randomBytes: (length: number) => Uint8Array;
  readonly relays: SignalingRelays;
  readonly logger: Logger;
}

/** What somebody wants a phone for. */
export interface WantedPhone {
  readonly conversationId: string;
  /** Undefined: the first that is free. */
  readonly peerId: PhoneId | undefined;
  /** Whether it has to be accepted. */
  readonly confirm: boolean;
  /** Who invites; null for nobody in particular. */
  readonly inviter: string | null;
  /** Who leads the conversation. */
  readonly leader: string;
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
  #isClosed = false;

  constructor(options: PairingsOptions) {
    this.#options = options;
    this.#secrets = new PairingSecrets(options.randomBytes);
  }

  /** Makes a token and a code for one phone. Throws `too_many_participants`, `rate_limited` and `shutting_down`. */
  invite(wanted: WantedPhone): IssuedInvitation {
    if (this.#isClosed) throw new VoiceBridgeError('shutting_down', 'The server is shutting down');
    const { relays } = this.#options;
    const { conversationId, inviter } = wanted;
    const [token, code] = [this.#secrets.mintToken(), this.#mintCode()];
    const present = relays.phonesOf(conversationId);
    const isOwn = (peerId: PhoneId) => relays.whoIs(conversationId, peerId)?.subject === (inviter ?? ANONYMOUS.subject);
    const [taken, busy] = [present.filter(isOwn), present.filter((peerId) => !isOwn(peerId))];
    const effects = this.#take({ type: 'invite', ...wanted, taken, busy, token: token.secret, code: code.secret });
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

  /**
   * Makes a credential into a fresh one, for 24 hours since the phone was paired; the old one is good for a minute more, and gives the
   * same fresh one until then and until that one is shown. Throws `unauthorized`.
   */
  renew(request: Request): IssuedCredential {
    const shown = shownBy(request) ?? '';
    const secret = this.#secrets.readCredential(shown);
    if (secret === undefined) throw pairingError('unauthorized');
    const now = this.#options.clock.now();
    let next = this.#secrets.nextCredential(secret.id, shown);
    while (isOutgoing(this.#state, next.secret, now)) next = this.#secrets.nextCredential(secret.id, next.text);
    const { phone } = found(this.#take({ type: 'renew', credential: secret, next: next.secret }), 'renewed');
    return this.#issued(next, phone);
  }

  /** Lets a phone in that waits, and tells it; one that is there without being paired is only told. Throws `not_found` when there is none. */
  accept(conversationId: string, peerId: PhoneId): void {
    const { relays } = this.#options;
    const isUnpaired = !this.has(conversationId, peerId) && relays.phonesOf(conversationId).includes(peerId);
    if (isUnpaired) relays.accept(conversationId, peerId);
    else this.#take({ type: 'accept', conversationId, peerId });
  }

  /** Ends a phone, its invitations and whoever signals as it; does nothing when there is none. */
  remove(conversationId: string, peerId: PhoneId): void {
    const effects = this.#take({ type: 'remove', conversationId, peerId });
    // Who signals without being paired is removed all the same.
    if (!effects.some(({ type }) => type === 'ended')) this.#options.relays.remove(conversationId, peerId);
  }

  /** Ends a phone that goes by itself: what its peer id was offered to others for stays. */
  leave(conversationId: string, peerId: PhoneId): void {
    this.#take({ type: 'remove', conversationId, peerId, keepsInvitations: true });
  }

  /** Ends the phones that are meant, and their invitations. */
  revoke(which: PhoneSelection): void {
    this.#take({ type: 'remove', ...which });
  }

  /** Somebody leads the conversation from now on: phones that were invited while somebody else did are not to serve that one. */
  leadBegan(conversationId: string, leader: string): void {
    for (const entry of this.list({ conversationId })) {
      if (entry.leader !== leader) this.#take({ type: 'remove', conversationId, peerId: entry.peerId });
    }
  }

  /** The invitations and phones that are meant. */
  list(which: PhoneSelection): PhoneEntry[] {
    return phoneEntries(this.#state, which, this.#options.clock.now());
  }

  /** Who led the conversation when the newest of its invitations and phones was made; undefined when it has none. */
  leaderOf(conversationId: string): string | undefined {
    return leaderOfPhones(this.#state, conversationId, this.#options.clock.now());
  }

  /** Whether a phone that was paired has this peer id, also one that waits to be accepted. */
  has(conversationId: string, peerId: PhoneId): boolean {
    return this.list({ conversationId, peerId }).some(({ state }) => state !== 'invited');
  }

  /** The phone that makes a request; undefined when it shows no credential of a phone. Throws `unauthorized` for one that is not good. */
  identify(request: Request): Caller | undefined {
    if (shownBy(request) === undefined) return undefined;
    const phone = this.#showing(request);
    const ended = phone === undefined ? undefined : this.#lives.get(phone.phoneId)?.signal;
    if (phone === undefined || ended === undefined) throw pairingError('unauthorized');
    return {
      subject: `voice-bridge.phone.${phone.phoneId}`,
      conversations: [phone.conversationId],
      scopes: SCOPES[phone.state],
      phone: { peerId: phone.peerId, ended, isConfirmed: phone.confirm && phone.state === 'accepted' },
    };
  }

  /** The phone that may renew the credential which a request shows. Throws `unauthorized` when there is none. */
  renewing(request: Request): PairedPhone {
    const secret = this.#secrets.readCredential(shownBy(request) ?? '');
    const phone = secret === undefined ? undefined : phoneRenewing(this.#state, secret, this.#options.clock.now());
    if (phone === undefined) throw pairingError('unauthorized');
    return phone;
  }

  /** Forgets everything. */
  close(): void {
    this.#isClosed = true;
    this.#cancelWake();
    this.#state = emptyPairing;
  }

  #showing(request: Request): PairedPhone | undefined {
    const secret = this.#secrets.readCredential(shownBy(request) ?? '');
    if (secret === undefined) return undefined;
    this.#state = withShown(this.#state, secret);
    return phoneShowing(this.#state, secret, this.#options.clock.now());
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
    const { relays } = this.#options;
    if (effect.type === 'accepted') relays.accept(effect.phone.conversationId, effect.phone.peerId);
    // Whoever came under its peer id before is not to be taken for the phone.
    else if (effect.type === 'paired') relays.displace(effect.phone.conversationId, effect.phone.peerId, peerIdTaken());
    else if (effect.type === 'ended') this.#end(effect.phone, effect.reason);
  }

  #end(phone: PairedPhone, reason: 'removed' | 'expired'): void {
    const life = this.#lives.get(phone.phoneId);
    this.#lives.delete(phone.phoneId);
    const { relays } = this.#options;
    const error = reason === 'removed' ? removed() : pairingError('unauthorized');
    // Told first: whoever hears of nothing but the end of its credential takes it for a mishap. Of one that ran out the desktop alone hears.
    if (reason === 'expired') relays.oust(phone.conversationId, phone.peerId, error);
    relays.remove(phone.conversationId, phone.peerId);
    life?.abort(error);
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
