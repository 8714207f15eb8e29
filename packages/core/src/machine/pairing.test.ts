import { describe, expect, it } from 'vitest';
import { PHONE_IDS } from '../protocol/signaling.ts';
import { createPairing, wrong } from '../testing/create-pairing.ts';
import { MAX_ADDRESSES, MAX_INVITATIONS, MAX_PHONES, MAX_PHONES_PER_INVITER, stepPairing } from './pairing.ts';
import {
  emptyPairing,
  openInvitations,
  PAIRING_TRIES,
  pairingWakeAt,
  REMEMBERED_MS,
  type SecretKey,
  TRIES_MS,
} from './pairing-state.ts';

const LIFE_MS = 120_000;

describe('an invitation', () => {
  it.each(['token', 'code'] as const)('is redeemed by its %s, once, whichever of the two comes again', (by) => {
    const pairing = createPairing();
    const invitation = pairing.invite('mobile');
    expect(pairing.redeem(invitation[by], { by })).toEqual(['paired mobile']);
    expect(pairing.redeem(invitation.token)).toEqual(['pairing_used']);
    expect(pairing.redeem(invitation.code, { by: 'code' })).toEqual(['pairing_used']);
  });

  it('can be redeemed for 120 seconds, is told from one that never was for ten more minutes, then forgotten', () => {
    const pairing = createPairing();
    const [late, inTime] = [pairing.invite('mobile'), pairing.invite('mobile-2')];
    pairing.wait(LIFE_MS - 1);
    expect(pairing.redeem(inTime.token)).toEqual(['paired mobile-2']);
    pairing.wait(1);
    expect(pairing.redeem(late.token)).toEqual(['pairing_expired']);
    pairing.wait(REMEMBERED_MS - 1);
    expect(pairing.redeem(late.token)).toEqual(['pairing_expired']);
    pairing.wait(1);
    expect(pairing.redeem(late.token)).toEqual(['pairing_unknown']);
    expect(pairing.state.invitations).toEqual([]);
  });

  it('is no good as what it is not: a token as code, a key under another id', () => {
    const pairing = createPairing();
    const [one, other] = [pairing.invite('mobile'), pairing.invite('mobile-2')];
    expect(pairing.redeem(one.token, { by: 'code' })).toEqual(['pairing_unknown']);
    expect(pairing.redeem({ id: one.token.id, key: other.token.key })).toEqual(['pairing_unknown']);
    expect(pairing.redeem({ id: one.token.id, key: '' })).toEqual(['pairing_unknown']);
    expect(pairing.redeem({ id: one.token.id, key: `${one.token.key}x` })).toEqual(['pairing_unknown']);
  });

  it('gives way to a newer one of the same peer id, and to nothing else', () => {
    const pairing = createPairing();
    const [older, elsewhere, another] = [
      pairing.invite('mobile'),
      pairing.invite('mobile', { conversationId: 'd' }),
      pairing.invite('mobile-2'),
    ];
    const newer = pairing.invite('mobile');
    expect(pairing.redeem(older.token)).toEqual(['pairing_expired']);
    for (const { token } of [elsewhere, another, newer]) expect(pairing.redeem(token)[0]).toMatch('paired');
  });

  it('takes the first peer id that nobody has, is invited to, or signals by; eight of them, and no more', () => {
    const pairing = createPairing();
    pairing.pair('mobile');
    pairing.invite('mobile-2');
    pairing.invite('mobile', { conversationId: 'd' });
    expect(pairing.invite(undefined, { taken: ['mobile-3'] }).outcome).toEqual(['invited mobile-4']);
    pairing.wait(LIFE_MS);
    for (const peerId of PHONE_IDS.slice(1)) expect(pairing.invite().outcome).toEqual([`invited ${peerId}`]);
    expect(pairing.invite().outcome).toEqual(['too_many_participants']);
    expect(pairing.invite('mobile').outcome).toEqual(['invited mobile']);
  });

  it('takes a peer id that somebody else signals by without being paired when no other one is free, and none of the inviter’s', () => {
    const pairing = createPairing();
    const busy = PHONE_IDS.slice(0, 7);
    expect(pairing.invite(undefined, { busy }).outcome).toEqual(['invited mobile-8']);
    expect(pairing.invite(undefined, { busy, taken: ['mobile-8'] }).outcome).toEqual(['invited mobile']);
    expect(pairing.invite(undefined, { busy: ['mobile-2'], taken: PHONE_IDS.slice(2) }).outcome).toEqual([
      'invited mobile-2',
    ]);
    expect(pairing.invite(undefined, { taken: PHONE_IDS }).outcome).toEqual(['too_many_participants']);
  });
});

describe('wrong tries', () => {
  it.each(['token', 'code'] as const)(
    'eight are answered; the ninth try locks token and code, though it be the right %s',
    (by) => {
      const pairing = createPairing();
      const invitation = pairing.invite('mobile');
      for (let tries = 0; tries < PAIRING_TRIES; tries++) {
        const part = tries % 2 === 0 ? 'token' : 'code';
        expect(pairing.redeem(wrong(invitation[part]), { by: part })).toEqual(['pairing_unknown']);
      }
      expect(pairing.redeem(invitation[by], { by })).toEqual(['pairing_locked']);
      for (const part of ['token', 'code'] as const) {
        expect(pairing.redeem(invitation[part], { by: part })).toEqual(['pairing_locked']);
        expect(pairing.redeem(wrong(invitation[part]), { by: part })).toEqual(['pairing_locked']);
      }
      expect(pairing.redeem(pairing.invite('mobile').token)).toEqual(['paired mobile']);
    },
  );

  it('the ninth wrong one locks as well, and another invitation stays as it is', () => {
    const pairing = createPairing();
    const [tried, other] = [pairing.invite('mobile'), pairing.invite('mobile-2')];
    for (let tries = 0; tries < PAIRING_TRIES; tries++) pairing.redeem(wrong(tried.code), { by: 'code' });
    expect(pairing.redeem(wrong(tried.code), { by: 'code' })).toEqual(['pairing_locked']);
    expect(pairing.redeem(other.code, { by: 'code' })).toEqual(['paired mobile-2']);
  });

  it('seven do no harm to who then knows it', () => {
    const pairing = createPairing();
    const { code } = pairing.invite('mobile');
    for (let tries = 1; tries < PAIRING_TRIES; tries++) pairing.redeem(wrong(code), { by: 'code' });
    expect(pairing.redeem(code, { by: 'code' })).toEqual(['paired mobile']);
  });

  it('from one address count whatever they are of, for two minutes from the first; other addresses go on', () => {
    const pairing = createPairing();
    const { code, token } = pairing.invite('mobile');
    const redeem = (secret: SecretKey, address: string, by: 'token' | 'code' = 'code') =>
      pairing.tell({
        type: 'redeem',
        by,
        secret,
        address,
        allowedTries: 2,
        credential: pairing.mint(),
        name: null,
      });
    expect(redeem(pairing.mint(), 'bad')).toEqual(['pairing_unknown']);
    pairing.wait(1_000);
    expect(redeem(pairing.mint(), 'bad')).toEqual(['pairing_unknown']);
    expect(redeem(code, 'bad')).toEqual(['pairing_locked']);
    expect(redeem(wrong(token), 'bad', 'token')).toEqual(['pairing_locked']);
    expect(redeem(code, 'good')).toEqual(['paired mobile']);
    pairing.wait(TRIES_MS - 1_001);
    expect(redeem(pairing.mint(), 'bad')).toEqual(['pairing_locked']);
    pairing.wait(1);
    expect(redeem(pairing.mint(), 'bad')).toEqual(['pairing_unknown']);
  });

  it('from one address do not keep out who knows a token there: that cannot be guessed', () => {
    const pairing = createPairing();
    const { token } = pairing.invite('mobile');
    for (let tries = 0; tries < 101; tries++) pairing.redeem(pairing.mint());
    expect(pairing.redeem(pairing.mint())).toEqual(['pairing_locked']);
    expect(pairing.redeem(wrong(token))).toEqual(['pairing_locked']);
    expect(pairing.redeem({ id: '', key: '' })).toEqual(['pairing_locked']);
    expect(pairing.redeem(token)).toEqual(['paired mobile']);
    expect(pairing.redeem(token)).toEqual(['pairing_used']);
  });

  it('of an invitation that is over are no tries, and do not tell that it was', () => {
    const pairing = createPairing();
    const { token } = pairing.invite('mobile');
    pairing.wait(LIFE_MS);
    expect(pairing.redeem(wrong(token))).toEqual(['pairing_unknown']);
    expect(pairing.redeem(token)).toEqual(['pairing_expired']);
  });
});

describe('there are only so many', () => {
  it('invitations: the oldest that is over is forgotten first, and none that can be redeemed', () => {
    const pairing = createPairing();
    const used = pairing.invite('mobile', { conversationId: 'used' });
    const first = pairing.invite('mobile', { conversationId: 'first' });
    pairing.redeem(used.token);
    for (let n = 2; n < MAX_INVITATIONS; n++) pairing.invite('mobile', { conversationId: `c${n}` });
    expect(pairing.redeem(used.token)).toEqual(['pairing_used']);
    expect(pairing.invite('mobile').outcome).toEqual(['invited mobile']);
    expect(pairing.redeem(used.token)).toEqual(['pairing_unknown']);
    expect(pairing.invite('mobile-2').outcome).toEqual(['rate_limited']);
    expect(openInvitations(pairing.state, { conversationId: 'c' }, pairing.now)).toHaveLength(1);
    expect(pairing.redeem(first.token)).toEqual(['paired mobile']);
  });

  it('phones: one more is refused, and its invitation stays good for when there is room', () => {
    const pairing = createPairing();
    const phones = new Map(
      Array.from({ length: MAX_PHONES }, (_, n) => {
        const credential = { key: 'k', expiresAt: pairing.now + 1_000 };
        const phone = {
          phoneId: `p${n}`,
          conversationId: `d${n}`,
          peerId: 'mobile',
          inviter: `i${n}`,
          leader: `i${n}`,
          isShown: false,
          previous: [],
          pairedAt: 0,
          name: null,
          confirm: false,
        } as const;
        return [phone.phoneId, { ...phone, state: 'accepted', credential } as const] as const;
      }),
    );
    const { state, effects } = stepPairing(
      { ...emptyPairing, phones },
      {
        type: 'invite',
        conversationId: 'c',
        peerId: 'mobile',
        taken: [],
        busy: [],
        inviter: 'ann',
        leader: 'ann',
        confirm: false,
        token: { id: 't', key: 't' },
        code: { id: 'c', key: 'c' },
      },
      pairing.now,
    );
    expect(effects).toHaveLength(1);
    const redeem = {
      type: 'redeem',
      by: 'token',
      secret: { id: 't', key: 't' },
      address: 'a',
      allowedTries: 8,
      credential: { id: 'n', key: 'n' },
      name: 'Ann',
    } as const;
    const full = stepPairing(state, redeem, pairing.now);
    expect(full.effects).toEqual([{ type: 'refused', code: 'rate_limited' }]);
    const later = stepPairing(full.state, redeem, pairing.now + 1_000);
    expect(later.effects.at(-1)).toMatchObject({ type: 'paired', phone: { name: 'Ann' } });
  });

  it('phones of one inviter: one more is refused, another’s is not, nor one that takes the place of its own', () => {
    const pairing = createPairing();
    for (let n = 0; n < MAX_PHONES_PER_INVITER; n++) pairing.pair('mobile', { conversationId: `c${n}` });
    expect(pairing.redeem(pairing.invite('mobile').token)).toEqual(['rate_limited']);
    expect(pairing.isGood(pairing.pair('mobile', { inviter: 'bob' }))).toBe(true);
    const { token } = pairing.invite('mobile', { conversationId: 'c0' });
    expect(pairing.redeem(token)).toEqual(['mobile removed', 'paired mobile']);
    expect(pairing.tell({ type: 'remove', conversationId: 'c1', peerId: 'mobile' })).toEqual(['mobile removed']);
    expect(pairing.isGood(pairing.pair('mobile-2'))).toBe(true);
  });

  it('phones of nobody in particular are counted for nobody', () => {
    const pairing = createPairing();
    for (let n = 0; n <= MAX_PHONES_PER_INVITER; n++) {
      expect(pairing.isGood(pairing.pair('mobile', { conversationId: `c${n}`, inviter: null }))).toBe(true);
    }
  });

  it('addresses: the one that tried first is forgotten first', () => {
    const tries = new Map(Array.from({ length: MAX_ADDRESSES }, (_, n) => [`a${n}`, { count: 1, until: 9_000 }]));
    const secret = { id: 'x', key: 'x' };
    const redeem = { type: 'redeem', by: 'token', secret, allowedTries: 8, credential: secret, name: null } as const;
    const { state } = stepPairing({ ...emptyPairing, tries }, { ...redeem, address: 'new' }, 1);
    expect([state.tries.size, state.tries.has('a0'), state.tries.has('new')]).toEqual([MAX_ADDRESSES, false, true]);
    expect(pairingWakeAt(state)).toBeUndefined();
    expect([...stepPairing(state, { type: 'tick' }, 9_000).state.tries.keys()]).toEqual(['new']);
  });
});
