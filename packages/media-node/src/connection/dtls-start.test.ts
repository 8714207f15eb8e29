import { expect, it } from 'vitest';
import { type DtlsTransport, guardDtlsStart } from './dtls-start.ts';
import type { LibraryMessage } from './proven-handshake.ts';

const HELLO = Buffer.from('16fefd', 'hex');
const MEDIA = Buffer.from('80', 'hex');
const proof = () => ({ fingerprints: [], onProven: () => {}, onProblem: () => {} });

/** A transport as the library makes it: its association comes with `start`, and hears datagrams from then on. */
class LibraryTransport implements DtlsTransport<LibraryMessage> {
  readonly role: 'client' | 'server';
  readonly said: string[] = [];
  readonly heard: Buffer[] = [];
  readonly takers = new Set<(datagram: Buffer) => void>();
  dtls?: Exclude<DtlsTransport<LibraryMessage>['dtls'], undefined>;
  readonly iceTransport = {
    connection: {
      onData: {
        subscribe: (taker: (datagram: Buffer) => void) => {
          this.takers.add(taker);
          return { unSubscribe: () => void this.takers.delete(taker) };
        },
        execute: (datagram: Buffer) => {
          for (const taker of this.takers) taker(datagram);
        },
      },
    },
  };

  constructor(role: 'client' | 'server') {
    this.role = role;
  }

  async start(): Promise<void> {
    const random = { serialize: () => Buffer.alloc(32) };
    const connect = async () => void this.said.push('hello');
    this.dtls = {
      dtls: { flight: 0, handshakeCache: {}, sortedHandshakeCache: [] },
      cipher: { localRandom: random, remoteRandom: random },
      onHandleHandshakes: async () => {},
      ...(this.role === 'client' ? { connect } : {}),
    };
    this.takers.add((datagram) => this.heard.push(datagram));
  }
}

it('a DTLS server hears the hello that came before it was there, up to four datagrams, and no media', async () => {
  const transport = new LibraryTransport('server');
  guardDtlsStart(transport, proof);
  for (const datagram of [MEDIA, HELLO, HELLO, HELLO, HELLO, HELLO])
    transport.iceTransport.connection.onData.execute(datagram);
  expect(transport.heard).toEqual([]);
  await transport.start();
  expect(transport.heard).toEqual([HELLO, HELLO, HELLO, HELLO]);
  expect(transport.takers.size).toBe(1);
});

it('a DTLS client says hello at once, and not again when the library has waited', async () => {
  const transport = new LibraryTransport('client');
  guardDtlsStart(transport, proof);
  const started = transport.start();
  expect(transport.said).toEqual(['hello']);
  await started;
  await transport.dtls?.connect?.();
  expect(transport.said).toEqual(['hello']);
});
