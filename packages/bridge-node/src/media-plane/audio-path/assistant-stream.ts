/** Packets of a dropped answer that were on their way keep coming for about this long, in ms. */
export const STALE_MS = 200;

/** An answer whose last packet is older than this, in ms, is over: there is nothing to cut. */
const ANSWER_OVER_MS = 100;

/** Which packets of the model belong to what is being said, and which to an answer it dropped. Times in ms. */
export class AssistantStream {
  /** Grows when packets were dropped, so that what follows joins a line as a new source and not behind a loss. */
  #answers = 0;
  #source = 'model 0';
  #staleUntil = Number.NEGATIVE_INFINITY;
  #dropped = false;
  #lastPacketAt = Number.NEGATIVE_INFINITY;

  /** The source id of what is being said. */
  get source(): string {
    return this.#source;
  }

  /** Whether a packet that came at `now` is to be heard. */
  accepts(now: number): boolean {
    if (now < this.#staleUntil) {
      this.#dropped = true;
      return false;
    }
    if (this.#dropped) this.#beginSource();
    this.#lastPacketAt = now;
    return true;
  }

  /** The model dropped what it was saying. Gives the source id of the silence that cuts it off; undefined when there was nothing to cut. */
  flush(now: number): string | undefined {
    this.#staleUntil = now + STALE_MS;
    if (now - this.#lastPacketAt > ANSWER_OVER_MS) return undefined;
    this.#lastPacketAt = Number.NEGATIVE_INFINITY;
    this.#beginSource();
    return `cut ${this.#answers}`;
  }

  /** The model begins to say something new. */
  resume(): void {
    this.#staleUntil = Number.NEGATIVE_INFINITY;
  }

  #beginSource(): void {
    this.#dropped = false;
    this.#answers++;
    this.#source = `model ${this.#answers}`;
  }
}
