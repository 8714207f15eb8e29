import { Rate } from './rate.ts';

/** One {@link Rate} for each of the newest `capacity` subjects, or whatever else is counted by its name. */
export class SubjectRates {
  readonly #perMinute: number;
  readonly #atOnce: number;
  readonly #capacity: number;
  readonly #rates = new Map<string, Rate>();

  constructor(perMinute: number, atOnce: number, capacity: number) {
    this.#perMinute = perMinute;
    this.#atOnce = atOnce;
    this.#capacity = capacity;
  }

  /** Counts one of this subject's. Throws `rate_limited` when it is one too many. */
  take(subject: string, now: number): void {
    const rate = this.#rates.get(subject) ?? new Rate(this.#perMinute, this.#atOnce, now);
    this.#rates.delete(subject);
    this.#rates.set(subject, rate);
    const oldest = this.#rates.keys().next();
    if (this.#rates.size > this.#capacity && !oldest.done) this.#rates.delete(oldest.value);
    rate.take(now);
  }
}
