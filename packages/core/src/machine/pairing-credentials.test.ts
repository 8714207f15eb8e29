import { describe, expect, it } from 'vitest';
import { createPairing, wrong } from '../testing/create-pairing.ts';
import { CREDENTIAL_MS, OVERLAP_MS, PHONE_MS, pairingWakeAt, phoneShowing, type SecretKey } from './pairing-state.ts';

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
    expect(pairing.renew(credential).outcome).toEqual(['unauthorized']);
    pairing.wait(CREDENTIAL_MS - OVERLAP_MS - 1);
    expect(pairing.isGood(next)).toBe(true);
  });

  it('is renewed once more by the old one when the answer was lost; the lost one is dead, and the old one lives no longer', () => {
    const pairing = createPairing();
    const credential = pairing.pair('mobile');
    const lost = pairing.renew(credential).next;
    pairing.wait(OVERLAP_MS - 1);
    const { next } = pairing.renew(credential);
    expect([credential, lost, next].map(pairing.isGood)).toEqual([true, false, true]);
    pairing.wait(1);
    expect([credential, lost, next].map(pairing.isGood)).toEqual([false, false, true]);
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

  it('dies when its peer id is paired anew, and not when that is only offered', () => {
    const pairing = createPairing();
    const before = pairing.pair('mobile');
    const { token } = pairing.invite('mobile');
    expect(pairing.isGood(before)).toBe(true);
    expect(pairing.redeem(token)).toEqual(['mobile removed', 'paired mobile']);
    expect(pairing.isGood(before)).toBe(false);
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
