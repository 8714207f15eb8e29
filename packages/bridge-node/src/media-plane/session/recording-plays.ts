/** Plays samples to everybody who hears and tells when they are over; returns how to stop them. */
type PlaySamples = (samples: Int16Array, onDone: () => void) => () => void;

/** The recordings that are being played in a session or wait, each told to be over exactly once. */
export class RecordingPlays {
  readonly #play: PlaySamples;
  readonly #onPlayed: (playId: string) => void;
  readonly #cancels = new Map<string, () => void>();

  constructor(play: PlaySamples, onPlayed: (playId: string) => void) {
    this.#play = play;
    this.#onPlayed = onPlayed;
  }

  start(playId: string, samples: Int16Array): void {
    this.#cancels.set(playId, () => {});
    const cancel = this.#play(samples, () => this.#over(playId));
    if (this.#cancels.has(playId)) this.#cancels.set(playId, cancel);
  }

  /** Stops one; does nothing when it is over. */
  stop(playId: string): void {
    this.#cancels.get(playId)?.();
    this.#over(playId);
  }

  #over(playId: string): void {
    if (this.#cancels.delete(playId)) this.#onPlayed(playId);
  }
}
