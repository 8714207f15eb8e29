import type { ErrorCode } from '../errors.ts';
import { PAIRING_SECONDS } from '../protocol/pairing.ts';
import { PHONE_IDS, type PhoneId } from '../protocol/signaling.ts';
import type { Step } from './machine.ts';
import {
  CREDENTIAL_MS,
  hasToken,
  type Invitation,
  isMeant,
  isOpen,
  OVERLAP_MS,
  openInvitations,
  PAIRING_TRIES,
  type PairedPhone,
  type PairingState,
  PHONE_MS,
  type PhoneSelection,
  phoneAt,
  phoneRenewing,
  phonesOf,
  REMEMBERED_MS,
  type SecretKey,
  sameKey,
  selectedPhones,
  TRIES_MS,
} from './pairing-state.ts';

/** What the pairing is told. Every secret is new: nobody has seen it, and its `id` is no other one's. */
export type PairingInput =
  | {
      readonly type: 'invite';
      readonly conversationId: string;
      /** Undefined: the first that is free. */
      readonly peerId: PhoneId | undefined;
      /** Peer ids that the inviter's own have without being paired. */
      readonly taken: readonly PhoneId[];
      /** Those that others have without being paired: they make room when nothing else is free. */
      readonly busy: readonly PhoneId[];
      /** Who invites; the phones of one are counted, those of nobody in particular (null) are not. */
      readonly inviter: string | null;
      /** Who leads the conversation. */
      readonly leader: string;
      readonly confirm: boolean;
      readonly token: SecretKey;
      readonly code: SecretKey;
    }
  | {
      readonly type: 'redeem';
      readonly by: 'token' | 'code';
      readonly secret: SecretKey;
      /** Where the try comes from, and how many wrong ones may come from there in {@link TRIES_MS}. */
      readonly address: string;
      readonly allowedTries: number;
      readonly credential: SecretKey;
      readonly name: string | null;
    }
  /** `next` has the `id` of `credential`. Each has one that comes next, always the same; meant is the first that is not outgoing. */
  | { readonly type: 'renew'; readonly credential: SecretKey; readonly next: SecretKey }
  | { readonly type: 'accept'; readonly conversationId: string; readonly peerId: PhoneId }
  /** `keepsInvitations`: the phones alone, which go by themselves. */
  | ({ readonly type: 'remove'; readonly keepsInvitations?: boolean } & PhoneSelection)
  /** Time has passed. */
  | { readonly type: 'tick' };

/** What became of it. */
export type PairingEffect =
  | { readonly type: 'refused'; readonly code: PairingRefusal }
  | { readonly type: 'invited'; readonly invitation: Invitation }
  | { readonly type: 'paired'; readonly phone: PairedPhone }
  | { readonly type: 'renewed'; readonly phone: PairedPhone }
  | { readonly type: 'accepted'; readonly phone: PairedPhone }
  /** Its credentials are dead, and whatever it does by them is to end. */
  | { readonly type: 'ended'; readonly phone: PairedPhone; readonly reason: 'removed' | 'expired' };

/** Why something is not done. */
export type PairingRefusal = Extract<
  ErrorCode,
  | 'pairing_unknown'
  | 'pairing_expired'
  | 'pairing_used'
  | 'pairing_locked'
  | 'too_many_participants'
  | 'rate_limited'
  | 'unauthorized'
  | 'not_found'
>;

type PairingStep = Step<PairingState, PairingEffect>;
type Input<Type extends PairingInput['type']> = Extract<PairingInput, { type: Type }>;

/** Most invitations that are known, those that are over among them. */
export const MAX_INVITATIONS = 1_000;
/** Most phones, over all conversations. */
export const MAX_PHONES = 5_000;
/** Most phones of one inviter. */
export const MAX_PHONES_PER_INVITER = 200;
/** Most addresses whose wrong tries are counted. */
export const MAX_ADDRESSES = 10_000;

/**
 * One step of pairing phones: tokens and codes are redeemed once and in time, lock when they are guessed at, and become credentials that
 * are renewed, expire, and die when the phone is removed.
 */
export function stepPairing(state: PairingState, input: PairingInput, now: number): PairingStep {
  const passed = tick(state, now);
  const { state: next, effects } = decide(passed.state, input, now);
  return { state: next, effects: [...passed.effects, ...effects] };
}

function decide(state: PairingState, input: PairingInput, now: number): PairingStep {
  switch (input.type) {
    case 'invite':
      return invite(state, input, now);
    case 'redeem':
      return redeem(state, input, now);
    case 'renew':
      return renew(state, input, now);
    case 'accept':
      return accept(state, input);
    case 'remove':
      return remove(state, input);
    case 'tick':
      return { state, effects: [] };
  }
}

function invite(state: PairingState, input: Input<'invite'>, now: number): PairingStep {
  const { conversationId, inviter, leader, confirm, token, code } = input;
  const peerId = input.peerId ?? freePeerId(state, input, now);
  if (peerId === undefined) return refuse(state, 'too_many_participants');
  const known = withRoom(voided(state.invitations, { conversationId, peerId }), now);
  if (known === undefined) return refuse(state, 'rate_limited');
  const expiresAt = now + PAIRING_SECONDS * 1_000;
  const invitation: Invitation = {
    conversationId,
    peerId,
    inviter,
    leader,
    confirm,
    token,
    code,
    expiresAt,
    state: { name: 'open', wrongTries: 0 },
  };
  return { state: { ...state, invitations: [...known, invitation] }, effects: [{ type: 'invited', invitation }] };
}

function redeem(state: PairingState, input: Input<'redeem'>, now: number): PairingStep {
  const { by, secret, address, allowedTries } = input;
  const invitation = state.invitations.find((each) => each[by].id === secret.id);
  // A token cannot be guessed: whoever knows it is not kept out by others who guess from the same address. A code can.
  const isKnown = by === 'token' && hasToken(state, secret);
  if (!isKnown && (state.tries.get(address)?.count ?? 0) >= allowedTries) return refuse(state, 'pairing_locked');
  if (invitation === undefined) return refuse(counted(state, address, now), 'pairing_unknown');
  const { state: before } = invitation;
  const isRight = sameKey(invitation[by].key, secret.key);
  if (before.name !== 'open' || now >= invitation.expiresAt) {
    if (isRight) return refuse(state, refusalOf(invitation));
    return refuse(counted(state, address, now), before.name === 'locked' ? 'pairing_locked' : 'pairing_unknown');
  }
  if (before.wrongTries >= PAIRING_TRIES) {
    return refuse(counted(changed(state, invitation, { name: 'locked' }), address, now), 'pairing_locked');
  }
  if (isRight) return pair(state, invitation, input, now);
  const tried = changed(state, invitation, { name: 'open', wrongTries: before.wrongTries + 1 });
  return refuse(counted(tried, address, now), 'pairing_unknown');
}

function pair(state: PairingState, invitation: Invitation, input: Input<'redeem'>, now: number): PairingStep {
  const { conversationId, peerId, inviter, leader, confirm } = invitation;
  const before = phoneAt(state, conversationId, peerId);
  const isFull = state.phones.size >= MAX_PHONES || phonesOf(state, inviter) >= MAX_PHONES_PER_INVITER;
  if (before === undefined && isFull) return refuse(state, 'rate_limited');
  const { id: phoneId, key } = input.credential;
  const phone: PairedPhone = {
    phoneId,
    conversationId,
    peerId,
    inviter,
    leader,
    pairedAt: now,
    name: input.name,
    confirm,
    state: confirm ? 'waiting' : 'accepted',
    credential: { key, expiresAt: now + CREDENTIAL_MS },
    isShown: false,
    previous: [],
  };
  const phones = new Map(state.phones).set(phoneId, phone);
  const effects: PairingEffect[] = [{ type: 'paired', phone }];
  if (before !== undefined) {
    phones.delete(before.phoneId);
    effects.unshift({ type: 'ended', phone: before, reason: 'removed' });
  }
  return { state: { ...changed(state, invitation, { name: 'used' }), phones }, effects };
}

function renew(state: PairingState, { credential, next }: Input<'renew'>, now: number): PairingStep {
  const before = phoneRenewing(state, credential, now);
  if (before === undefined) return refuse(state, 'unauthorized');
  const { credential: outgoing, previous } = before;
  // It was renewed before, and that answer was lost, or another page of the phone has it: both are to have the same one.
  if (sameKey(outgoing.key, next.key)) return { state, effects: [{ type: 'renewed', phone: before }] };
  if (!sameKey(outgoing.key, credential.key)) return refuse(state, 'unauthorized');
  const phone: PairedPhone = {
    ...before,
    credential: { key: next.key, expiresAt: Math.min(now + CREDENTIAL_MS, before.pairedAt + PHONE_MS) },
    isShown: false,
    previous: [
      { key: outgoing.key, expiresAt: Math.min(outgoing.expiresAt, now + OVERLAP_MS) },
      ...previous.filter(({ expiresAt }) => now < expiresAt),
    ],
  };
  return { state: withPhone(state, phone), effects: [{ type: 'renewed', phone }] };
}

function accept(state: PairingState, { conversationId, peerId }: Input<'accept'>): PairingStep {
  const before = phoneAt(state, conversationId, peerId);
  if (before === undefined) return refuse(state, 'not_found');
  const phone: PairedPhone = { ...before, state: 'accepted' };
  return { state: withPhone(state, phone), effects: [{ type: 'accepted', phone }] };
}

function remove(state: PairingState, which: Input<'remove'>): PairingStep {
  const invitations = which.keepsInvitations ? state.invitations : voided(state.invitations, which);
  const gone = selectedPhones(state, which);
  if (gone.length === 0) return { state: { ...state, invitations }, effects: [] };
  const phones = new Map(state.phones);
  for (const { phoneId } of gone) phones.delete(phoneId);
  const effects = gone.map((phone) => ({ type: 'ended', phone, reason: 'removed' }) as const);
  return { state: { ...state, invitations, phones }, effects };
}

function tick(state: PairingState, now: number): PairingStep {
  const invitations = state.invitations.filter(({ expiresAt }) => now < expiresAt + REMEMBERED_MS);
  const isOver = ({ credential }: PairedPhone) => now >= credential.expiresAt;
  const expired = [...state.phones.values()].filter(isOver);
  const phones = expired.length === 0 ? state.phones : new Map([...state.phones].filter(([, phone]) => !isOver(phone)));
  const effects = expired.map((phone) => ({ type: 'ended', phone, reason: 'expired' }) as const);
  return { state: { invitations, phones, tries: currentTries(state, now) }, effects };
}

/** Tries run out in the order in which they began: mostly there is nothing to do, however many there are. */
function currentTries({ tries }: PairingState, now: number): PairingState['tries'] {
  const oldest = tries.values().next();
  if (oldest.done || now < oldest.value.until) return tries;
  return new Map([...tries].filter(([, { until }]) => now < until));
}

function freePeerId(state: PairingState, input: Input<'invite'>, now: number): PhoneId | undefined {
  const { conversationId, taken, busy } = input;
  const invited = new Set(openInvitations(state, { conversationId }, now).map(({ peerId }) => peerId));
  const free = PHONE_IDS.filter(
    (peerId) => !taken.includes(peerId) && !invited.has(peerId) && phoneAt(state, conversationId, peerId) === undefined,
  );
  return free.find((peerId) => !busy.includes(peerId)) ?? free[0];
}

/** The invitations without the oldest one that is over, when there are too many; undefined when all can still be redeemed. */
function withRoom(invitations: readonly Invitation[], now: number): readonly Invitation[] | undefined {
  if (invitations.length < MAX_INVITATIONS) return invitations;
  const over = invitations.findIndex((each) => !isOpen(each, now));
  return over < 0 ? undefined : invitations.filter((_, index) => index !== over);
}

function voided(invitations: readonly Invitation[], which: PhoneSelection): readonly Invitation[] {
  return invitations.map((each) =>
    each.state.name === 'open' && isMeant(each, which) ? { ...each, state: { name: 'void' } } : each,
  );
}

function refusalOf({ state }: Invitation): PairingRefusal {
  if (state.name === 'used') return 'pairing_used';
  return state.name === 'locked' ? 'pairing_locked' : 'pairing_expired';
}

/** One more wrong try from there; who was forgotten for want of room begins anew. */
function counted(state: PairingState, address: string, now: number): PairingState {
  const { count, until } = state.tries.get(address) ?? { count: 0, until: now + TRIES_MS };
  const tries = new Map(state.tries).set(address, { count: count + 1, until });
  const oldest = tries.keys().next();
  if (tries.size > MAX_ADDRESSES && !oldest.done) tries.delete(oldest.value);
  return { ...state, tries };
}

function changed(state: PairingState, invitation: Invitation, next: Invitation['state']): PairingState {
  const invitations = state.invitations.map((each) => (each === invitation ? { ...each, state: next } : each));
  return { ...state, invitations };
}

function withPhone(state: PairingState, phone: PairedPhone): PairingState {
  return { ...state, phones: new Map(state.phones).set(phone.phoneId, phone) };
}

function refuse(state: PairingState, code: PairingRefusal): PairingStep {
  return { state, effects: [{ type: 'refused', code }] };
}
