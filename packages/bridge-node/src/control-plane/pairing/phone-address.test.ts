import { describe, expect, it } from 'vitest';
import { phoneAddress } from './phone-address.ts';

describe('where a try comes from', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:DB8:1:2:ffff::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:0db8:0000:0002::1', '2001:db8:0:2'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::2', '0:0:0:0'],
  ])('%s is counted as %s', (address, name) => {
    expect(phoneAddress(address)).toEqual({ name, isShared: false });
  });

  it.each([undefined, '', '127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('%s may be many people', (address) => {
    expect(phoneAddress(address)).toEqual({ name: 'shared', isShared: true });
  });
});
