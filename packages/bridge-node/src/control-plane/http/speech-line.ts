import {
  type CancelTimer,
  type Clock,
  parseServerControl,
  pcm16ToBytes,
  type SessionCloseReason,
} from '@voice-bridge/core';
import { AudioLine } from '../../seam/audio-line.ts';
import type { AudioPort } from '../../seam/audio-port.ts';
import type { CloseCodeName, MessageConnection } from './message-connection.ts';

/** Whom a {@link SpeechLine} joins. */
export interface SpeechLineOptions {
  readonly connection: MessageConnection;
  /** Our end of the participant's line. */
  readonly port: AudioPort;
  readonly clock: Clock;
}

/** A client that took nothing for this long, while something waited for it, is cut off; in ms. */
export const STALL_MS = 10_000;

/** How the connection ends, by why the participant's part in the session ended; everything else is `normal`. */
const CLOSES: Readonly<Partial<Record<SessionCloseReason, CloseCodeName>>> = {
  replaced: 'replaced',
  kicked: 'forbidden',
  revoked: 'unauthorized',
  shutting_down: 'going_away',
  failed: 'internal',
};

/** A WebSocket client and its participant in the media plane, joined: sound and control messages both ways, until one of them ends. */
export class SpeechLine {
  readonly #connection: MessageConnection;
  readonly #clock: Clock;
  readonly #line: AudioLine;
  #waiting = 0;
  #dropped = 0;
  #lastControl = '';
  #cancelStall: CancelTimer = () => {};

  constructor({ connection, port, clock }: SpeechLineOptions) {
    this.#connection = connection;
    this.#clock = clock;
    this.#line = new AudioLine(port, {
      onAudio: (bytes) => this.#deliver(bytes),
      onControl: (text) => {
        this.#lastControl = text;
        void this.#deliver(text);
      },
      onClose: () => this.#ended(),
    });
    connection.onClose(() => {
      this.#cancelStall();
      this.#line.close();
    });
  }

  /** Samples that were not taken because the session was behind. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Hands sound of the client to the session, or drops it. */
  speak(samples: Int16Array): void {
    if (samples.length > 0 && !this.#line.sendAudio(pcm16ToBytes(samples))) this.#dropped += samples.length;
  }

  /** Hands a control message of the client to the session. */
  say(text: string): void {
    this.#line.sendControl(text);
  }

  /** Resolves when the message has left the process: then there is room for the next one. */
  async #deliver(message: string | Uint8Array): Promise<void> {
    this.#waiting++;
    if (this.#waiting === 1) this.#watchStall();
    const left = await this.#connection.sent(message);
    this.#waiting--;
    if (left) this.#watchStall();
  }

  /** Something moved just now: the client has its time again. */
  #watchStall(): void {
    this.#cancelStall();
    if (this.#waiting === 0) return;
    this.#cancelStall = this.#clock.after(STALL_MS, () => {
      this.#connection.close('slow_consumer', 'You read too slowly');
    });
  }

  #ended(): void {
    this.#cancelStall();
    const last = parseServerControl(this.#lastControl);
    const { reason, code } =
      last.ok && last.value.type === 'closed' ? last.value : { reason: 'connection_lost', code: undefined };
    this.#connection.close(code === 'rate_limited' ? code : closeCodeOf(reason), reason);
  }
}

function closeCodeOf(reason: string): CloseCodeName {
  for (const [known, name] of Object.entries(CLOSES)) if (known === reason) return name;
  return 'normal';
}
