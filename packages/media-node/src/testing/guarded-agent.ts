import { silentLogger } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { DatagramGuard } from '../connection/datagram-guard.ts';
import type { IceAgent, StunTransaction } from '../connection/ice-agent.ts';
import type { Address, UdpTransport } from '../connection/udp-transport.ts';
import { signedStun } from './signed-stun.ts';

/** From where the peer sends. */
export const PEER: Address = ['192.0.2.1', 5_000];
/** Where a TURN server is. */
export const SERVER: Address = ['198.51.100.7', 3_478];

const closing: UdpTransport[] = [];

/** Closes every port that was opened for a test. */
export async function closePorts(): Promise<void> {
  await Promise.all(closing.splice(0).map((transport) => transport.close()));
}

/** The library's agent as the guard sees it, and what got through. */
export function guarded(takes: { readonly media?: () => boolean } = {}) {
  const seen: string[] = [];
  const own: Record<string, StunTransaction> = {};
  const agent: IceAgent = {
    localUsername: 'short',
    localPassword: 'short',
    userHistory: {},
    remoteUsername: 'theirs',
    checkList: [],
    _remoteCandidates: [],
    earlyChecks: [],
    iceControlling: false,
    ensureProtocol: () => seen.push('made'),
    restart: async () => {},
    send: () => Promise.reject(new Error('403')),
  };
  const guard = new DatagramGuard({
    agent,
    clock: new ManualClock(),
    checks: {
      transaction: (id) => own[id],
      answered: (id, isSuccess) => {
        if (own[id] !== undefined) seen.push(`own answer: ${isSuccess}`);
        return own[id] !== undefined;
      },
    },
    takeMedia: takes.media ?? (() => seen.push('media') > 0),
    takeDtls: () => seen.push('dtls') > 0,
    logger: { ...silentLogger, error: (_fields, message) => seen.push(`error: ${message}`) },
  });
  const check = (id = 'ff') =>
    signedStun({
      kind: 'request',
      transactionId: id.padEnd(24, '0'),
      priority: 1,
      username: `${agent.localUsername}:theirs`,
      password: agent.localPassword,
    });
  return { guard, agent, seen, own, check };
}

/** A protocol over UDP, which the library has bound. */
export async function udpProtocol({ agent, seen }: ReturnType<typeof guarded>) {
  const transactions: Record<string, StunTransaction> = {};
  const protocol: { transport?: UdpTransport } & Record<string, unknown> = {
    type: 'stun',
    transactions,
    connectionMade: async () => {},
    datagramReceived: () => seen.push('stun'),
    sendData: async () => {},
    sendStun: async () => {},
  };
  agent.ensureProtocol(protocol);
  const bind: unknown = protocol.connectionMade;
  if (typeof bind === 'function') await bind(true);
  if (protocol.transport === undefined) throw new Error('not bound');
  const { transport } = protocol;
  closing.push(transport);
  const onDatagram = (...given: Parameters<UdpTransport['onDatagram']>) => transport.onDatagram(...given);
  return { protocol, transport, transactions, onDatagram };
}

/** A protocol over a TURN allocation. */
export function turnProtocol({ agent, seen }: ReturnType<typeof guarded>) {
  const turn = {
    transactions: {},
    transport: { type: 'udp' },
    serverEndpoint: SERVER,
    dataReceived: (data: Buffer, _from: Address) => protocol.handleStunMessage(data, PEER),
  };
  const protocol = {
    type: 'turn',
    turn,
    handleStunMessage: (_datagram: Buffer, _from: Address): unknown => seen.push('stun'),
    sendData: async () => {
      seen.push('sent by TURN');
    },
    sendStun: async () => {},
  };
  agent.ensureProtocol(protocol);
  return protocol;
}
