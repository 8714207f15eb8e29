import { describe, expect, it } from 'vitest';
import { signedStun } from '../testing/signed-stun.ts';
import { stunKey } from './stun-key.ts';
import { hasIntegrityOf, readStun } from './stun-message.ts';
import { writeStunAnswer, writeStunCheck } from './stun-writer.ts';

const PASSWORD = 'VOkJxbRl1RmTxUk/WvJxBt';
const key = stunKey(PASSWORD);
const ID = 'b7e7a701bc34d686fa87dfae';

describe('writeStunCheck', () => {
  it.each([
    [true, 'controlling', '802a'],
    [false, 'controlled', '8029'],
  ] as const)('signs a check that nominates nothing (controlling: %s)', (controlling, role, attribute) => {
    const check = writeStunCheck(
      { transactionId: Buffer.from(ID, 'hex'), username: 'theirs:ours', controlling, tieBreaker: 0x932ff9b151263b36n },
      key,
    );
    const message = readStun(check);
    expect(message).toMatchObject({ kind: 'request', transactionId: ID, username: 'theirs:ours', role });
    expect(message).toMatchObject({ hasPriority: true, hasFingerprint: true });
    expect(message && hasIntegrityOf(check, message, key)).toBe(true);
    expect(check.toString('hex')).toContain(`002400046effffff${attribute}0008932ff9b151263b36`);
  });

  it('writes what everybody else writes', () => {
    const username = 'theirs:ours';
    const fields = { username, controlling: true, tieBreaker: 5n, transactionId: Buffer.from(ID, 'hex') };
    const same = { username, controlling: 5n, transactionId: ID, priority: 0x6effffff, password: PASSWORD };
    expect(writeStunCheck(fields, key)).toEqual(signedStun({ kind: 'request', ...same }));
  });
});

describe('writeStunAnswer', () => {
  const check = signedStun({ kind: 'request', transactionId: ID });

  it.each([
    ['192.0.2.1', '0001a147e112a643'],
    ['2001:db8:1234:5678:11:2233:4455:6677', '0002a1470113a9faa5d3f179bc25f4b5bed2b9d9'],
  ])('tells %s in the bytes of RFC 5769', (host, mapped) => {
    const answer = writeStunAnswer(check, host, 32_853, key);
    const message = readStun(answer);
    expect(message).toMatchObject({ kind: 'success', transactionId: ID, hasFingerprint: true });
    expect(message && hasIntegrityOf(answer, message, key)).toBe(true);
    expect(answer.toString('hex', 20, 24 + mapped.length / 2)).toBe(
      `00200${(mapped.length / 2).toString(16).padStart(3, '0')}${mapped}`,
    );
  });

  it.each([
    ['::1', '00000000000000000000000000000001'],
    ['fe80::1:2', 'fe800000000000000000000000010002'],
    ['2001:db8::', '20010db8000000000000000000000000'],
  ])('knows the short form %s', (host, long) => {
    const answer = writeStunAnswer(check, host, 1, key);
    const bytes = Buffer.from(answer.subarray(28, 44)).map((byte, at) => byte ^ (check[at + 4] ?? 0));
    expect(Buffer.from(bytes).toString('hex')).toBe(long);
  });
});
