import { LAN_BLOCKS, LAN_SUFFIXES } from './local-networks.ts';

/** The object identifier of the extension (RFC 5280 section 4.2.1.10). */
export const NAME_CONSTRAINTS = '2.5.29.30';

const [SEQUENCE, PERMITTED, DNS_NAME, IP_ADDRESS] = [0x30, 0xa0, 0x82, 0x87] as const;

/** DER of the extension's value: {@link LAN_SUFFIXES} and {@link LAN_BLOCKS} are permitted, nothing else. */
export function nameConstraints(): Uint8Array<ArrayBuffer> {
  const names = LAN_SUFFIXES.map((suffix) => tagged(DNS_NAME, Buffer.from(suffix)));
  const addresses = LAN_BLOCKS.map(({ address, prefix, family }) => {
    const bytes = family === 'ipv4' ? Buffer.from(address.split('.').map(Number)) : ipv6Bytes(address);
    return tagged(IP_ADDRESS, Buffer.concat([bytes, maskOf(prefix, bytes.length)]));
  });
  const subtrees = [...names, ...addresses].map((name) => tagged(SEQUENCE, name));
  return new Uint8Array(tagged(SEQUENCE, tagged(PERMITTED, ...subtrees)));
}

/** For addresses that end in `::`. */
function ipv6Bytes(address: string): Buffer {
  const groups = address.replace(/::$/, '').split(':');
  const bytes = Buffer.alloc(16);
  for (const [index, group] of groups.entries()) bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  return bytes;
}

function maskOf(prefix: number, length: number): Buffer {
  return Buffer.from(
    Array.from({ length }, (_, index) => {
      const bits = Math.min(8, Math.max(0, prefix - index * 8));
      return (0xff00 >> bits) & 0xff;
    }),
  );
}

/** One DER value: tag, length, contents (X.690 section 8.1) of less than 64 KiB. */
function tagged(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  if (length < 0x1_00) return Buffer.concat([Buffer.of(tag, 0x81, length), content]);
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), content]);
}
