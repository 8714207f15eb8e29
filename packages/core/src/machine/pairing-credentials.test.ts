import { describe, expect, it } from 'vitest';
import { createPairing, wrong } from '../testing/create-pairing.ts';
import {
  CREDENTIAL_MS,
  leaderOfPhones,
  OVERLAP_MS,
  PHONE_MS,
  pairingWakeAt,
  phoneShowing,
  type SecretKey,
} from './pairing-state.ts';

const HOUR = 3_600_000;

describe('a credential', () => {
  it('is the phone’s for four hours, then ends it', () => {
    const pairing = createPairing();
    const credential = pairing.pair('mobile');
    expect(pairing.isGood(credential)).toBe(true);
    expect([pairing.isGood(wrong(credential)), pairing.isGood(pairing.mint())]).toEqual([false, false]);
    pairing.wait(CREDENTIAL_MS - 1);
    expect(pairing.isGood(credential)).toBe(true);
    expect(pairing.tell({ type: 'tick' })).toEqual([]);
    expect(pairingWakeAt(pairing.state)).toBe(pairing.now + 1);
    pairing.wait(1);
    expect(pairing.isGood(credential)).toBe(false);
    expect(pairing.tell({ type: 'tick' })).toEqual(['mobile expired']);
    expect(pairingWakeAt(pairing.state)).toBeUndefined();
  });

  it('is renewed: the old one is good for a minute more, the new one for four hours', () => {
    const pairing = createPairing();
    const credential = pairing.pair('mobile');
    pairing.wait(CREDENTIAL_MS / 2);
    const { next, outcome } = pairing.renew(credential);
    expect(outcome).toEqual(['renewed mobile']);
    pairing.wait(OVERLAP_MS - 1);
    expect([pairing.isGood(credential), pairing.isGood(next)]).toEqual([true, true]);
    pairing.wait(1);
    expect([pairing.isGood(credential), pairing.isGood(next)]).toEqual([false, true]);
    pairing.show(next);
    expect(pairing.renew(credential).outcome).toEqual(['unauthorized']);
    pairing.wait(CREDENTIAL_MS - OVERLAP_MS - 1);
    expect(pairing.isGood(next)).toBe(true);
  });

  it('is given once more when the answer was lost: the same one, for as long as it has; the old one lives no longer', () => {
    const pairing = createPairing();
    const credential = pairing.pair('mobile');
    const lost = pairing.renew(credential).next;
    pairing.wait(OVERLAP_MS - 1);
    const { next, outcome } = pairing.renew(credential);
    expect([outcome, next]).toEqual([['renewed mobile'], lost]);
    pairing.wait(1);
    expect([credential, next].map(pairing.isGood)).toEqual([false, true]);
    pairing.wait(CREDENTIAL_MS - OVERLAP_MS);
    expect(pairing.isGood(next)).toBe(false);
  });

  it('that never arrived is given to the one before at any time, until it is shown or runs out; that one is good for nothing else', () => {
    const pairing = createPairing();
    const [sleeper, other] = [pairing.pair('mobile'), pairing.pair('mobile-2')];
    const lost = pairing.renew(sleeper).next;
    const last = pairing.renew(pairing.renew(other).next).next;
    pairing.show(wrong(lost));
    pairing.wait(HOUR);
    expect(pairing.renew(sleeper)).toEqual({ next: lost, outcome: ['renewed mobile'] });
    expect([sleeper, lost].map(pairing.isGood)).toEqual([false, true]);
    expect([pairing.renew(other).outcome, pairing.renew(wrong(sleeper)).outcome]).toEqual([
      ['unauthorized'],
      ['unauthorized'],
    ]);
    pairing.show(lost);
    expect(pairing.renew(sleeper).outcome).toEqual(['unauthorized']);
    expect(pairing.isGood(last)).toBe(true);
    pairing.wait(CREDENTIAL_MS - HOUR);
    expect(pairing.renew(other).outcome).toEqual(['mobile expired', 'mobile-2 expired', 'unauthorized']);
  });

  it('is the same for two pages of the phone, though one of them renewed it twice meanwhile', () => {
    const pairing = createPairing();
    const credential = pairing.pair('mobile');
    const first = pairing.renew(credential).next;
    pairing.wait(1_000);
    const second = pairing.renew(first).next;
    expect(second).not.toEqual(first);
    pairing.wait(1_000);
    expect(pairing.renew(credential)).toEqual({ next: second, outcome: ['renewed mobile'] });
    expect(pairing.renew(first)).toEqual({ next: second, outcome: ['renewed mobile'] });
    expect([credential, first, second].map(pairing.isGood)).toEqual([true, true, true]);
    pairing.wait(OVERLAP_MS - 1_000);
    expect([credential, first, second].map(pairing.isGood)).toEqual([false, false, true]);
    expect(pairing.renew(second).outcome).toEqual(['renewed mobile']);
    expect(pairing.state.phones.get(second.id)?.previous).toHaveLength(1);
  });

  it('is not renewed into another one than comes next', () => {
    const pairing = createPairing();
    const credential = pairing.pair('mobile');
    const { next } = pairing.renew(credential);
    const other = { id: credential.id, key: 'another' };
    expect(pairing.tell({ type: 'renew', credential, next: other })).toEqual(['unauthorized']);
    expect([credential, next, other].map(pairing.isGood)).toEqual([true, true, false]);
  });

  it('is renewed for 24 hours, and is dead then, as often as it was renewed', () => {
    const pairing = createPairing();
    let credential = pairing.pair('mobile');
    for (let hours = 0; hours < 21; hours += 3) {
      pairing.wait(3 * HOUR);
      credential = pairing.renew(credential).next;
    }
    expect(pairing.now).toBe(1_000 + 21 * HOUR);
    pairing.wait(PHONE_MS - 21 * HOUR - 1);
    const { next, outcome } = pairing.renew(credential);
    expect([outcome, pairing.isGood(next)]).toEqual([['renewed mobile'], true]);
    pairing.wait(1);
    expect([pairing.isGood(credential), pairing.isGood(next)]).toEqual([false, false]);
    expect(pairing.renew(next).outcome).toEqual(['mobile expired', 'unauthorized']);
  });

  it('that was renewed late does not outlive its own time', () => {
    const pairing = createPairing();
    const credential = pairing.pair('mobile');
    pairing.wait(CREDENTIAL_MS - 10);
    pairing.renew(credential);
    pairing.wait(10);
    expect(pairing.isGood(credential)).toBe(false);
  });

  it('dies with its phone when that is removed, renewed or not, and so do its invitations; others stay', () => {
    const pairing = createPairing();
    const [gone, stays, elsewhere] = [
      pairing.pair('mobile'),
      pairing.pair('mobile-2'),
      pairing.pair('mobile', { conversationId: 'd' }),
    ];
    const { next } = pairing.renew(gone);
    const invited = pairing.invite('mobile');
    expect(pairing.tell({ type: 'remove', conversationId: 'c', peerId: 'mobile' })).toEqual(['mobile removed']);
    expect([gone, next, stays, elsewhere].map(pairing.isGood)).toEqual([false, false, true, true]);
    expect(pairing.redeem(invited.token)).toEqual(['pairing_expired']);
    expect(pairing.renew(next).outcome).toEqual(['unauthorized']);
    expect(pairing.tell({ type: 'remove', conversationId: 'c', peerId: 'mobile' })).toEqual([]);
    expect(pairing.isGood(pairing.pair('mobile'))).toBe(true);
  });

  it('dies with all that are meant: those of a conversation, of whoever invited, of both', () => {
    const pairing = createPairing();
    const own = pairing.pair('mobile');
    const elsewhere = pairing.pair('mobile', { conversationId: 'd' });
    const bobs = pairing.pair('mobile-2', { inviter: 'bob' });
    const nobodys = pairing.pair('mobile-3', { inviter: null });
    const invited = pairing.invite('mobile-4');
    const all = [own, elsewhere, bobs, nobodys];
    expect(pairing.tell({ type: 'remove', conversationId: 'd', inviter: 'bob' })).toEqual([]);
    expect(pairing.tell({ type: 'remove', conversationId: 'c', inviter: 'ann' })).toEqual(['mobile removed']);
    expect(all.map(pairing.isGood)).toEqual([false, true, true, true]);
    expect(pairing.redeem(invited.token)).toEqual(['pairing_expired']);
    expect(pairing.tell({ type: 'remove', inviter: 'ann' })).toEqual(['mobile removed']);
    expect(pairing.tell({ type: 'remove', conversationId: 'c' })).toEqual(['mobile-2 removed', 'mobile-3 removed']);
    expect(all.map(pairing.isGood)).toEqual([false, false, false, false]);
  });

  it('dies when its peer id is paired anew, and not when that is only offered', () => {
    const pairing = createPairing();
    const before = pairing.pair('mobile');
    const { token } = pairing.invite('mobile');
    expect(pairing.isGood(before)).toBe(true);
    expect(pairing.redeem(token)).toEqual(['mobile removed', 'paired mobile']);
    expect(pairing.isGood(before)).toBe(false);
  });
});

describe('who leads a conversation by its phones', () => {
  it('is who led it when the newest invitation, or else the newest phone, was made; nobody when there are none', () => {
    const pairing = createPairing();
    const leader = () => leaderOfPhones(pairing.state, 'c', pairing.now);
    expect(leader()).toBeUndefined();
    const credential = pairing.pair('mobile', { leader: 'ann' });
    pairing.pair('mobile-2', { inviter: 'mod', leader: 'bob' });
    pairing.pair('mobile', { conversationId: 'd', leader: 'carl' });
    expect(leader()).toBe('bob');
    pairing.invite('mobile-3', { leader: 'dora' });
    expect(leader()).toBe('dora');
    pairing.wait(120_000);
    expect(leader()).toBe('bob');
    pairing.renew(credential);
    expect(leader()).toBe('bob');
    pairing.tell({ type: 'remove', conversationId: 'c', peerId: 'mobile-2' });
    expect(leader()).toBe('ann');
  });
});

describe('a phone that has to be accepted', () => {
  it('waits until it is, and is accepted from then on, renewals included', () => {
    const pairing = createPairing();
    const credential = pairing.pair('mobile', { confirm: true });
    const stateOf = (shown: SecretKey) => phoneShowing(pairing.state, shown, pairing.now)?.state;
    expect(stateOf(credential)).toBe('waiting');
    const { next } = pairing.renew(credential);
    expect(stateOf(next)).toBe('waiting');
    const accept = { type: 'accept', conversationId: 'c', peerId: 'mobile' } as const;
    expect(pairing.tell(accept)).toEqual(['accepted mobile']);
    expect(pairing.tell(accept)).toEqual(['accepted mobile']);
    expect([stateOf(credential), stateOf(pairing.renew(next).next)]).toEqual(['accepted', 'accepted']);
  });

  it('cannot be accepted when there is none', () => {
    const pairing = createPairing();
    pairing.invite('mobile', { confirm: true });
    pairing.pair('mobile', { conversationId: 'd', confirm: true });
    expect(pairing.tell({ type: 'accept', conversationId: 'c', peerId: 'mobile' })).toEqual(['not_found']);
  });
});
