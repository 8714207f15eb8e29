import { checkFaultPlan, type FaultPlan } from './fault-plan.ts';

/** How a fault lets an answer end. */
export type AnswerEnd = NonNullable<FaultPlan['endAnswer']>['as'];

/** What happens to somebody who connects. */
export interface ConnectFault {
  readonly delayMs: number;
  /** A refusal, or `undefined`: only the wait. */
  readonly status: number | undefined;
  /** The refusal's error code; `undefined`: the one that goes with the status. */
  readonly code: string | undefined;
}

/** The plan of what goes wrong at a server, and how much of it has come to pass. */
export class Faults {
  #plan: FaultPlan = {};
  #connects = 0;
  #drops = 0;
  #stalls = 0;
  #endings = 0;
  #repeats = 0;

  /** Throws `TypeError` for a plan that cannot be. */
  constructor(plan: FaultPlan = {}) {
    const checked = checkFaultPlan(plan);
    if (!checked.ok) throw new TypeError(`faults: ${checked.problem}`);
    this.set(checked.value);
  }

  get plan(): FaultPlan {
    return this.#plan;
  }

  /** From now on this goes wrong, also in calls that are open, and nothing else. */
  set(plan: FaultPlan): void {
    this.#plan = plan;
    this.#connects = plan.connect?.times ?? Number.POSITIVE_INFINITY;
    this.#drops = plan.drop?.times ?? 1;
    this.#stalls = plan.stall?.times ?? 1;
    this.#endings = plan.endAnswer?.times ?? 1;
    this.#repeats = plan.repeatAnswer?.times ?? 1;
  }

  /** What happens to the one who connects now. */
  takeConnect(): ConnectFault | undefined {
    const { connect } = this.#plan;
    if (connect === undefined || this.#connects < 1) return undefined;
    this.#connects--;
    return { delayMs: connect.delayMs ?? 0, status: connect.status, code: connect.code };
  }

  /** How the answer that begins now ends before its time, if it does. */
  takeEnd(): AnswerEnd | undefined {
    const { endAnswer } = this.#plan;
    if (endAnswer === undefined || this.#endings < 1) return undefined;
    this.#endings--;
    return endAnswer.as;
  }

  /** Whether the answer that was just given is given once more. */
  takeRepeat(): boolean {
    if (this.#plan.repeatAnswer === undefined || this.#repeats < 1) return false;
    this.#repeats--;
    return true;
  }

  /** What happens to a call of whose answer so much was sent. */
  takeBreak(answerMs: number): 'drop' | 'stall' | undefined {
    const { drop, stall } = this.#plan;
    if (drop !== undefined && this.#drops > 0 && answerMs >= drop.afterMs) {
      this.#drops--;
      return 'drop';
    }
    if (stall !== undefined && this.#stalls > 0 && answerMs >= stall.afterMs) {
      this.#stalls--;
      return 'stall';
    }
    return undefined;
  }
}
