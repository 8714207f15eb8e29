import type { VoiceBridgeError } from '@voice-bridge/core';
import type { SessionCommand } from '../../seam/session-commands.ts';
import { type Deferred, deferred } from './deferred.ts';

/** The recordings a session is playing. */
export class Recordings {
  readonly #send: (command: SessionCommand) => void;
  readonly #playing = new Map<string, Deferred<void>>();
  #count = 0;

  constructor(send: (command: SessionCommand) => void) {
    this.#send = send;
  }

  /** Plays PCM16 at 24 kHz, mono, to everybody who hears; resolves when it was heard or gave way, rejects when the session ends first. */
  play(samples: Int16Array): Promise<void> {
    const playId = `play_${++this.#count}`;
    const playing = deferred<void>();
    this.#playing.set(playId, playing);
    this.#send({ type: 'play', playId, samples });
    return playing.promise;
  }

  /** One was played. */
  played(playId: string): void {
    this.#playing.get(playId)?.resolve();
    this.#playing.delete(playId);
  }

  /** The session ends. */
  stop(error: VoiceBridgeError): void {
    for (const playing of this.#playing.values()) playing.reject(error);
    this.#playing.clear();
  }
}
