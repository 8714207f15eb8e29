/** Bytes of one buffer: an Ethernet packet, and room for what encryption puts behind it. */
export const PACKET_BUFFER_BYTES = 2_048;

/** Idle buffers kept for later; what comes back beyond them goes to the garbage collector. */
const MAX_IDLE = 256;
/** The buffers in most use keep a view for every length they were sent with. */
const BUFFERS_WITH_VIEWS = 16;

/** One outbound datagram in the making. Its bytes are its taker's until they are sent. */
export class PacketBuffer {
  readonly bytes: Uint8Array = new Uint8Array(PACKET_BUFFER_BYTES);
  /** To be called when the bytes may be overwritten; calls after the first one do nothing. */
  readonly sent: () => void;
  readonly #views: (Uint8Array | undefined)[] | undefined;
  #giveBack: ((buffer: PacketBuffer) => void) | undefined;

  constructor(keepsViews: boolean) {
    this.#views = keepsViews ? [] : undefined;
    this.sent = () => {
      const giveBack = this.#giveBack;
      this.#giveBack = undefined;
      giveBack?.(this);
    };
  }

  /** Gives the buffer away; whoever gets it gives it back with `sent`. */
  lend(giveBack: (buffer: PacketBuffer) => void): void {
    this.#giveBack = giveBack;
  }

  /** The first `length` bytes, by view. */
  view(length: number): Uint8Array {
    const known = this.#views?.[length];
    if (known !== undefined) return known;
    const view = this.bytes.subarray(0, length);
    if (this.#views !== undefined) this.#views[length] = view;
    return view;
  }
}

/** Buffers of every connection of a thread. The one used last is used next, so that a handful serves any number of them. */
export class PacketBufferPool {
  readonly #idle: PacketBuffer[] = [];
  #created = 0;

  take(): PacketBuffer {
    return this.#idle.pop() ?? new PacketBuffer(this.#created++ < BUFFERS_WITH_VIEWS);
  }

  put(buffer: PacketBuffer): void {
    if (this.#idle.length < MAX_IDLE) this.#idle.push(buffer);
  }
}
