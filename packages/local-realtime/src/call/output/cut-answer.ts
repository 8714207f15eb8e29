import type { ResponseOutcome } from '../../openai/response-events.ts';

/** Thrown by an assistant whose answer ends here, and not as completed: what was said so far stands. */
export class CutAnswer extends Error {
  readonly outcome: ResponseOutcome;

  constructor(outcome: ResponseOutcome) {
    super(`The answer ends ${outcome.name}`);
    this.name = 'CutAnswer';
    this.outcome = outcome;
  }
}
