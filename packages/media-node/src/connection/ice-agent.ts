import type { Address, UdpTransport } from './udp-transport.ts';

/** What the guard reads and sets of the library's ICE agent. */
export interface IceAgent {
  localUsername: string;
  localPassword: string;
  /** Our passwords by our user names, of earlier generations too. */
  userHistory: Record<string, string>;
  readonly remoteUsername: string;
  readonly nominated?: CandidatePair | undefined;
  /** Called with every protocol the agent makes, before a datagram can arrive there. */
  ensureProtocol(protocol: unknown): void;
}

/** A path: one of our ports, or a TURN allocation, to one remote address. */
export interface CandidatePair {
  readonly protocol: IceProtocol;
  readonly remoteAddr: Address;
}

/** One way an ICE agent sends: a UDP port of ours, or a TURN allocation. */
export interface IceProtocol {
  sendData(datagram: Buffer, to: Address): Promise<void>;
}

/** The library's protocol over a UDP port of ours. The library calls `connectionMade` once, to have it bound. */
export interface UdpProtocol extends IceProtocol {
  readonly type: 'stun';
  transport: UdpTransport;
  connectionMade(useIpv4: boolean): Promise<void>;
  datagramReceived(datagram: Buffer, from: Address): void;
}

/** The library's protocol over a TURN allocation: `handleStunMessage` takes what came through the TURN server. */
export interface TurnProtocol extends IceProtocol {
  readonly type: 'turn';
  handleStunMessage(datagram: Buffer, from: Address): void;
}

/** The library's ICE agent as the guard knows it. Throws `TypeError` when it is another: a changed library must not lose its guard in silence. */
export function requireIceAgent(agent: unknown): IceAgent {
  if (isIceAgent(agent)) return agent;
  throw new TypeError('The WebRTC library has no ICE agent that is known here');
}

function isIceAgent(agent: unknown): agent is IceAgent {
  const texts = ['localUsername', 'localPassword', 'remoteUsername'];
  const isKnown = texts.every((name) => typeof field(agent, name) === 'string') && hasMethods(agent, 'ensureProtocol');
  return isKnown && typeof field(agent, 'userHistory') === 'object';
}

/** Whether this is what the guard knows as a UDP protocol. */
export function isUdpProtocol(protocol: unknown): protocol is UdpProtocol {
  return field(protocol, 'type') === 'stun' && hasMethods(protocol, 'connectionMade', 'datagramReceived', 'sendData');
}

/** Whether this is what the guard knows as a TURN protocol. */
export function isTurnProtocol(protocol: unknown): protocol is TurnProtocol {
  return field(protocol, 'type') === 'turn' && hasMethods(protocol, 'handleStunMessage', 'sendData');
}

function hasMethods(target: unknown, ...names: readonly string[]): boolean {
  return names.every((name) => typeof field(target, name) === 'function');
}

function field(target: unknown, name: string): unknown {
  return typeof target === 'object' && target !== null ? Reflect.get(target, name) : undefined;
}
