import { createCipheriv, createHmac } from 'node:crypto';

/** The keys of one direction as DTLS exported them (RFC 5764 section 4.2), and the profile they are for. */
export interface SrtpKeys {
  readonly profile: number;
  readonly masterKey: Buffer;
  readonly masterSalt: Buffer;
}

const AEAD_AES_128_GCM = 7;
const LABELS = { rtp: [0, 1, 2], rtcp: [3, 4, 5] } as const;
const ENCRYPTED = 0x8000_0000;

interface DerivedKeys {
  readonly cipher: Buffer;
  readonly auth: Buffer;
  readonly salt: Buffer;
}

/**
 * Protects any bytes as if they were RTP or RTCP (RFC 3711, RFC 7714): the tag is right, whatever the packet says.
 * Written apart from the bridge's own SRTP, so that neither can hide the other's mistake.
 */
export class SrtpProtector {
  readonly #gcm: boolean;
  readonly #rtp: DerivedKeys;
  readonly #rtcp: DerivedKeys;
  #rtcpIndex = 0;

  constructor(keys: SrtpKeys) {
    this.#gcm = keys.profile === AEAD_AES_128_GCM;
    this.#rtp = derive(keys, LABELS.rtp, this.#gcm);
    this.#rtcp = derive(keys, LABELS.rtcp, this.#gcm);
  }

  /** The packet in the first cycle of its sequence number; what is too short for a header gets a tag as it is. */
  rtp(packet: Buffer): Buffer {
    const clear = headerBytes(packet);
    const ssrc = packet.length >= 12 ? packet.readUInt32BE(8) : 0;
    const sequence = packet.length >= 4 ? packet.readUInt16BE(2) : 0;
    const head = packet.subarray(0, clear);
    const body = packet.subarray(clear);
    if (this.#gcm) {
      const nonce = Buffer.alloc(12);
      nonce.writeUInt32BE(ssrc, 2);
      nonce.writeUInt16BE(sequence, 10);
      return Buffer.concat([head, seal(this.#rtp, nonce, head, body)]);
    }
    const authenticated = Buffer.concat([head, keystream(this.#rtp, ssrc, sequence, body)]);
    return Buffer.concat([authenticated, tag(this.#rtp, authenticated, Buffer.alloc(4))]);
  }

  rtcp(packet: Buffer): Buffer {
    const index = this.#rtcpIndex++;
    const ssrc = packet.length >= 8 ? packet.readUInt32BE(4) : 0;
    const head = packet.subarray(0, 8);
    const body = packet.subarray(8);
    const trailer = Buffer.alloc(4);
    trailer.writeUInt32BE((ENCRYPTED | index) >>> 0, 0);
    if (this.#gcm) {
      const nonce = Buffer.alloc(12);
      nonce.writeUInt32BE(ssrc, 2);
      nonce.writeUInt32BE(index, 8);
      return Buffer.concat([head, seal(this.#rtcp, nonce, Buffer.concat([head, trailer]), body), trailer]);
    }
    const authenticated = Buffer.concat([head, keystream(this.#rtcp, ssrc, index, body), trailer]);
    return Buffer.concat([authenticated, tag(this.#rtcp, authenticated, Buffer.alloc(0))]);
  }
}

/** RFC 3711 section 4.3: the key derivation function with a rate of zero. */
function derive(keys: SrtpKeys, labels: readonly [number, number, number], gcm: boolean): DerivedKeys {
  const of = (label: number, length: number) => {
    const input = Buffer.alloc(16);
    keys.masterSalt.copy(input);
    input[7] = (input[7] ?? 0) ^ label;
    return createCipheriv('aes-128-ctr', keys.masterKey, input).update(Buffer.alloc(length));
  };
  return { cipher: of(labels[0], 16), auth: of(labels[1], 20), salt: of(labels[2], gcm ? 12 : 14) };
}

function keystream(keys: DerivedKeys, ssrc: number, index: number, body: Buffer): Buffer {
  const counter = Buffer.alloc(16);
  keys.salt.copy(counter);
  counter.writeUInt32BE((counter.readUInt32BE(4) ^ ssrc) >>> 0, 4);
  counter.writeUInt32BE((counter.readUInt32BE(10) ^ index) >>> 0, 10);
  return createCipheriv('aes-128-ctr', keys.cipher, counter).update(body);
}

function seal(keys: DerivedKeys, nonce: Buffer, associated: Buffer, body: Buffer): Buffer {
  for (let at = 0; at < nonce.length; at++) nonce[at] = (nonce[at] ?? 0) ^ (keys.salt[at] ?? 0);
  const cipher = createCipheriv('aes-128-gcm', keys.cipher, nonce);
  cipher.setAAD(associated);
  return Buffer.concat([cipher.update(body), cipher.final(), cipher.getAuthTag()]);
}

function tag(keys: DerivedKeys, authenticated: Buffer, rollover: Buffer): Buffer {
  return createHmac('sha1', keys.auth).update(authenticated).update(rollover).digest().subarray(0, 10);
}

/** Where the payload begins, as far as the packet's own lengths can be followed. */
function headerBytes(packet: Buffer): number {
  const fixed = 12 + 4 * ((packet[0] ?? 0) & 15);
  const extended = ((packet[0] ?? 0) & 0x10) !== 0 && packet.length >= fixed + 4;
  const all = extended ? fixed + 4 + 4 * packet.readUInt16BE(fixed + 2) : fixed;
  return Math.min(all, packet.length);
}
