import type { Logger } from '@voice-bridge/core';
import { QueuedChannel } from './queued-channel.ts';

/** What of the library's data channel is used. */
export interface LibraryChannel {
  readonly label: string;
  readonly ordered: boolean;
  /** Undefined where it was not given, too. */
  readonly maxRetransmits: number | null | undefined;
  readonly maxPacketLifeTime: number | null | undefined;
  readonly bufferedAmount: number;
  readonly onMessage: { subscribe(taker: (message: string | Buffer) => void): unknown };
  readonly stateChanged: { subscribe(listener: (state: string) => void): unknown };
  send(message: string | Buffer): void;
  close(): void;
}

/** The data channels of one connection, each behind a {@link QueuedChannel} as long as it lives. */
export class AdoptedChannels {
  readonly #channels = new Set<QueuedChannel>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Stands before a channel of the library from now on. */
  adopt(raw: LibraryChannel): QueuedChannel {
    const channel = new QueuedChannel(
      {
        label: raw.label,
        isReliable: raw.ordered && (raw.maxRetransmits ?? raw.maxPacketLifeTime ?? null) === null,
        bufferedAmount: () => raw.bufferedAmount,
        send: (message) => raw.send(typeof message === 'string' ? message : Buffer.from(message)),
        close: () => raw.close(),
      },
      this.#logger,
    );
    this.#channels.add(channel);
    raw.onMessage.subscribe((message) => channel.rawReceived(message));
    raw.stateChanged.subscribe((state) => {
      // The library tells before it acknowledges the opening, and to some (aiortc) a channel is open only then.
      if (state === 'open') queueMicrotask(() => channel.rawOpened());
      if (state === 'closed') this.#drop(channel);
    });
    return channel;
  }

  /** All of them are closed. */
  close(): void {
    for (const channel of this.#channels) this.#drop(channel);
  }

  #drop(channel: QueuedChannel): void {
    this.#channels.delete(channel);
    channel.rawClosed();
  }
}
