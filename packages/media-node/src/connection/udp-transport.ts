import { createSocket, type Socket } from 'node:dgram';
import { type AddressInfo, isIP, isIPv6, SocketAddress } from 'node:net';
import { VoiceBridgeError } from '@voice-bridge/core';

/** An IP address and a port. */
export type Address = readonly [host: string, port: number];

/** UDP ports, both inclusive. */
export type PortRange = readonly [number, number];

/**
 * One bound UDP port, in the shape the WebRTC library wants its transports. Unlike the library's own it binds a port of
 * the range in one step, says when there is none, survives what the system has to say about datagrams already sent, and
 * never looks a name up.
 */
export class UdpTransport {
  readonly type = 'udp';
  readonly addressFamily: 4 | 6;
  /** Set once: takes every datagram. The buffer is the taker's. */
  onDatagram: (datagram: Buffer, host: string, port: number) => void = () => {};
  /** The library's own taker; nothing is called here: see `onDatagram`. */
  onData: (datagram: Buffer, address: Address) => void = () => {};
  closed = false;
  readonly #socket: Socket;
  /** The address that datagrams last went to: it need not be looked at again. */
  #host = '';
  /** To be called for the datagram that the system did not take at once, at the latest with the next one. */
  #held: (() => void) | undefined;

  private constructor(family: 4 | 6, socket: Socket) {
    this.addressFamily = family;
    this.#socket = socket;
    socket.on('message', (datagram, { address, port }) => {
      // A link-local address comes with its zone, which the other side's description does not know.
      this.onDatagram(datagram, family === 6 ? withoutZone(address) : address, port);
    });
  }

  /**
   * Binds to any port, or to a free one of `portRange`.
   * Rejects with `ice_failed` when the range is used up or the system refuses.
   */
  static async bind(family: 4 | 6, portRange?: PortRange): Promise<UdpTransport> {
    const [lowest, highest] = portRange ?? [0, 0];
    const ports = highest - lowest + 1;
    const first = Math.floor(Math.random() * ports);
    for (let tried = 0; tried < ports; tried++) {
      const port = lowest + ((first + tried) % ports);
      const socket = await bindOne(family, port);
      if (socket !== undefined) return new UdpTransport(family, socket);
    }
    throw new VoiceBridgeError('ice_failed', `Every UDP port from ${lowest} to ${highest} is in use`, {
      hint: 'Widen portRange; every connection takes one port per network address of the host.',
    });
  }

  get address(): AddressInfo {
    return this.#socket.address();
  }

  get host(): string {
    return this.address.address;
  }

  get port(): number {
    return this.address.port;
  }

  /** The library's way to send. A datagram that cannot be sent is a lost one. */
  readonly send = async (datagram: Uint8Array, to?: Address): Promise<void> => {
    if (to !== undefined) this.sendTo(datagram, to[1], to[0], () => {});
  };

  /** Sends one datagram; calls `sent` once, when its bytes may be overwritten, sent or not. */
  sendTo(datagram: Uint8Array, port: number, host: string, sent: () => void): void {
    if (this.closed || !this.#reaches(host) || port < 1 || port > 65_535) {
      sent();
    } else if (this.#held !== undefined && this.#socket.getSendQueueCount() > 0) {
      this.#socket.send(datagram, port, host, sent);
    } else {
      this.#release();
      // A callback costs more than the datagram: with nothing left in the queue it has gone.
      this.#socket.send(datagram, port, host);
      if (this.#socket.getSendQueueCount() === 0) sent();
      else this.#held = sent;
    }
  }

  readonly close = async (): Promise<void> => {
    if (this.closed) return;
    this.closed = true;
    this.onDatagram = () => {};
    this.#release();
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  };

  #reaches(host: string): boolean {
    if (host === this.#host) return true;
    if (isIP(host) !== this.addressFamily) return false;
    this.#host = host;
    return true;
  }

  #release(): void {
    const held = this.#held;
    this.#held = undefined;
    held?.();
  }
}

/** Whether two IP addresses are the same one, however an IPv6 address is written. */
export function sameHost(one: string, other: string): boolean {
  return one === other || (isIPv6(one) && isIPv6(other) && canonical(one) === canonical(other));
}

function canonical(address: string): string {
  return new SocketAddress({ address, family: 'ipv6' }).address;
}

/** Undefined when the port is in use. */
function bindOne(family: 4 | 6, port: number): Promise<Socket | undefined> {
  const socket = createSocket({
    type: family === 4 ? 'udp4' : 'udp6',
    ipv6Only: family === 6,
    // Only addresses get here: they need no look-up, and without one a datagram leaves in the same turn.
    lookup: (host, _options, callback) => callback(null, host, family),
  });
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException) => {
      socket.close();
      if (cause.code === 'EADDRINUSE') resolve(undefined);
      else reject(new VoiceBridgeError('ice_failed', 'A UDP port could not be opened', { cause }));
    };
    socket.once('error', failed);
    socket.bind(port, () => {
      socket.off('error', failed);
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}

function withoutZone(address: string): string {
  const zone = address.indexOf('%');
  return zone < 0 ? address : address.slice(0, zone);
}
