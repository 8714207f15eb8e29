import type { ClientFault } from '@voice-bridge/core/openai';
import { type ApiProblem, invalidRequest, problemBody } from '../openai/problem.ts';

/** A refusal with its HTTP status; thrown inside a route, answered by the application. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly problem: ApiProblem;

  constructor(status: number, problem: ApiProblem) {
    super(problem.message);
    this.name = 'HttpProblem';
    this.status = status;
    this.problem = problem;
  }

  /** The answer in OpenAI's error shape. */
  response(): Response {
    return Response.json({ error: problemBody(this.problem) }, { status: this.status });
  }
}

/** A refusal that is the client's fault. */
export function httpProblem(status: number, code: string, message: string, param: string | null = null): HttpProblem {
  return new HttpProblem(status, invalidRequest(code, message, param));
}

/** A refusal of a request that does not fit its schema. */
export function faultProblem({ code, message, param }: ClientFault): HttpProblem {
  return httpProblem(400, code, message, param);
}
