import { invalidRequest } from '../../openai/problem.ts';
import { type ClientMessage, readClientMessage } from '../../openai/read-client-message.ts';
import { bytesPerMs, fromBase64 } from '../sound/audio-format.ts';
import type { AppendedInput } from './appended-input.ts';

const NOT_BASE64 = "Invalid 'audio'. Expected base64-encoded audio bytes, but got an invalid value.";
/** How much audio is listened to before somebody else has a turn: a few ms of work for a real detector. */
const SLICE_MS = 200;

/** What an {@link Intake} works with. */
export interface IntakeOptions {
  /** Takes the audio of `input_audio_buffer.append`; undefined when audio comes over a track, and then such events are passed on too. */
  readonly appended: AppendedInput | undefined;
  /** Takes every other message, in order, after the audio that came before it. */
  readonly onMessage: (message: ClientMessage) => void;
  /** Told true when messages begin to wait, false when none does any more. */
  readonly onWaiting: (waiting: boolean) => void;
  readonly later: (task: () => void) => unknown;
}

/** What clients send, one message after the other. Long audio is heard slice by slice, and whatever comes behind it waits its turn. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #waiting: (string | Uint8Array)[] = [];
  #audio: Uint8Array = new Uint8Array(0);
  #heardMs = 0;
  #state: 'open' | 'working' | 'pausing' | 'closed' = 'open';

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Takes the next message, now or in its turn. */
  take(message: string | Uint8Array): void {
    if (this.#state === 'closed') return;
    this.#waiting.push(message);
    if (this.#state === 'open') this.#work();
  }

  /** Forgets what waits. */
  close(): void {
    this.#state = 'closed';
    this.#waiting.length = 0;
  }

  /** True when nothing is left. */
  #work(): boolean {
    this.#state = 'working';
    while (this.#state === 'working') {
      if (this.#heardMs >= SLICE_MS) {
        this.#pause();
        return false;
      }
      if (this.#audio.length > 0) {
        this.#hear();
        continue;
      }
      const next = this.#waiting.shift();
      if (next !== undefined) this.#read(next);
      else this.#state = 'open';
    }
    return true;
  }

  #pause(): void {
    this.#heardMs = 0;
    this.#state = 'pausing';
    const { later, onWaiting } = this.#options;
    onWaiting(true);
    later(() => {
      if (this.#state === 'pausing' && this.#work()) onWaiting(false);
    });
  }

  #hear(): void {
    const { appended } = this.#options;
    if (appended === undefined) return;
    const perMs = bytesPerMs(appended.format);
    const slice = this.#audio.subarray(0, Math.ceil((SLICE_MS - this.#heardMs) * perMs));
    this.#audio = this.#audio.subarray(slice.length);
    this.#heardMs += slice.length / perMs;
    appended.append(slice);
  }

  #read(text: string | Uint8Array): void {
    const message = readClientMessage(text);
    const isAudio = message.type === 'command' && message.command.type === 'appendAudio';
    if (!isAudio || this.#options.appended === undefined) {
      this.#options.onMessage(message);
      return;
    }
    const bytes = fromBase64(message.command.audio);
    if (bytes !== undefined) this.#audio = bytes;
    else {
      const problem = invalidRequest('invalid_value', NOT_BASE64, 'audio');
      this.#options.onMessage({ type: 'problem', problem, eventId: message.eventId });
    }
  }
}
