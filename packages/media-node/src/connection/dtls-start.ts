import {
  type LibraryMessage,
  type ProofOptions,
  type ProvableAssociation,
  proveHandshake,
} from './proven-handshake.ts';

/** What of the library's DTLS transport its start is made of. */
export interface DtlsTransport<Message extends LibraryMessage> {
  readonly role: 'auto' | 'client' | 'server';
  /** There from the moment `start` was called. A client has `connect`. */
  readonly dtls?: ProvableAssociation<Message> & { connect?: () => Promise<void> };
  readonly iceTransport: { readonly connection: { readonly onData: DatagramEvent } };
  start(): Promise<void>;
}

interface DatagramEvent {
  subscribe(taker: (datagram: Buffer) => void): { unSubscribe(): void };
  execute(datagram: Buffer): void;
}

/** A peer repeats what is not answered: more than its first hellos need not be kept. */
const MAX_EARLY_DATAGRAMS = 4;

/**
 * Lets a DTLS transport of the library start at once and only with a peer that proves itself: what the peer said before
 * the association existed is not lost, and a client says hello without the library's wait of 100 ms.
 */
export function guardDtlsStart<Message extends LibraryMessage>(
  transport: DtlsTransport<Message>,
  proof: () => Omit<ProofOptions, 'role'>,
): void {
  const { onData } = transport.iceTransport.connection;
  const early: Buffer[] = [];
  const keeping = onData.subscribe((datagram) => {
    if (isDtls(datagram) && early.length < MAX_EARLY_DATAGRAMS) early.push(Buffer.from(datagram));
  });
  const start = transport.start.bind(transport);
  transport.start = () => {
    const started = start();
    keeping.unSubscribe();
    const { dtls, role } = transport;
    if (dtls === undefined || role === 'auto') return started;
    proveHandshake(dtls, { ...proof(), role });
    sayHelloAtOnce(dtls);
    for (const datagram of early.splice(0)) onData.execute(datagram);
    return started;
  };
}

/** RFC 7983. */
function isDtls(datagram: Buffer): boolean {
  const [first = 0] = datagram;
  return first >= 20 && first <= 63;
}

/** The library calls `connect` 100 ms later, and is given what has begun already. */
function sayHelloAtOnce(association: { connect?: () => Promise<void> }): void {
  const begun = association.connect?.();
  if (begun === undefined) return;
  begun.catch(() => {});
  association.connect = () => begun;
}
