import { createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stunKey } from './stun-key.ts';
import { hasIntegrityOf, MAX_STUN_BYTES, readStun } from './stun-message.ts';

/** RFC 5769 section 2.1: a request with software, priority, ICE-CONTROLLED, user name, integrity and fingerprint. */
const REQUEST = hex(
  '000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b151263b36',
  '000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf',
);
/** RFC 5769 section 2.2: the answer, IPv4. */
const RESPONSE = hex(
  '0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643',
  '000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96',
);
const PASSWORD = 'VOkJxbRl1RmTxUk/WvJxBt';
const key = stunKey(PASSWORD);

function hex(...digits: readonly string[]): Buffer {
  return Buffer.from(digits.join(''), 'hex');
}

/** A message of these attributes, its length as it has to be. */
function message(type: number, ...attributes: readonly Buffer[]): Buffer {
  const body = Buffer.concat(attributes);
  const header = hex('00000000', '2112a442', '0102030405060708090a0b0c');
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(body.length, 2);
  return Buffer.concat([header, body]);
}

function withFingerprint(datagram: Buffer): Buffer {
  const longer = Buffer.concat([datagram, hex('8028000400000000')]);
  longer.writeUInt16BE(longer.length - 20, 2);
  longer.writeUInt32BE((crc32(longer.subarray(0, -8)) ^ 0x5354554e) >>> 0, longer.length - 4);
  return longer;
}

describe('readStun', () => {
  it('reads the vectors of RFC 5769', () => {
    expect(readStun(REQUEST)).toEqual({
      kind: 'request',
      transactionId: 'b7e7a701bc34d686fa87dfae',
      username: 'evtj:h6vY',
      integrityAt: 76,
      hasFingerprint: true,
      hasPriority: true,
      role: 'controlled',
    });
    expect(readStun(RESPONSE)).toMatchObject({ kind: 'success', username: undefined, hasFingerprint: true });
  });

  it('tells the four kinds apart', () => {
    const kinds = [0x0001, 0x0011, 0x0101, 0x0111].map((type) => readStun(message(type))?.kind);
    expect(kinds).toEqual(['request', 'indication', 'success', 'error']);
  });

  it.each([
    ['another method', message(0x0003)],
    ['no magic cookie', Buffer.concat([hex('00010000', '2112a443'), Buffer.alloc(12)])],
    ['a length beyond the datagram', Buffer.concat([message(1).subarray(0, 2), hex('0004'), message(1).subarray(4)])],
    ['bytes behind its length', Buffer.concat([message(1), Buffer.alloc(4)])],
    ['an attribute beyond its end', message(1, hex('80220008', '41414141'))],
    ['half an attribute', message(1, hex('8022'), hex('0000'), hex('8022')).subarray(0, -2)],
    ['a second user name', message(1, hex('00060000'), hex('00060000'))],
    ['an integrity of the wrong size', message(1, hex('00080004', '00000000'))],
    ['a priority of the wrong size', message(1, hex('00240000'))],
    ['a wrong fingerprint', message(1, hex('80280004', '00000000'))],
    ['an attribute behind its fingerprint', Buffer.concat([withFingerprint(message(1)), hex('00250000')])],
    ['an attribute behind its integrity', message(1, hex('00080014'), Buffer.alloc(20), hex('00250000'))],
    ['too many bytes', message(1, hex('80220500'), Buffer.alloc(MAX_STUN_BYTES))],
    ['nothing', Buffer.alloc(0)],
  ])('does not read a message with %s', (_, datagram) => {
    expect(readStun(datagram)).toBeUndefined();
  });

  it('ends for any bytes, and reads them from within', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40, size: 'max' })), (attributes) => {
        const read = readStun(message(1, ...attributes.map((bytes) => Buffer.from(bytes))));
        expect(read === undefined || read.kind === 'request').toBe(true);
      }),
    );
  });
});

describe('hasIntegrityOf', () => {
  it('verifies the vectors of RFC 5769, and nothing that differs by a bit', () => {
    for (const datagram of [REQUEST, RESPONSE]) {
      const read = readStun(datagram);
      if (read === undefined) throw new Error('not read');
      expect(hasIntegrityOf(datagram, read, key)).toBe(true);
      expect(hasIntegrityOf(datagram, read, stunKey('VOkJxbRl1RmTxUk/WvJxBu'))).toBe(false);
      for (const at of [1, 8, 25, (read.integrityAt ?? 0) + 4, (read.integrityAt ?? 0) + 23]) {
        const changed = Buffer.from(datagram);
        changed.writeUInt8((changed[at] ?? 0) ^ 1, at);
        expect(hasIntegrityOf(changed, read, key)).toBe(false);
      }
    }
  });

  it('takes a message without a signature for none', () => {
    const read = readStun(message(1));
    expect(read !== undefined && hasIntegrityOf(message(1), read, key)).toBe(false);
  });

  it.each([PASSWORD, 'long '.repeat(20)])('signs as everybody does, with a password as long as %j', (password) => {
    const unsigned = message(1, hex('00060003', '613a6200'));
    unsigned.writeUInt16BE(unsigned.length - 20 + 24, 2);
    const sum = createHmac('sha1', password).update(unsigned).digest();
    const signed = withFingerprint(Buffer.concat([unsigned, hex('00080014'), sum]));
    const read = readStun(signed);
    expect(read !== undefined && hasIntegrityOf(signed, read, stunKey(password))).toBe(true);
  });
});
