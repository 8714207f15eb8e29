import type { PhoneId } from '../protocol/signaling.ts';

/** A secret as the steps know it: `id` tells which one is meant and may be known, `key` is a keyed hash of the whole and all that is kept of it. */
export interface SecretKey {
  readonly id: string;
  readonly key: string;
}

/** A token and its code, which one phone may redeem, once. */
export interface Invitation {
  readonly conversationId: string;
  readonly peerId: PhoneId;
  /** Whoever invites; null for nobody in particular. */
  readonly inviter: string | null;
  /** Who leads the conversation, as it is when this is made. */
  readonly leader: string;
  /** Whether the phone has to be accepted. */
  readonly confirm: boolean;
  readonly token: SecretKey;
  readonly code: SecretKey;
  readonly expiresAt: number;
  readonly state:
    | { readonly name: 'open'; readonly wrongTries: number }
    | { readonly name: 'used' }
    | { readonly name: 'locked' }
    /** A newer one took its place, or its peer id was removed. */
    | { readonly name: 'void' };
}

/** A key and until when it is good. */
interface DatedKey {
  readonly key: string;
  readonly expiresAt: number;
}

/** A phone that redeemed a token or a code, and what it shows for it. */
export interface PairedPhone {
  /** Also the `id` of its credentials, one after the other. */
  readonly phoneId: string;
  readonly conversationId: string;
  readonly peerId: PhoneId;
  /** Whoever invited it; null for nobody in particular. */
  readonly inviter: string | null;
  /** Who led the conversation then. */
  readonly leader: string;
  /** When it was paired: {@link PHONE_MS} later no renewal helps. */
  readonly pairedAt: number;
  /** What it calls itself. */
  readonly name: string | null;
  /** Whether the desktop has to accept it, or had to. */
  readonly confirm: boolean;
  readonly state: 'waiting' | 'accepted';
  readonly credential: DatedKey;
  /** Whether {@link credential} was shown: until then, the answer that gave it may be lost. */
  readonly isShown: boolean;
  /** What {@link credential} renewed, and what that one did; the newest first. */
  readonly previous: readonly DatedKey[];
}

/** Which invitations and phones are meant; what is left out narrows nothing. */
export interface PhoneSelection {
  readonly conversationId?: string | undefined;
  readonly peerId?: PhoneId | undefined;
  /** Whoever invited them. */
  readonly inviter?: string | undefined;
}

/** Wrong tries from one address. */
interface WrongTries {
  readonly count: number;
  readonly until: number;
}

/** Every invitation and phone of a bridge. */
export interface PairingState {
  /** Oldest first. */
  readonly invitations: readonly Invitation[];
  /** By `phoneId`. */
  readonly phones: ReadonlyMap<string, PairedPhone>;
  /** By address. */
  readonly tries: ReadonlyMap<string, WrongTries>;
}

/** Nobody is paired, and nobody invited. */
export const emptyPairing: PairingState = { invitations: [], phones: new Map(), tries: new Map() };

/** Wrong tries of one token and code that are answered; the next try, whatever it says, locks both. */
export const PAIRING_TRIES = 8;
/** How long an invitation that is over is still told from one that never was, in ms. */
export const REMEMBERED_MS = 600_000;
/** How long wrong tries from one address count, from the first of them, in ms. */
export const TRIES_MS = 120_000;
/** How long a credential is good, in ms. */
export const CREDENTIAL_MS = 4 * 3_600_000;
/** How long a phone stays paired, however often it renews its credential, in ms. */
export const PHONE_MS = 24 * 3_600_000;
/** How long a credential outlives its renewal, in ms. */
export const OVERLAP_MS = 60_000;

/** The phone that shows this credential; undefined when none may by now. */
export function phoneShowing(state: PairingState, credential: SecretKey, now: number): PairedPhone | undefined {
  const phone = state.phones.get(credential.id);
  if (phone === undefined) return undefined;
  // All are always looked at, so that the time it takes does not tell which one it was.
  const good = [phone.credential, ...phone.previous].filter((each) => isGood(each, credential.key, now));
  return good.length === 0 ? undefined : phone;
}

/** The phone that may renew this credential: {@link phoneShowing}, or who has only this one as far as is known, however old it is. */
export function phoneRenewing(state: PairingState, credential: SecretKey, now: number): PairedPhone | undefined {
  const showing = phoneShowing(state, credential, now);
  const phone = state.phones.get(credential.id);
  const last = phone?.previous[0];
  if (showing !== undefined || phone === undefined || last === undefined) return showing;
  const isNewest = sameKey(last.key, credential.key) && !phone.isShown;
  return isNewest && now < phone.credential.expiresAt ? phone : undefined;
}

/** The state after this credential was shown. */
export function withShown(state: PairingState, credential: SecretKey): PairingState {
  const phone = state.phones.get(credential.id);
  if (phone === undefined || phone.isShown || !sameKey(phone.credential.key, credential.key)) return state;
  return { ...state, phones: new Map(state.phones).set(phone.phoneId, { ...phone, isShown: true }) };
}

/** Whether a credential is good for a while yet though there is a newer one. */
export function isOutgoing(state: PairingState, credential: SecretKey, now: number): boolean {
  const phone = phoneShowing(state, credential, now);
  return phone !== undefined && !sameKey(phone.credential.key, credential.key);
}

/** The phone with this peer id; undefined when nobody has it. */
export function phoneAt(state: PairingState, conversationId: string, peerId: PhoneId): PairedPhone | undefined {
  for (const phone of state.phones.values()) {
    if (phone.conversationId === conversationId && phone.peerId === peerId) return phone;
  }
  return undefined;
}

/** Whether an invitation, open or over, has this token. */
export function hasToken({ invitations }: PairingState, token: SecretKey): boolean {
  return invitations.some((each) => each.token.id === token.id && sameKey(each.token.key, token.key));
}

/** The invitations that can be redeemed, of those that are meant; the oldest first. */
export function openInvitations(state: PairingState, which: PhoneSelection, now: number): Invitation[] {
  return state.invitations.filter((each) => isMeant(each, which) && isOpen(each, now));
}

/** How many phones somebody invited; nobody in particular has none. */
export function phonesOf({ phones }: PairingState, inviter: string | null): number {
  if (inviter === null) return 0;
  return [...phones.values()].filter((phone) => phone.inviter === inviter).length;
}

/** The phones that are meant; the one that was paired first comes first. */
export function selectedPhones({ phones }: PairingState, which: PhoneSelection): PairedPhone[] {
  return [...phones.values()].filter((phone) => isMeant(phone, which));
}

/** Whether an invitation or a phone is among those that are meant. */
export function isMeant(each: Invitation | PairedPhone, { conversationId, peerId, inviter }: PhoneSelection): boolean {
  return (
    (conversationId === undefined || each.conversationId === conversationId) &&
    (peerId === undefined || each.peerId === peerId) &&
    (inviter === undefined || each.inviter === inviter)
  );
}

/** Who led a conversation when the newest of its open invitations, or else of its phones, was made; undefined when it has neither. */
export function leaderOfPhones(state: PairingState, conversationId: string, now: number): string | undefined {
  const which = { conversationId };
  return (openInvitations(state, which, now).at(-1) ?? selectedPhones(state, which).at(-1))?.leader;
}

/** True while it can be redeemed. */
export function isOpen({ state, expiresAt }: Invitation, now: number): boolean {
  return state.name === 'open' && now < expiresAt;
}

/** When something is to be forgotten or ends by itself; undefined for never. Wrong tries wait for the next step: strangers set no timers. */
export function pairingWakeAt({ invitations, phones }: PairingState): number | undefined {
  const times = [
    ...invitations.map(({ expiresAt }) => expiresAt + REMEMBERED_MS),
    ...[...phones.values()].map(({ credential }) => credential.expiresAt),
  ];
  return times.length === 0 ? undefined : times.reduce((least, time) => Math.min(least, time));
}

/** Compares two keys in a time that depends on their lengths only. */
export function sameKey(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let i = 0; i < one.length; i++) difference |= one.charCodeAt(i) ^ other.charCodeAt(i);
  return difference === 0;
}

function isGood(dated: DatedKey, key: string, now: number): boolean {
  const isSame = sameKey(dated.key, key);
  return isSame && now < dated.expiresAt;
}
