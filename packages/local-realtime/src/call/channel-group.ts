import type { ChannelEnd, EventsChannel } from './events-channel.ts';

/** Of everything that is queued to one client, in bytes: room for minutes of speech made faster than real time. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;

/** Everybody who follows one call: its own channel and the sidebands. Each gets a number, in the order they came. */
export class ChannelGroup {
  readonly #channels = new Map<number, EventsChannel>();
  #next = 0;

  get size(): number {
    return this.#channels.size;
  }

  /** Adds a channel until it closes. */
  add(channel: EventsChannel, onClose: () => void): number {
    const number = this.#next++;
    this.#channels.set(number, channel);
    channel.on('close', () => {
      this.#channels.delete(number);
      onClose();
    });
    return number;
  }

  /** Sends to all or to one; closes, and tells the number of, those who do not read what they are sent. */
  send(text: string, to: number | 'all'): readonly number[] {
    const slow: number[] = [];
    for (const [number, channel] of this.#channels) {
      if (to !== 'all' && to !== number) continue;
      if (channel.bufferedAmount > MAX_BUFFERED_BYTES) slow.push(number);
      else channel.send(text);
    }
    for (const number of slow) this.#channels.get(number)?.close();
    return slow;
  }

  /** Stops or goes on with taking what the clients send. */
  hold(held: boolean): void {
    for (const channel of this.#channels.values()) channel.hold?.(held);
  }

  /** Closes every channel. */
  close(reason?: ChannelEnd): void {
    for (const channel of [...this.#channels.values()]) channel.close(reason);
    this.#channels.clear();
  }
}
