import { isVoiceBridgeError } from '@voice-bridge/core';
import type { ServerEventBody } from '@voice-bridge/core/openai';

/** What an `error` event or an HTTP error body tells, in OpenAI's shape. */
export interface ApiProblem {
  readonly type: 'invalid_request_error' | 'server_error' | 'insufficient_quota';
  readonly code: string;
  readonly message: string;
  /** The field at fault. */
  readonly param: string | null;
}

/** A problem that is the client's fault. */
export function invalidRequest(code: string, message: string, param: string | null = null): ApiProblem {
  return { type: 'invalid_request_error', code, message, param };
}

/** A problem that is ours. */
export function serverProblem(code: string, message: string): ApiProblem {
  return { type: 'server_error', code, message, param: null };
}

/** The account has run out of money: OpenAI says so by a type of its own. */
export function quotaProblem(): ApiProblem {
  const code = 'insufficient_quota';
  const message = 'You exceeded your current quota, please check your plan and billing details.';
  return { type: code, code, message, param: null };
}

/** What to tell of a failure: a coded error's own words, else `message`; never a stack. */
export function problemFrom(error: unknown, message: string): ApiProblem {
  return isVoiceBridgeError(error) ? serverProblem(error.code, error.message) : serverProblem('internal', message);
}

/** The `error` object of an event or an HTTP body. */
export function problemBody(problem: ApiProblem) {
  return { type: problem.type, code: problem.code, message: problem.message, param: problem.param };
}

/** An `error` event; `clientEventId` is the `event_id` of the client event at fault. */
export function errorEvent(problem: ApiProblem, clientEventId: string | undefined): ServerEventBody {
  return { type: 'error', error: { ...problemBody(problem), event_id: clientEventId ?? null } };
}
