import type { Address, UdpTransport } from './udp-transport.ts';

/** What the guard reads and sets of the library's ICE agent. */
export interface IceAgent {
  localUsername: string;
  localPassword: string;
  /** Our passwords by our user names, of earlier generations too. */
  userHistory: Record<string, string>;
  /** Empty as long as the other side's description has not come. */
  readonly remoteUsername: string;
  /** Whether it is ours to select the path. */
  readonly iceControlling: boolean;
  /** The selected path. */
  nominated?: CandidatePair | undefined;
  checkList: CandidatePair[];
  _remoteCandidates: RemoteCandidate[];
  /** Checks that came before the agent began its own. */
  readonly earlyChecks: readonly unknown[];
  /** Called with every protocol the agent makes, before a datagram can arrive there. */
  ensureProtocol(protocol: unknown): void;
  /** Sends what is neither STUN nor media over the selected path. */
  send(datagram: Buffer): Promise<void>;
  /** Begins anew with other credentials; does so before it returns. */
  restart(): Promise<void>;
}

/** An address of the other side, told by it or learned from its checks. */
export interface RemoteCandidate {
  readonly host: string;
  readonly port: number;
  /** `prflx` when it was learned from a check (RFC 8445 section 7.3.1.3). */
  readonly type: string;
}

/** A path: one of our ports, or a TURN allocation, to one remote address. */
export interface CandidatePair {
  readonly protocol: IceProtocol;
  readonly remoteCandidate: RemoteCandidate;
  /** The ids of all checks that came this way; the library only ever adds to it. */
  readonly requestTransactionIds: Set<string>;
}

/** A question of ours that waits for its answer. */
export interface StunTransaction {
  readonly expectedAddr?: Address | undefined;
  /** The password the answer must be signed with; a STUN server signs nothing. */
  readonly integrityKey?: Buffer | undefined;
}

type Transactions = Readonly<Record<string, StunTransaction | undefined>>;

/** A STUN message of the library. */
export interface StunToSend {
  readonly bytes: Buffer;
}

/** One way an ICE agent sends: a UDP port of ours, or a TURN allocation. */
export interface IceProtocol {
  sendData(datagram: Buffer, to: Address): Promise<void>;
  sendStun(message: StunToSend, to: Address): Promise<void>;
}

/** The library's protocol over a UDP port of ours. The library calls `connectionMade` once, to have it bound. */
export interface UdpProtocol extends IceProtocol {
  readonly type: 'stun';
  readonly transactions: Transactions;
  transport: UdpTransport;
  connectionMade(useIpv4: boolean): Promise<void>;
  datagramReceived(datagram: Buffer, from: Address): void;
}

/** The library's protocol over a TURN allocation: `handleStunMessage` takes what came through the TURN server. */
export interface TurnProtocol extends IceProtocol {
  readonly type: 'turn';
  readonly turn: {
    readonly transactions: Transactions;
    readonly transport: { readonly type: string };
    /** The TURN server. */
    readonly serverEndpoint: Address | undefined;
    dataReceived(data: Buffer, from: Address): void;
  };
  handleStunMessage(datagram: Buffer, from: Address): void;
}

/** The library's ICE agent as the guard knows it. Throws `TypeError` when it is another: a changed library must not lose its guard in silence. */
export function requireIceAgent(agent: unknown): IceAgent {
  if (isIceAgent(agent)) return agent;
  throw new TypeError('The WebRTC library has no ICE agent that is known here');
}

function isIceAgent(agent: unknown): agent is IceAgent {
  const texts = ['localUsername', 'localPassword', 'remoteUsername'];
  const lists = ['checkList', '_remoteCandidates', 'earlyChecks'];
  return (
    texts.every((name) => typeof field(agent, name) === 'string') &&
    lists.every((name) => Array.isArray(field(agent, name))) &&
    typeof field(agent, 'userHistory') === 'object' &&
    typeof field(agent, 'iceControlling') === 'boolean' &&
    hasMethods(agent, 'ensureProtocol', 'restart', 'send')
  );
}

/** Whether this is what the guard knows as a UDP protocol. */
export function isUdpProtocol(protocol: unknown): protocol is UdpProtocol {
  const isUdp = field(protocol, 'type') === 'stun' && typeof field(protocol, 'transactions') === 'object';
  return isUdp && hasMethods(protocol, 'connectionMade', 'datagramReceived', 'sendData', 'sendStun');
}

/** Whether this is what the guard knows as a TURN protocol. */
export function isTurnProtocol(protocol: unknown): protocol is TurnProtocol {
  const turn = field(protocol, 'turn');
  const isTurn = field(protocol, 'type') === 'turn' && typeof field(turn, 'transactions') === 'object';
  return (
    isTurn && hasMethods(turn, 'dataReceived') && hasMethods(protocol, 'handleStunMessage', 'sendData', 'sendStun')
  );
}

function hasMethods(target: unknown, ...names: readonly string[]): boolean {
  return names.every((name) => typeof field(target, name) === 'function');
}

function field(target: unknown, name: string): unknown {
  return typeof target === 'object' && target !== null ? Reflect.get(target, name) : undefined;
}
