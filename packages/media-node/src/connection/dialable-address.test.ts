import { describe, expect, it } from 'vitest';
import { isDialableAddress } from './dialable-address.ts';

describe('isDialableAddress', () => {
  it.each(['8.8.8.8', '100.63.255.255', '172.32.0.1', '2606:4700::1111'])('dials %s', (address) => {
    expect([false, true, 'public' as const].map((policy) => isDialableAddress(address, policy))).toEqual([
      false,
      true,
      true,
    ]);
  });

  it.each([
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '198.18.0.1',
    '::1',
    'fd12::1',
    '::ffff:10.1.2.3',
    '::ffff:7f00:1',
    '64:ff9b::a01:203',
    '2002:7f00:1::1',
  ])('dials %s only where networks of ours may be dialled', (address) => {
    expect(isDialableAddress(address, true)).toBe(true);
    expect(isDialableAddress(address, 'public')).toBe(false);
  });

  it.each([
    '0.0.0.0',
    '169.254.169.254',
    '224.0.0.251',
    '255.255.255.255',
    '::',
    'fe80::1',
    'ff02::fb',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    'metadata.example',
    'f00.local',
    '',
  ])('never dials %s', (address) => {
    expect(isDialableAddress(address, true)).toBe(false);
    expect(isDialableAddress(address, 'public')).toBe(false);
  });
});
