/** Where tries to redeem come from, as far as that is told apart. */
export interface PhoneAddress {
  readonly name: string;
  /** Whether it tells nothing: of a proxy on this machine, or of a server that does not say. */
  readonly isShared: boolean;
}

/**
 * An address as tries are counted by it: IPv4 as it is, IPv6 by its first 64 bits, which one household has all to itself,
 * but for link-local addresses, which share theirs. Loopback
 * addresses are those of a proxy on this machine, and unknown ones of a server that does not tell; both are shared.
 */
export function phoneAddress(address: string | undefined): PhoneAddress {
  const plain = (address ?? '')
    .toLowerCase()
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=\d+\.)/, '');
  if (plain === '' || plain === '::1' || plain.startsWith('127.')) return { name: 'shared', isShared: true };
  const isNetwork = plain.includes(':') && !plain.startsWith('fe80:');
  return { name: isNetwork ? prefixOf(plain) : plain, isShared: false };
}

function prefixOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
