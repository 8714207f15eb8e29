import { describe, expect, it } from 'vitest';
import { PAIRING_CODE_ALPHABET, readPairingCode, redeemRequestSchema, showPairingCode } from './pairing.ts';
import { parseValue } from './wire.ts';

describe('a pairing code', () => {
  it('is read as it was shown, however it is typed', () => {
    expect(showPairingCode('K7QM2XPA')).toBe('K7QM-2XPA');
    for (const typed of ['K7QM-2XPA', 'k7qm2xpa', ' K7QM 2XPA ', 'k7-qm-2x-pa']) {
      expect(readPairingCode(typed)).toBe('K7QM2XPA');
    }
  });

  it.each(['', 'K7QM-2XP', 'K7QM-2XPAA', 'K7QM-2XP0', 'K7QM_2XPA', 'К7QM-2XPA'])('is not %j', (text) => {
    expect(readPairingCode(text)).toBeUndefined();
  });

  it('has no letter that looks like another one', () => {
    expect(new Set(PAIRING_CODE_ALPHABET).size).toBe(31);
    for (const letter of '01ILO') expect(PAIRING_CODE_ALPHABET).not.toContain(letter);
  });
});

it.each([
  [{ token: 't' }, true],
  [{ code: 'c', name: 'Ann’s phone' }, true],
  [{ token: 't', code: 'c' }, false],
  [{ name: 'Ann’s phone' }, false],
  [{ token: '' }, false],
])('an invitation is redeemed by its token or its code: %j', (body, ok) => {
  expect(parseValue(redeemRequestSchema, body).ok).toBe(ok);
});
