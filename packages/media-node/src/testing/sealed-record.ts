import { createCipheriv, randomBytes } from 'node:crypto';
import { type DtlsRecord, plainRecord, readRecords } from '../connection/dtls-records.ts';

/** A record to be protected. */
export interface SealedRecord {
  readonly key: Uint8Array;
  /** The implicit part of the nonce, 4 bytes. */
  readonly salt: Uint8Array;
  readonly type: number;
  readonly sequenceNumber: number;
  readonly payload: Buffer;
}

/** A DTLS 1.2 record of epoch 1 under AES_128_GCM (RFC 5288 section 3), whose nonce is not the record's number. */
export function sealedRecord({ key, salt, type, sequenceNumber, payload }: SealedRecord): DtlsRecord {
  const explicit = randomBytes(8);
  const cipher = createCipheriv('aes-128-gcm', key, Buffer.concat([salt, explicit]));
  const header = plainRecord(type, sequenceNumber, payload).subarray(0, 13);
  header.writeUInt16BE(1, 3);
  cipher.setAAD(Buffer.concat([header.subarray(3, 11), header.subarray(0, 3), header.subarray(11)]));
  const sealed = Buffer.concat([cipher.update(payload), cipher.final()]);
  header.writeUInt16BE(8 + payload.length + 16, 11);
  const [record] = readRecords(Buffer.concat([header, explicit, sealed, cipher.getAuthTag()]));
  if (record === undefined) throw new Error('Not one record');
  return record;
}
