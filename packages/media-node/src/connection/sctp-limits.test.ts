import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasSoundSctpLengths } from './sctp-lengths.ts';
import { isWithinSctpLimits, SCTP_LIMITS, type SctpAssociation } from './sctp-limits.ts';

const LAST_RECEIVED = 0xffff_fff0;
const NEXT_SENT = 5;

function association(changes: Partial<SctpAssociation> = {}): SctpAssociation {
  return {
    associationState: 4,
    lastReceivedTsn: LAST_RECEIVED,
    localTsn: NEXT_SENT,
    advertisedRwnd: 1_048_576,
    sackMisOrdered: { size: 0 },
    inboundStreams: {},
    ...changes,
  };
}

function chunk(type: number, ...words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * words.length);
  bytes.writeUInt8(type, 0);
  bytes.writeUInt16BE(bytes.length, 2);
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word >>> 0, 4 + 4 * index);
  return bytes;
}

/** Number and stream, then what does not matter, and 4 bytes of payload. */
const data = (ahead: number, stream = 0) => chunk(0, LAST_RECEIVED + ahead, stream << 16, 51, 0);
const sack = (upTo: number, ...gaps: readonly number[]) => chunk(3, upTo, 1_000, gaps.length << 16, ...gaps);
const packet = (...chunks: readonly Buffer[]) => Buffer.concat([Buffer.alloc(12), ...chunks]);
const within = (bytes: Buffer, changes: Partial<SctpAssociation> = {}) =>
  isWithinSctpLimits(bytes, association(changes));
const streams = (count: number, waiting = 0) =>
  Object.fromEntries(Array.from({ length: count }, (_, id) => [id, { reassembly: Array.from({ length: waiting }) }]));

describe('isWithinSctpLimits', () => {
  it.each([
    ['nothing', packet()],
    ['the next data', packet(data(1))],
    ['data again', packet(data(0), data(-100))],
    ['data behind a gap, over the wrap', packet(data(SCTP_LIMITS.ahead))],
    ['a bundle', packet(sack(4), ...Array.from({ length: 60 }, (_, n) => data(n + 1)))],
    ['an acknowledgement of all', packet(sack(NEXT_SENT - 1))],
    ['an acknowledgement with gaps', packet(sack(NEXT_SENT - 10, 0x0002_0003, 0x0005_0009))],
    ['a heartbeat', packet(chunk(4, 0x0001_0008, 1))],
    ['a reset of streams', packet(chunk(130, 0x000d_0010, 1, 2, 3))],
    ['a new cumulative number', packet(chunk(192, LAST_RECEIVED + 3, 0x0001_0005))],
  ])('takes %s', (_, bytes) => {
    expect(hasSoundSctpLengths(bytes)).toBe(true);
    expect(within(bytes)).toBe(true);
  });

  it.each([
    ['data far ahead', packet(data(SCTP_LIMITS.ahead + 1))],
    ['data without payload', packet(chunk(0, LAST_RECEIVED + 1, 0, 51))],
    ['an acknowledgement of what was never sent', packet(sack(NEXT_SENT))],
    ['a gap beyond what was sent', packet(sack(NEXT_SENT - 10, 0x0002_000a))],
    ['a gap turned round', packet(sack(NEXT_SENT - 10, 0x0003_0002))],
    ['gaps that overlap', packet(sack(NEXT_SENT - 10, 0x0002_0005, 0x0005_0006))],
    ['a gap at 0', packet(sack(NEXT_SENT - 10, 0x0000_0005))],
    ['fewer gaps than it says', packet(chunk(3, NEXT_SENT - 10, 1_000, 2 << 16, 0x0002_0003))],
    ['half an acknowledgement', packet(chunk(3, 4, 1_000))],
    ['a second association', packet(chunk(1, 1, 2, 3, 4))],
    ['three requests in one', packet(chunk(130, 0x000d_0008, 1, 0x000d_0008, 1, 0x000d_0008, 1))],
    ['half a cumulative number', packet(chunk(192))],
    ['chunks without end', packet(...Array.from({ length: 65 }, (_, n) => data(n + 1)))],
    ['heartbeats without end', packet(...Array.from({ length: 9 }, () => chunk(4)))],
    ['too many bytes', packet(Buffer.alloc(SCTP_LIMITS.packetBytes))],
  ])('refuses %s', (_, bytes) => {
    expect(within(bytes)).toBe(false);
  });

  it('refuses data before there is an association, and takes its INIT', () => {
    expect(within(packet(data(1)), { lastReceivedTsn: undefined })).toBe(false);
    expect(within(packet(chunk(1, 1, 2, 3, 4)), { associationState: 1, lastReceivedTsn: undefined })).toBe(true);
  });

  it('takes only the next data while much is missing', () => {
    const sackMisOrdered = { size: SCTP_LIMITS.misordered };
    expect(within(packet(data(2)), { sackMisOrdered })).toBe(false);
    expect(within(packet(data(1)), { sackMisOrdered })).toBe(true);
  });

  it('takes no data while the window is full of messages without end', () => {
    expect(within(packet(data(1)), { advertisedRwnd: 0 })).toBe(false);
    const inboundStreams = streams(4, SCTP_LIMITS.waitingChunks / 4);
    expect(within(packet(data(1)), { inboundStreams })).toBe(false);
    expect(within(packet(sack(4)), { inboundStreams, advertisedRwnd: 0 })).toBe(true);
  });

  it('takes no more streams than a few', () => {
    const inboundStreams = streams(SCTP_LIMITS.inboundStreams);
    expect(within(packet(data(1, 3)), { inboundStreams })).toBe(true);
    expect(within(packet(data(1, 99)), { inboundStreams })).toBe(false);
    expect(within(packet(chunk(192, LAST_RECEIVED + 1, 99 << 16)), { inboundStreams })).toBe(false);
    const many = Array.from({ length: SCTP_LIMITS.inboundStreams + 1 }, (_, n) => data(n + 1, n));
    expect(within(packet(...many))).toBe(false);
  });

  it('ends for any packet whose lengths are sound', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300, size: 'max' }), (bytes) => {
        if (!hasSoundSctpLengths(bytes)) return;
        expect(typeof isWithinSctpLimits(bytes, association())).toBe('boolean');
      }),
    );
  });
});
