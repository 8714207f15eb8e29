import { describe, expect, it } from 'vitest';
import { isLanAddress, isLanName, lanAddresses } from './local-networks.ts';

const outside = (address: string) => ({ address, internal: false });

describe('an address of a local network', () => {
  it.each(['10.1.2.3', '172.31.255.255', '192.168.0.1', '169.254.7.7', '100.100.1.1', '192.0.2.2', 'fd12:3456::1'])(
    '%s is one',
    (address) => expect(isLanAddress(address)).toBe(true),
  );

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '0.0.0.0', '2001:db8::1', 'fe80::1', 'localhost', ''])(
    '%s is none',
    (address) => expect(isLanAddress(address)).toBe(false),
  );
});

describe('a name of a local network', () => {
  it.each(['studio.local', 'Voice.Home.ARPA', 'a.lan'])('%s is one', (name) => expect(isLanName(name)).toBe(true));

  it.each(['example.com', 'local', 'evil.example/.local', '.local', 'a..local', ''])('%j is none', (name) =>
    expect(isLanName(name)).toBe(false),
  );
});

describe('the addresses of this machine', () => {
  it('come likeliest first: IPv4, then IPv6, then those of containers and tunnels, and none of the internet', () => {
    const interfaces = {
      docker0: [outside('172.17.0.1')],
      lo: [{ address: '127.0.0.1', internal: true }],
      wlan0: [outside('fd00::5'), outside('fe80::5'), outside('192.168.1.5'), outside('2001:db8::5')],
      tailscale0: [outside('100.64.0.7')],
      eth1: [outside('203.0.114.9')],
      gone: undefined,
    };
    expect(lanAddresses(interfaces)).toEqual(['192.168.1.5', 'fd00::5', '172.17.0.1', '100.64.0.7']);
  });
});
