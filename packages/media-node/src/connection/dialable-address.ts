import { BlockList, isIP } from 'node:net';
import type { DialPolicy } from './media-connection.ts';

/** Nobody's address, or everybody's on the link: nothing that is sent there can be wanted. Metadata services of clouds are among them. */
const NEVER = blockListOf([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
  'fd00:ec2::254/128',
]);
/** Addresses of this host and of the networks behind it (RFC 6890), also inside those that carry another one. */
const NOT_PUBLIC = blockListOf([
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '::1/128',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
]);

/** Whether we may send checks to a candidate at this address. A name is never dialled: nobody makes us look names up. */
export function isDialableAddress(address: string, policy: DialPolicy): boolean {
  const version = isIP(address);
  if (policy === false || version === 0) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  return !NEVER.check(address, family) && (policy === true || !NOT_PUBLIC.check(address, family));
}

function blockListOf(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', prefix] = subnet.split('/');
    list.addSubnet(address, Number(prefix), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
