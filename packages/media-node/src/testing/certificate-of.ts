import type { KeyObject } from 'node:crypto';

const [INTEGER, BIT_STRING, UTC_TIME, SEQUENCE] = [0x02, 0x03, 0x17, 0x30] as const;
const ECDSA_WITH_SHA256 = Buffer.from('300a06082a8648ce3d040302', 'hex');

/** The DER of an X.509 certificate for any public key, as whoever wants to be let in can make one; nobody signed it. */
export function certificateOf(publicKey: KeyObject): Buffer {
  const time = tagged(UTC_TIME, Buffer.from('260101000000Z'));
  const name = tagged(SEQUENCE);
  const fields = tagged(
    SEQUENCE,
    tagged(INTEGER, Buffer.of(1)),
    ECDSA_WITH_SHA256,
    name,
    tagged(SEQUENCE, time, time),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  return tagged(SEQUENCE, fields, ECDSA_WITH_SHA256, tagged(BIT_STRING, Buffer.alloc(2)));
}

/** One DER value (X.690 section 8.1). */
function tagged(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const header = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), content]);
}
