import type { AudioPort } from './audio-port.ts';

/** Audio messages that may be under way in one direction before the other end has to take one. */
export const LINE_CREDIT = 10;

/** Where what comes over an {@link AudioLine} goes. */
export interface AudioLineSinks {
  /** PCM16 little-endian at 24 kHz, mono, cut anywhere; the bytes are the taker's. The next credit is given when what this returns has settled. */
  readonly onAudio: (bytes: Uint8Array) => unknown;
  /** One control message, as text. */
  readonly onControl: (text: string) => void;
  /** The other end is gone. Called once, and not after our own {@link AudioLine.close}. */
  readonly onClose: () => void;
}

/** What crosses a port. */
type LineMessage =
  | { readonly type: 'audio'; readonly bytes: Uint8Array }
  | { readonly type: 'control'; readonly text: string }
  /** One audio message was taken. */
  | { readonly type: 'taken' }
  | { readonly type: 'closed' };

/** One end of a PCM participant's line between the planes: sound as long as the other end keeps up, and control messages. */
export class AudioLine {
  readonly #port: AudioPort;
  readonly #sinks: AudioLineSinks;
  #underWay = 0;
  #open = true;

  constructor(port: AudioPort, sinks: AudioLineSinks) {
    this.#port = port;
    this.#sinks = sinks;
    port.on('message', (message) => {
      if (this.#open && isLineMessage(message)) this.#take(message);
    });
    port.on('close', () => this.#closed());
  }

  get open(): boolean {
    return this.#open;
  }

  /** Audio messages the other end has not taken yet. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Hands sound over, and its memory with it; false when the other end is {@link LINE_CREDIT} messages behind, or gone. */
  sendAudio(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (!this.#open || this.#underWay >= LINE_CREDIT) return false;
    this.#underWay++;
    this.#port.postMessage({ type: 'audio', bytes } satisfies LineMessage, [bytes.buffer]);
    return true;
  }

  sendControl(text: string): void {
    if (this.#open) this.#port.postMessage({ type: 'control', text } satisfies LineMessage);
  }

  /** Tells the other end, behind everything that was sent, and takes nothing more. Idempotent. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#port.postMessage({ type: 'closed' } satisfies LineMessage);
    this.#port.close();
  }

  #take(message: LineMessage): void {
    switch (message.type) {
      case 'audio':
        void this.#takeAudio(message.bytes);
        return;
      case 'control':
        this.#sinks.onControl(message.text);
        return;
      case 'taken':
        this.#underWay = Math.max(0, this.#underWay - 1);
        return;
      case 'closed':
        this.#closed();
    }
  }

  async #takeAudio(bytes: Uint8Array): Promise<void> {
    try {
      await this.#sinks.onAudio(bytes);
    } finally {
      if (this.#open) this.#port.postMessage({ type: 'taken' } satisfies LineMessage);
    }
  }

  #closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#port.close();
    this.#sinks.onClose();
  }
}

function isLineMessage(message: unknown): message is LineMessage {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  switch (message.type) {
    case 'audio':
      return 'bytes' in message && message.bytes instanceof Uint8Array;
    case 'control':
      return 'text' in message && typeof message.text === 'string';
    default:
      return message.type === 'taken' || message.type === 'closed';
  }
}
