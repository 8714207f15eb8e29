import { AesBlocks, BLOCK_BYTES } from './aes-blocks.ts';

/** Writes the counter blocks of one packet from `at` on. `rollover` and `sequence` are the high 32 and the low 16 bits of its index. */
export type WriteCounters = (
  counters: DataView,
  at: number,
  blocks: number,
  ssrc: number,
  rollover: number,
  sequence: number,
) => void;

/** Blocks made by one call of the cipher: a call costs far more than a block. */
const BLOCKS_AT_ONCE = 96;
/** Blocks kept for one packet at least: 192 bytes, an audio packet at 64 kbit/s. */
const LEAST_BLOCKS = 12;
const SEQUENCE_VALUES = 65_536;
/** Written anew before every use: one place for all connections stays in the processor's cache. */
const counters = new Uint8Array(BLOCKS_AT_ONCE * BLOCK_BYTES);
const countersView = new DataView(counters.buffer);

/**
 * The keystream of packets in counter mode, made ahead: with that of the packet asked for comes that of the packets
 * which follow it, so that most packets find theirs made.
 */
export class Keystream {
  /** Valid from a {@link find} to the next. */
  bytes: Uint8Array;
  readonly #blocks: AesBlocks;
  readonly #writeCounters: WriteCounters;
  #ssrc = -1;
  #first = 0;
  #packets = 0;
  #blocksPerPacket = 0;

  constructor(key: Uint8Array, writeCounters: WriteCounters) {
    this.#blocks = new AesBlocks(key);
    this.#writeCounters = writeCounters;
    this.bytes = counters;
  }

  /** Where in `bytes` the keystream of the packet begins, at least `length` bytes of it. At most 1,536. */
  find(ssrc: number, index: number, length: number): number {
    const ahead = index - this.#first;
    const isMade = ssrc === this.#ssrc && ahead >= 0 && ahead < this.#packets;
    if (isMade && length <= this.#blocksPerPacket * BLOCK_BYTES) return ahead * this.#blocksPerPacket * BLOCK_BYTES;
    this.#make(ssrc, index, length);
    return 0;
  }

  #make(ssrc: number, index: number, length: number): void {
    let blocks = LEAST_BLOCKS;
    while (blocks * BLOCK_BYTES < length) blocks *= 2;
    if (blocks > BLOCKS_AT_ONCE) throw new RangeError(`A packet of at most ${BLOCKS_AT_ONCE * BLOCK_BYTES} bytes`);
    this.#ssrc = ssrc;
    this.#first = index;
    this.#packets = BLOCKS_AT_ONCE / blocks;
    this.#blocksPerPacket = blocks;
    for (let packet = 0; packet < this.#packets; packet++) {
      const [rollover, sequence] = [Math.floor((index + packet) / SEQUENCE_VALUES), (index + packet) & 0xffff];
      this.#writeCounters(countersView, packet * blocks * BLOCK_BYTES, blocks, ssrc, rollover, sequence);
    }
    this.bytes = this.#blocks.encrypt(counters);
  }
}
