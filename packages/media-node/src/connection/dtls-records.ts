/** Content types of DTLS 1.2 records (RFC 5246 section 6.2.1); others do not exist for us. */
export const ContentType = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

/** One DTLS 1.2 record (RFC 6347 section 4.1), nothing of it authenticated. */
export interface DtlsRecord {
  readonly type: number;
  readonly epoch: number;
  /** Counts the sender's records of one epoch. */
  readonly sequenceNumber: number;
  /** The record with its header. */
  readonly bytes: Buffer;
}

/** Bytes of a record's header. */
export const RECORD_HEADER_BYTES = 13;
const MAJOR_VERSION = 0xfe;

/** The records of a datagram, up to the first that is none: another content type or version, or a length beyond the datagram. */
export function readRecords(datagram: Buffer): readonly DtlsRecord[] {
  const records: DtlsRecord[] = [];
  let start = 0;
  while (start + RECORD_HEADER_BYTES <= datagram.length) {
    const type = datagram.readUInt8(start);
    const end = start + RECORD_HEADER_BYTES + datagram.readUInt16BE(start + 11);
    const isKnown = type >= ContentType.changeCipherSpec && type <= ContentType.applicationData;
    if (!isKnown || datagram.readUInt8(start + 1) !== MAJOR_VERSION || end > datagram.length) break;
    records.push({
      type,
      epoch: datagram.readUInt16BE(start + 3),
      sequenceNumber: datagram.readUIntBE(start + 5, 6),
      bytes: datagram.subarray(start, end),
    });
    start = end;
  }
  return records;
}

/** A record of epoch 0, which nothing protects. */
export function plainRecord(type: number, sequenceNumber: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(RECORD_HEADER_BYTES);
  header.writeUInt8(type, 0);
  header.writeUInt16BE(0xfefd, 1);
  header.writeUIntBE(sequenceNumber, 5, 6);
  header.writeUInt16BE(payload.length, 11);
  return Buffer.concat([header, payload]);
}
