import type { CancelTimer, Clock } from '../clock.ts';

/** What one pure step gives: the next state and what to do about it, in order. */
export interface Step<State, Effect> {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** How a {@link Machine} is made. */
export interface MachineOptions<State, Input, Effect> {
  readonly initial: State;
  /** Decides; pure. */
  readonly step: (state: State, input: Input, now: number) => Step<State, Effect>;
  /** Acts. It may send further inputs: they are taken after the effects of this step. */
  readonly perform: (effect: Effect) => void;
  /** Hears of every change before the effects of that step are performed. */
  readonly onChange?: (state: State, previous: State) => void;
  readonly clock: Clock;
  /** When the state wants `tick` sent, on the clock's line; undefined for never. */
  readonly wakeAt?: (state: State) => number | undefined;
  readonly tick?: Input;
}

/** Runs a pure step: one input at a time, the change announced first, then the effects in order. */
export class Machine<State, Input, Effect> {
  readonly #options: MachineOptions<State, Input, Effect>;
  readonly #inputs: Input[] = [];
  #state: State;
  #running = false;
  #cancelWake: CancelTimer = () => {};

  constructor(options: MachineOptions<State, Input, Effect>) {
    this.#options = options;
    this.#state = options.initial;
    this.#scheduleWake();
  }

  get state(): State {
    return this.#state;
  }

  /**
   * Takes one input, or queues it while another one is being taken. When an effect or a listener throws, everything
   * else is still done, and the first such error is thrown to whoever sent the outermost input.
   */
  send(input: Input): void {
    this.#inputs.push(input);
    if (this.#running) return;
    this.#running = true;
    const errors: unknown[] = [];
    for (const next of this.#inputs) collect(errors, () => this.#take(next, errors));
    this.#inputs.length = 0;
    this.#running = false;
    this.#scheduleWake();
    if (errors.length > 0) throw errors[0];
  }

  #take(input: Input, errors: unknown[]): void {
    const { step, perform, onChange, clock } = this.#options;
    const previous = this.#state;
    const { state, effects } = step(previous, input, clock.now());
    this.#state = state;
    if (state !== previous) collect(errors, () => onChange?.(state, previous));
    for (const effect of effects) collect(errors, () => perform(effect));
  }

  #scheduleWake(): void {
    this.#cancelWake();
    const { wakeAt, tick, clock } = this.#options;
    const at = wakeAt?.(this.#state);
    if (at === undefined || tick === undefined) return;
    this.#cancelWake = clock.after(Math.max(0, at - clock.now()), () => this.send(tick));
  }
}

function collect(errors: unknown[], task: () => void): void {
  try {
    task();
  } catch (error) {
    errors.push(error);
  }
}
