import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HandshakeInbox, MAX_HANDSHAKE_BYTES, MAX_UNFINISHED_BYTES } from './handshake-inbox.ts';

interface Fragment {
  readonly number: number;
  readonly body: Buffer;
  readonly from?: number;
  readonly to?: number;
}

/** A fragment of a message (RFC 6347 section 4.2.2); the whole message unless told otherwise. */
function fragmentOf({ number, body, from = 0, to = body.length }: Fragment): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(11, 0);
  header.writeUIntBE(body.length, 1, 3);
  header.writeUInt16BE(number, 4);
  header.writeUIntBE(from, 6, 3);
  header.writeUIntBE(to - from, 9, 3);
  return Buffer.concat([header, body.subarray(from, to)]);
}

function inbox() {
  const given: string[] = [];
  const box = new HandshakeInbox((message) => given.push(message.subarray(12).toString()));
  const take = (fragment: Fragment) => box.take(fragmentOf(fragment));
  return { box, given, take };
}

const body = Buffer.from('a certificate');

describe('HandshakeInbox', () => {
  it('gives messages in order, whatever the order they come in, and repeated ones again', () => {
    const { given, take } = inbox();
    for (const number of [2, 0, 3, 1, 1, 4]) take({ number, body: Buffer.from(`${number}`) });
    expect(given).toEqual(['0', '1', '2', '3', '1', '4']);
  });

  it('reads all messages of one record', () => {
    const { box, given } = inbox();
    box.take(Buffer.concat([0, 1, 2].map((number) => fragmentOf({ number, body: Buffer.from(`${number}`) }))));
    expect(given).toEqual(['0', '1', '2']);
  });

  it('puts a message together from any fragments that cover it', () => {
    const cuts = fc.array(fc.tuple(fc.nat(body.length), fc.nat(body.length)), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, (ranges) => {
        const { box, given, take } = inbox();
        const covered = new Set<number>();
        for (const [one, other] of ranges) {
          const [from, to] = [Math.min(one, other), Math.max(one, other)];
          for (let at = from; at < to; at++) covered.add(at);
          if (given.length === 0) take({ number: 0, body, from, to });
        }
        expect(given).toEqual(covered.size === body.length ? [body.toString()] : []);
        expect(box.unfinishedBytes === 0).toBe(given.length > 0 || ranges.length === 0);
      }),
    );
  });

  it('gives a message that was put together the header of a whole one', () => {
    let message: Buffer = Buffer.alloc(0);
    const box = new HandshakeInbox((whole) => {
      message = whole;
    });
    box.take(fragmentOf({ number: 0, body, from: 5 }));
    box.take(fragmentOf({ number: 0, body, to: 5 }));
    expect(message).toEqual(fragmentOf({ number: 0, body }));
  });

  it('[W19] keeps no more of 3,000 handshake fragments than two messages', () => {
    const { box, given, take } = inbox();
    const large = Buffer.alloc(MAX_HANDSHAKE_BYTES);
    for (let n = 0; n < 3_000; n++) take({ number: n % 8, body: large, from: n, to: n + 1 });
    for (let n = 0; n < 3_000; n++)
      take({ number: n, body: Buffer.alloc(2_000 + n), from: n % 500, to: (n % 500) + 900 });
    expect(box.unfinishedBytes).toBeLessThanOrEqual(MAX_UNFINISHED_BYTES + 24);
    expect(given).toEqual([]);
  });

  it('is not confused by fragments that contradict each other', () => {
    const { given, take } = inbox();
    take({ number: 0, body, from: 0, to: 5 });
    take({ number: 0, body: Buffer.from('another body, longer'), from: 5 });
    take({ number: 0, body, from: 5 });
    expect(given).toEqual([body.toString()]);
  });

  it.each([
    ['too large', fragmentOf({ number: 0, body: Buffer.alloc(MAX_HANDSHAKE_BYTES + 1) })],
    ['beyond the message', Buffer.concat([Buffer.of(11, 0, 0, 4, 0, 0, 0, 0, 2, 0, 0, 4), Buffer.alloc(4)])],
    ['beyond the record', fragmentOf({ number: 0, body }).subarray(0, -1)],
    ['half a header', Buffer.alloc(11)],
  ])('drops what is %s', (_, payload) => {
    const { box, given } = inbox();
    box.take(payload);
    expect([given, box.unfinishedBytes, box.next]).toEqual([[], 0, 0]);
  });

  it('forgets what comes more than a flight ahead', () => {
    const { given, take } = inbox();
    take({ number: 8, body });
    for (let number = 0; number < 8; number++) take({ number, body });
    expect(given).toHaveLength(8);
  });

  it('gives a message again that is repeated in fragments, for our answer may be lost', () => {
    const { box, given, take } = inbox();
    take({ number: 0, body });
    for (let repetition = 0; repetition < 2; repetition++) {
      take({ number: 0, body, to: 5 });
      take({ number: 0, body, from: 5 });
    }
    expect(given).toEqual([body.toString(), body.toString(), body.toString()]);
    expect([box.next, box.unfinishedBytes]).toEqual([1, 0]);
  });

  it('goes on behind a message that came another way', () => {
    const { box, given, take } = inbox();
    take({ number: 1, body });
    box.skip();
    expect([given, box.next]).toEqual([[body.toString()], 2]);
  });
});
