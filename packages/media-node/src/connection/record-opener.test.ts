import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sealedRecord } from '../testing/sealed-record.ts';
import { ContentType, plainRecord, readRecords } from './dtls-records.ts';
import { RecordOpener } from './record-opener.ts';

const key = randomBytes(16);
const salt = randomBytes(4);

const sealed = (payload: Buffer, sequenceNumber: number) =>
  sealedRecord({ key, salt, type: ContentType.applicationData, sequenceNumber, payload });

const payload = Buffer.from('payload');

describe('RecordOpener', () => {
  it('opens what was sealed with its key, out of order too', () => {
    const opener = new RecordOpener(key, Buffer.concat([salt, randomBytes(8)]));
    for (const number of [0, 5, 3, 2 ** 40]) expect(opener.open(sealed(payload, number))).toEqual(payload);
    expect(opener.open(sealed(Buffer.alloc(0), 2 ** 40 + 1))).toEqual(Buffer.alloc(0));
  });

  it('[W8] opens none of 10,000 replayed DTLS records', () => {
    const opener = new RecordOpener(key, salt);
    const records = Array.from({ length: 100 }, (_, number) => sealed(payload, number));
    expect(records.filter((record) => opener.open(record) !== undefined)).toHaveLength(100);
    let opened = 0;
    for (let n = 0; n < 10_000; n++) {
      const record = records[n % records.length];
      if (record !== undefined && opener.open(record) !== undefined) opened++;
    }
    expect(opened).toBe(0);
  });

  it('opens nothing that is too old to know', () => {
    const opener = new RecordOpener(key, salt);
    opener.open(sealed(payload, 100_000));
    expect(opener.open(sealed(payload, 10))).toBeUndefined();
  });

  it('opens nothing of which a bit was changed, and what was forged under a number does not use it up', () => {
    const opener = new RecordOpener(key, salt);
    const record = sealed(payload, 7);
    // The version's minor byte, number, type, nonce, payload and tag; the major version and lengths are read before.
    for (const at of [0, 2, 10, 13, 21, record.bytes.length - 1]) {
      const changed = Buffer.from(record.bytes);
      changed.writeUInt8((changed[at] ?? 0) ^ 1, at);
      expect(opener.open({ ...record, bytes: changed })).toBeUndefined();
    }
    expect(opener.open(record)).toEqual(payload);
  });

  it('opens nothing that is too short', () => {
    const opener = new RecordOpener(key, salt);
    const bytes = plainRecord(ContentType.alert, 0, Buffer.alloc(23));
    expect(opener.open({ type: ContentType.alert, epoch: 1, sequenceNumber: 0, bytes })).toBeUndefined();
  });
});

describe('readRecords', () => {
  const alert = plainRecord(ContentType.alert, 3, Buffer.of(1, 0));

  it('reads the records of a datagram', () => {
    const records = readRecords(Buffer.concat([alert, plainRecord(ContentType.handshake, 2 ** 47, Buffer.alloc(0))]));
    expect(records).toEqual([
      { type: 21, epoch: 0, sequenceNumber: 3, bytes: alert },
      { type: 22, epoch: 0, sequenceNumber: 2 ** 47, bytes: expect.any(Buffer) },
    ]);
  });

  it.each([
    ['another content type', plainRecord(24, 0, Buffer.alloc(0))],
    ['a content type of TLS 1.3', plainRecord(19, 0, Buffer.alloc(0))],
    ['another version', Buffer.concat([Buffer.of(21, 3), alert.subarray(2)])],
    ['a length beyond the datagram', alert.subarray(0, -1)],
    ['half a header', alert.subarray(0, 12)],
  ])('ends at %s', (_, bytes) => {
    expect(readRecords(bytes)).toEqual([]);
    expect(readRecords(Buffer.concat([alert, bytes]))).toHaveLength(1);
  });
});
