/** The parts of an established DTLS 1.2 association that an alert needs. */
export interface DtlsAssociation<Session> {
  readonly sessionType: Session;
  readonly dtls: {
    readonly version: { readonly major: number; readonly minor: number };
    readonly epoch: number;
    recordSequenceNumber: number;
  };
  readonly cipher: {
    readonly cipher: {
      encrypt(
        session: Session,
        fragment: Buffer,
        header: { type: number; version: number; epoch: number; sequenceNumber: number },
      ): Buffer;
    };
  };
}

const ALERT = 21;
const WARNING_CLOSE_NOTIFY = [1, 0] as const;
const HEADER_BYTES = 13;

/**
 * The next record of the association: an encrypted close_notify alert (RFC 5246 section 7.2.1, RFC 6347 section 4.1).
 * Without it the other side would notice our end only when its ICE consent expires, half a minute later.
 */
export function closeNotifyRecord<Session>(association: DtlsAssociation<Session>): Buffer {
  const { version, epoch } = association.dtls;
  const sequenceNumber = ++association.dtls.recordSequenceNumber;
  const fragment = association.cipher.cipher.encrypt(association.sessionType, Buffer.from(WARNING_CLOSE_NOTIFY), {
    type: ALERT,
    version: (version.major << 8) | version.minor,
    epoch,
    sequenceNumber,
  });
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(ALERT, 0);
  header.writeUInt8(version.major, 1);
  header.writeUInt8(version.minor, 2);
  header.writeUInt16BE(epoch, 3);
  header.writeUIntBE(sequenceNumber, 5, 6);
  header.writeUInt16BE(fragment.length, 11);
  return Buffer.concat([header, fragment]);
}
