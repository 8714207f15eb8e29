import { BlockList, isIP } from 'node:net';

/** One block of addresses: its first, and how many leading bits all of it share. */
export interface AddressBlock {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/**
 * Addresses that the internet does not lead to: RFC 1918, RFC 3927, RFC 6598 (overlay networks use it), RFC 5737 (containers do),
 * RFC 4193, and loopback.
 */
export const LAN_BLOCKS: readonly AddressBlock[] = [
  { address: '10.0.0.0', prefix: 8, family: 'ipv4' },
  { address: '172.16.0.0', prefix: 12, family: 'ipv4' },
  { address: '192.168.0.0', prefix: 16, family: 'ipv4' },
  { address: '169.254.0.0', prefix: 16, family: 'ipv4' },
  { address: '100.64.0.0', prefix: 10, family: 'ipv4' },
  { address: '192.0.2.0', prefix: 24, family: 'ipv4' },
  { address: '198.51.100.0', prefix: 24, family: 'ipv4' },
  { address: '203.0.113.0', prefix: 24, family: 'ipv4' },
  { address: 'fc00::', prefix: 7, family: 'ipv6' },
  { address: '127.0.0.0', prefix: 8, family: 'ipv4' },
];

/** Names that only a local network resolves: RFC 6762, RFC 8375, RFC 6761, and what routers and ICANN set aside. */
export const LAN_SUFFIXES: readonly string[] = ['local', 'home.arpa', 'localhost', 'internal', 'lan', 'home'];

const blocks = new BlockList();
for (const { address, prefix, family } of LAN_BLOCKS) blocks.addSubnet(address, prefix, family);

/** True for an address of {@link LAN_BLOCKS}. */
export function isLanAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && blocks.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/** True for a host name under one of {@link LAN_SUFFIXES}. */
export function isLanName(name: string): boolean {
  if (!/^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*$/i.test(name)) return false;
  return LAN_SUFFIXES.some((suffix) => name.toLowerCase().endsWith(`.${suffix}`));
}

/** One address of one interface, as `os.networkInterfaces()` lists it. */
export interface InterfaceAddress {
  readonly address: string;
  readonly internal: boolean;
}

/** Interfaces by name. */
export type Interfaces = Readonly<Record<string, readonly InterfaceAddress[] | undefined>>;

/** Interfaces of containers, virtual machines and tunnels: no phone of the household is there. */
const VIRTUAL = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|vEthernet|utun|tun|tap|wg|tailscale|zt|lxc|cni|podman)/i;

/** The machine's {@link isLanAddress} addresses, where phones are to be expected first: IPv4 before IPv6, virtual interfaces last. */
export function lanAddresses(interfaces: Interfaces): string[] {
  const found = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ address, internal }) => !internal && isLanAddress(address))
      .map(({ address }) => ({ address, rank: rankOf(name, address) })),
  );
  return found.sort((a, b) => a.rank - b.rank).map(({ address }) => address);
}

function rankOf(interfaceName: string, address: string): number {
  const unlikely = VIRTUAL.test(interfaceName) || address.startsWith('169.254.');
  return (unlikely ? 2 : 0) + (isIP(address) === 4 ? 0 : 1);
}

/** An address as it stands in a URL. */
export function urlHost(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
