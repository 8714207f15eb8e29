import { type PairingEffect, type PairingInput, stepPairing } from '../machine/pairing.ts';
import {
  emptyPairing,
  isOutgoing,
  type PairingState,
  phoneShowing,
  type SecretKey,
  withShown,
} from '../machine/pairing-state.ts';
import type { PhoneId } from '../protocol/signaling.ts';

/** A pairing that is told one thing after the other, with secrets that are made up as they are needed. */
export function createPairing() {
  let state: PairingState = emptyPairing;
  let now = 1_000;
  let minted = 0;
  const mint = (id = `id${minted}`): SecretKey => ({ id, key: `key${minted++}` });
  const take = (input: PairingInput): readonly PairingEffect[] => {
    const step = stepPairing(state, input, now);
    state = step.state;
    return step.effects;
  };
  const outcomes = (effects: readonly PairingEffect[]) =>
    effects.map((effect) => {
      if (effect.type === 'refused') return effect.code;
      if (effect.type === 'ended') return `${effect.phone.peerId} ${effect.reason}`;
      return `${effect.type} ${effect.type === 'invited' ? effect.invitation.peerId : effect.phone.peerId}`;
    });
  return {
    get state() {
      return state;
    },
    get now() {
      return now;
    },
    mint,
    wait: (ms: number) => {
      now += ms;
    },
    invite(
      peerId?: PhoneId,
      options: {
        conversationId?: string;
        confirm?: boolean;
        taken?: readonly PhoneId[];
        busy?: readonly PhoneId[];
        inviter?: string | null;
        leader?: string;
      } = {},
    ) {
      const { conversationId = 'c', confirm = false, taken = [], busy = [], inviter = 'ann', leader = 'ann' } = options;
      const [token, code] = [mint(), mint()];
      const wish = { conversationId, peerId, taken, busy, inviter, leader, confirm };
      const effects = take({ type: 'invite', ...wish, token, code });
      return { token, code, outcome: outcomes(effects) };
    },
    redeem(secret: SecretKey, options: { by?: 'token' | 'code'; address?: string; credential?: SecretKey } = {}) {
      const { by = 'token', address = 'home', credential = mint() } = options;
      return outcomes(take({ type: 'redeem', by, secret, address, allowedTries: 100, credential, name: null }));
    },
    /** A phone that is paired. */
    pair(
      peerId: PhoneId,
      options: { conversationId?: string; confirm?: boolean; inviter?: string | null; leader?: string } = {},
    ) {
      const credential = mint();
      const outcome = this.redeem(this.invite(peerId, options).token, { credential });
      if (outcome.join() !== `paired ${peerId}`) throw new TypeError(`not paired: ${outcome.join()}`);
      return credential;
    },
    renew(credential: SecretKey) {
      let next = after(credential);
      while (isOutgoing(state, next, now)) next = after(next);
      return { next, outcome: outcomes(take({ type: 'renew', credential, next })) };
    },
    show(credential: SecretKey) {
      state = withShown(state, credential);
    },
    tell: (input: PairingInput) => outcomes(take(input)),
    isGood: (credential: SecretKey) => phoneShowing(state, credential, now) !== undefined,
  };
}

/** The credential that comes next. */
const after = ({ id, key }: SecretKey): SecretKey => ({ id, key: `${key}+` });

/** The same secret, guessed wrong. */
export const wrong = ({ id }: SecretKey): SecretKey => ({ id, key: 'wrong' });
