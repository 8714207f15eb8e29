/** Work that has to be done some day, and had better be done before. */
export interface SpareWork {
  /** How much of what is due next is done already, in ms. */
  readonly doneAheadMs: number;
  /** Does a little, a fraction of a millisecond; false when nothing is left to do for now. */
  doSome(): boolean;
}

/** Does work of all calls piece by piece while nothing else is to be done, first for those that will need it first. */
export class SpareTime {
  readonly #later: (task: () => void) => unknown;
  readonly #works = new Set<SpareWork>();
  readonly #onLater = () => this.#doSome();
  #state: 'resting' | 'working' = 'resting';

  /** `later` runs a task after whatever else waits to be done. */
  constructor(later: (task: () => void) => unknown) {
    this.#later = later;
  }

  /** There is something to do. */
  add(work: SpareWork): void {
    this.#works.add(work);
    if (this.#state === 'working') return;
    this.#state = 'working';
    this.#later(this.#onLater);
  }

  /** Nothing more is to be done of this. */
  remove(work: SpareWork): void {
    this.#works.delete(work);
  }

  #doSome(): void {
    const work = this.#mostUrgent();
    if (work !== undefined && !work.doSome()) this.#works.delete(work);
    if (this.#works.size > 0) this.#later(this.#onLater);
    else this.#state = 'resting';
  }

  #mostUrgent(): SpareWork | undefined {
    let first: SpareWork | undefined;
    for (const work of this.#works) if (first === undefined || work.doneAheadMs < first.doneAheadMs) first = work;
    return first;
  }
}
