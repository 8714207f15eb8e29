import { createSocket, type Socket } from 'node:dgram';
import type { Clock } from '@voice-bridge/core';
import { attributes, readSdp } from '../connection/sdp-text.ts';
import { type Impairment, LossyLink } from './lossy-link.ts';

/** A bad network between two real connections. */
export interface UdpRelay {
  /** The description to pass on instead of the original: its only candidate is the relay. */
  readonly sdp: string;
  /** Makes the network better or worse from the next datagram on; `up` goes to the author of the description. */
  impair(change: { readonly up?: Impairment; readonly down?: Impairment }): void;
  /**
   * Reaches the author of the description from another port from now on, as a NAT does that has lost its memory; what
   * goes to the ports before is lost.
   */
  rebind(): void;
  /**
   * Forges a datagram between the two ends, as whoever can spoof addresses: `up` reaches the author of the description
   * from where its peer sends, `down` reaches that peer as if from the author. Nothing happens before the peer has sent.
   */
  forge(direction: 'up' | 'down', datagram: Buffer): void;
  /** Closes the sockets; datagrams under way are dropped. */
  close(): Promise<void>;
}

/** What a {@link UdpRelay} is made with. */
export interface UdpRelayOptions {
  /** The description of one end; the other end must not dial its peer's own candidates beside it. */
  readonly sdp: string;
  readonly clock: Clock;
  /** Numbers from 0 (inclusive) to 1 (exclusive), such as `seededRandom(1)`. */
  readonly random: () => number;
  readonly up?: Impairment;
  readonly down?: Impairment;
  /** The IPv4 address to be reached at; default `127.0.0.1`. */
  readonly address?: string;
}

interface Client {
  readonly socket: Socket;
  readonly up: LossyLink<Buffer>;
  readonly down: LossyLink<Buffer>;
  readonly forge: Readonly<Record<'up' | 'down', (datagram: Buffer) => void>>;
}

/** Starts a relay in front of the first IPv4 candidate of `sdp`. Throws `TypeError` when there is none. */
export async function startUdpRelay(options: UdpRelayOptions): Promise<UdpRelay> {
  const { sdp, clock, random, address = '127.0.0.1' } = options;
  const target = firstIpv4Candidate(sdp);
  const clients = new Map<string, Client>();
  const front = await bind(address);
  let impairments = { up: options.up ?? {}, down: options.down ?? {} };
  let latest: Client | undefined;
  front.on('message', (datagram, from) => {
    const key = `${from.address}:${from.port}`;
    const client = clients.get(key) ?? addClient(from.address, from.port);
    clients.set(key, client);
    latest = client;
    client.up.send(datagram);
  });

  function addClient(clientAddress: string, clientPort: number): Client {
    const socket = createSocket('udp4');
    const link = (impairment: Impairment, deliver: (datagram: Buffer) => void) =>
      new LossyLink<Buffer>({ clock, random, impairment, deliver });
    const up = link(impairments.up, (datagram) => sendQuietly(socket, datagram, target.port, target.address));
    const down = link(impairments.down, (datagram) => sendQuietly(front, datagram, clientPort, clientAddress));
    socket.on('error', () => {});
    socket.on('message', (datagram) => down.send(datagram));
    const forge = {
      up: (datagram: Buffer) => sendQuietly(socket, datagram, target.port, target.address),
      down: (datagram: Buffer) => sendQuietly(front, datagram, clientPort, clientAddress),
    };
    return { socket, up, down, forge };
  }

  return {
    sdp: withCandidate(sdp, `a=candidate:1 1 udp 2116026367 ${address} ${front.address().port} typ host`),
    impair(change) {
      impairments = { ...impairments, ...change };
      for (const client of clients.values()) {
        client.up.impair(impairments.up);
        client.down.impair(impairments.down);
      }
    },
    rebind() {
      for (const client of clients.values()) closeClient(client);
      clients.clear();
    },
    forge: (direction, datagram) => latest?.forge[direction](datagram),
    async close() {
      await Promise.all([closed(front), ...[...clients.values()].map(closeClient)]);
    },
  };
}

function firstIpv4Candidate(sdp: string): { readonly address: string; readonly port: number } {
  const read = readSdp(sdp);
  const media = read.ok ? read.value.media : [];
  for (const candidate of attributes(
    media.flatMap(({ lines }) => lines),
    'candidate',
  )) {
    const [, , transport, , address = '', port] = candidate.split(' ');
    if (transport?.toLowerCase() === 'udp' && /^\d+\.\d+\.\d+\.\d+$/.test(address))
      return { address, port: Number(port) };
  }
  throw new TypeError('The description has no IPv4 candidate to relay to');
}

/** Every m-section gets `line` instead of its candidates. */
function withCandidate(sdp: string, line: string): string {
  const bare = sdp.replaceAll(/^a=(candidate:|end-of-candidates).*\r?\n/gm, '');
  return bare.replaceAll(/^(c=.*\r?\n)/gm, `$1${line}\r\n`);
}

function bind(address: string): Promise<Socket> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, address, () => {
      socket.off('error', reject);
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}

/** A datagram that cannot be sent is a lost one. */
function sendQuietly(socket: Socket, datagram: Buffer, port: number, address: string): void {
  socket.send(datagram, port, address, () => {});
}

function closeClient({ socket, up, down }: Client): Promise<void> {
  up.close();
  down.close();
  return closed(socket);
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()));
}
