import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasSoundSctpLengths } from './sctp-lengths.ts';

const HEADER = new Uint8Array(12);

function packet(...chunks: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from([...HEADER, ...chunks.flat()]);
}

describe('hasSoundSctpLengths', () => {
  it.each([
    ['no chunk', packet()],
    ['a COOKIE ACK', packet([11, 0, 0, 4])],
    ['two chunks with padding between', packet([0, 3, 0, 5, 1, 0, 0, 0], [11, 0, 0, 4])],
    ['a last chunk without padding', packet([0, 3, 0, 5, 1])],
    ['a HEARTBEAT', packet([4, 0, 0, 12, 0, 1, 0, 8, 1, 2, 3, 4])],
    ['an INIT with a parameter', packet([1, 0, 0, 24, ...new Array(16).fill(0), 0xc0, 0, 0, 4])],
    ['an ABORT without causes', packet([6, 0, 0, 4])],
  ])('takes %s', (_, bytes) => {
    expect(hasSoundSctpLengths(bytes)).toBe(true);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['half a header', new Uint8Array(11)],
    ['a chunk of length 0', packet([11, 0, 0, 0])],
    ['a chunk of length 3', packet([11, 0, 0, 3])],
    ['a chunk beyond the packet', packet([0, 3, 0, 9, 1, 2, 3, 4])],
    ['a parameter of length 0', packet([130, 0, 0, 12, 0, 13, 0, 0, 0, 0, 1, 136])],
    ['a parameter of length 0 in an INIT', packet([1, 0, 0, 24, ...new Array(16).fill(0), 0xc0, 0, 0, 0])],
    ['no bytes at all', 'text'],
  ])('refuses %s', (_, bytes) => {
    expect(hasSoundSctpLengths(bytes)).toBe(false);
  });

  it('ends for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200, size: 'max' }), (bytes) => {
        expect(typeof hasSoundSctpLengths(bytes)).toBe('boolean');
      }),
    );
  });
});
