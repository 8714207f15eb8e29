import { createECDH } from 'node:crypto';
import { ContentType, plainRecord } from './dtls-records.ts';
import { HandshakeType } from './handshake-message.ts';

/** A way of datagrams that leads nowhere, in the shape the library wants it. */
export interface NoTransport {
  readonly type: string;
  readonly address: { readonly address: string; readonly family: string; readonly port: number };
  closed: boolean;
  onData: (datagram: Buffer, from: readonly [string, number]) => void;
  readonly send: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const [X25519, P_256] = [0x1d, 0x17] as const;
/** Often enough that the library's arithmetic is compiled. */
const ROUNDS = 2;

/**
 * Has a DTLS server of the library exchange keys with nobody, on both its curves. The library reckons in JavaScript: the
 * first key on P-256 costs it 40 to 50 ms, in which nothing else runs; a peer would choose the moment. `serve` makes
 * such a server over a transport.
 */
export function warmUpKeyExchange(serve: (transport: NoTransport) => void): void {
  const nowhere = { address: '127.0.0.1', family: 'IPv4', port: 9 };
  const transport: NoTransport = {
    type: 'udp',
    address: nowhere,
    closed: false,
    onData: () => {},
    send: async () => {},
    close: async () => {},
  };
  serve(transport);
  const p256 = createECDH('prime256v1').generateKeys();
  // The u coordinate of the base point (RFC 7748 section 4.1), as good as any.
  const x25519 = Buffer.alloc(32);
  x25519.writeUInt8(9, 0);
  let number = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const [curve, publicKey] of [[P_256, p256] as const, [X25519, x25519] as const]) {
      const key = Buffer.concat([Buffer.of(publicKey.length), publicKey]);
      for (const message of [clientHello(number++, curve), handshake(HandshakeType.clientKeyExchange, number++, key)]) {
        transport.onData(plainRecord(ContentType.handshake, number, message), [nowhere.address, nowhere.port]);
      }
    }
  }
}

/** A ClientHello (RFC 5246 section 7.4.1.2, RFC 6347 section 4.2.1) with the suite of our certificates and one curve. */
function clientHello(number: number, curve: number): Buffer {
  const version = Buffer.of(0xfe, 0xfd);
  const [noSession, noCookie, suites, noCompression] = ['00', '00', '0002c02b', '0100'];
  const supportedGroups = `000a00040002${curve.toString(16).padStart(4, '0')}`;
  const rest = Buffer.from(`${noSession}${noCookie}${suites}${noCompression}0008${supportedGroups}`, 'hex');
  return handshake(HandshakeType.clientHello, number, Buffer.concat([version, Buffer.alloc(32), rest]));
}

/** One whole handshake message with its header (RFC 6347 section 4.2.2). */
function handshake(type: number, number: number, body: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(type, 0);
  header.writeUIntBE(body.length, 1, 3);
  header.writeUInt16BE(number, 4);
  header.writeUIntBE(body.length, 9, 3);
  return Buffer.concat([header, body]);
}
