import { type Fingerprint, type HandshakeEvidence, handshakeProblem } from './dtls-proof.ts';
import { HandshakeType } from './handshake-message.ts';

/** One handshake message as the WebRTC library holds it, put together from its fragments. */
export interface LibraryMessage {
  readonly msg_type: number;
  readonly message_seq: number;
  readonly fragment: Uint8Array;
  serialize(): Uint8Array;
}

/** What of a DTLS association tells who said what, and with which keys it goes on. */
export interface ProvableAssociation<Message extends LibraryMessage> {
  readonly dtls: {
    readonly flight: number;
    readonly handshakeCache: { readonly [flight: number]: { readonly data: readonly Message[] } };
    readonly sortedHandshakeCache: readonly Message[];
  };
  readonly cipher: {
    readonly masterSecret?: Uint8Array;
    readonly localRandom: { serialize(): Uint8Array };
    readonly remoteRandom: { serialize(): Uint8Array };
    readonly remoteKeyPair?: { readonly publicKey?: Uint8Array };
  };
  onHandleHandshakes: (messages: Message[]) => Promise<void>;
}

/** Which side we are, who the peer must be, and who is told. */
export interface ProofOptions {
  readonly role: 'client' | 'server';
  readonly fingerprints: readonly Fingerprint[];
  /** The peer owns the announced certificate; comes before the library takes its last message. */
  readonly onProven: () => void;
  /** It does not; the library never sees its last message. */
  readonly onProblem: (problem: string) => void;
}

/** The flight with which a client answers a HelloVerifyRequest. */
const ANSWERED = 3;
/** Under this number the library keeps the peer's hello, of both roles. */
const HELLO_FLIGHT = 4;
const { clientHello, serverHello, helloVerifyRequest, serverHelloDone, finished } = HandshakeType;
const EXPECTED: Readonly<Record<ProofOptions['role'], readonly number[]>> = {
  client: [11, 12, 13, serverHelloDone, finished],
  server: [11, 16, 15, finished],
};

/**
 * Stands between a DTLS association and its peer while they shake hands. The library checks neither signatures nor
 * Finished messages: the peer's Finished reaches it only after {@link handshakeProblem} found nothing. Every other
 * message reaches it once, as it was first said: the library would derive keys from a later one. The messages must come
 * whole and in order; repetitions may be among them.
 */
export function proveHandshake<Message extends LibraryMessage>(
  association: ProvableAssociation<Message>,
  options: ProofOptions,
): void {
  const handle = association.onHandleHandshakes;
  const gate = new HandshakeGate(association, options);
  association.onHandleHandshakes = (messages) => handle(messages.filter((message) => gate.passes(message)));
}

class HandshakeGate<Message extends LibraryMessage> {
  readonly #association: ProvableAssociation<Message>;
  readonly #options: ProofOptions;
  /** How many messages after the hello have passed. */
  #passed = 0;
  #last: Message | undefined;

  constructor(association: ProvableAssociation<Message>, options: ProofOptions) {
    this.#association = association;
    this.#options = options;
  }

  passes(message: Message): boolean {
    if (this.#asksAgain(message) || this.#isHello(message)) return true;
    if (!this.#isNext(message) || (message.msg_type === finished && !this.#isProven(message))) return false;
    this.#passed++;
    this.#last = message;
    return true;
  }

  /** The last message of a flight, repeated, asks for our own last flight once more. */
  #asksAgain(message: Message): boolean {
    const type = this.#options.role === 'client' ? serverHelloDone : finished;
    return message.msg_type === type && this.#last !== undefined && isSame(this.#last, message);
  }

  #isHello({ msg_type: type, fragment }: Message): boolean {
    if (this.#last?.msg_type === finished) return false;
    const { role } = this.#options;
    const hello = this.#hello;
    // A hello without cookie (RFC 6347 section 4.2.1) does not count, and comes again until one with a cookie was taken.
    if (type === clientHello) return role === 'server' && (hello === undefined || isEqual(hello.fragment, fragment));
    if (role === 'server' || hello !== undefined) return false;
    // A hello that was repeated is answered twice (RFC 6347 section 3.2.1); the library would give up.
    return type === serverHello || (type === helloVerifyRequest && this.#association.dtls.flight < ANSWERED);
  }

  get #hello(): Message | undefined {
    const type = this.#options.role === 'client' ? serverHello : clientHello;
    return this.#association.dtls.handshakeCache[HELLO_FLIGHT]?.data.find((each) => each.msg_type === type);
  }

  /** Messages come in order; one that comes out of turn is another with the number of an earlier one. */
  #isNext({ msg_type: type, message_seq: number }: Message): boolean {
    const hello = this.#hello;
    const isExpected = EXPECTED[this.#options.role].includes(type);
    return isExpected && hello !== undefined && number === hello.message_seq + 1 + this.#passed;
  }

  #isProven(message: Message): boolean {
    const evidence = evidenceOf(this.#association, this.#options.role, message);
    if (evidence === undefined) return false;
    const problem = handshakeProblem(evidence, this.#options.fingerprints);
    if (problem === undefined) this.#options.onProven();
    else this.#options.onProblem(problem);
    return problem === undefined;
  }
}

function isSame(earlier: LibraryMessage, message: LibraryMessage): boolean {
  return earlier.msg_type === message.msg_type && isEqual(earlier.fragment, message.fragment);
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

/** Undefined while there are no keys yet: no Finished can be meant for us. */
function evidenceOf<Message extends LibraryMessage>(
  { dtls, cipher }: ProvableAssociation<Message>,
  role: 'client' | 'server',
  last: Message,
): HandshakeEvidence | undefined {
  const peerKey = cipher.remoteKeyPair?.publicKey;
  if (cipher.masterSecret === undefined || peerKey === undefined) return undefined;
  const [local, remote] = [cipher.localRandom.serialize(), cipher.remoteRandom.serialize()];
  return {
    role,
    transcript: dtls.sortedHandshakeCache.map((message) => message.serialize()),
    finished: last.fragment,
    masterSecret: cipher.masterSecret,
    clientRandom: role === 'client' ? local : remote,
    serverRandom: role === 'client' ? remote : local,
    peerKey,
  };
}
