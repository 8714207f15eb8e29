import { type PacketBuffer, PacketBufferPool } from './packet-buffer.ts';

/** Where the datagrams of one connection leave: the path that ICE has selected, UDP or TURN. */
export interface DatagramSink {
  /** Sends one datagram as it is; calls `sent` once, when its bytes may be overwritten. */
  send(datagram: Uint8Array, sent: () => void): void;
}

/** Datagrams of one connection that may be under way at a time. */
export const MAX_UNDER_WAY = 512;

const threadPool = new PacketBufferPool();

/**
 * Sends the datagrams of one connection out of buffers that are used again and again. A buffer belongs to its datagram
 * until the system has taken it, so that packets made in one turn never overwrite each other. While
 * {@link MAX_UNDER_WAY} datagrams are under way, new ones are dropped and counted.
 */
export class PacketSender {
  readonly #sink: DatagramSink;
  readonly #pool: PacketBufferPool;
  readonly #giveBack: (buffer: PacketBuffer) => void;
  #underWay = 0;
  #dropped = 0;

  /** Without `pool` the connections of a thread share one. */
  constructor(sink: DatagramSink, pool: PacketBufferPool = threadPool) {
    this.#sink = sink;
    this.#pool = pool;
    this.#giveBack = (buffer) => {
      this.#underWay--;
      this.#pool.put(buffer);
    };
  }

  /** Datagrams there was no buffer for, and those the sink refused. */
  get dropped(): number {
    return this.#dropped;
  }

  /** A buffer to make the next datagram in: pass it to `send` or `discard`. Undefined, and counted, when too many are under way. */
  take(): PacketBuffer | undefined {
    if (this.#underWay >= MAX_UNDER_WAY) {
      this.#dropped++;
      return undefined;
    }
    this.#underWay++;
    const buffer = this.#pool.take();
    buffer.lend(this.#giveBack);
    return buffer;
  }

  /** Sends the first `length` bytes of a buffer of `take`; it is not the caller's any more. */
  send(buffer: PacketBuffer, length: number): void {
    try {
      this.#sink.send(buffer.view(length), buffer.sent);
    } catch {
      // A closed socket: the connection learns of its end elsewhere.
      this.#dropped++;
      buffer.sent();
    }
  }

  /** Gives a buffer of `take` back: there is nothing to send after all. */
  discard(buffer: PacketBuffer): void {
    buffer.sent();
  }
}
