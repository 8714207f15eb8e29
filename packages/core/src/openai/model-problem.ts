import type { ErrorCode } from '../errors.ts';

const MAX_MESSAGE_LENGTH = 300;

/** An error of the model in the bridge's words. */
export interface ModelProblem {
  readonly code: ErrorCode;
  /** The model's sentence, cut to 300 characters and without anything that looks like a key. */
  readonly message: string;
}

/** Translates an error of an event, a failed response or an HTTP answer. `status` is the HTTP status where there is one. */
export function modelProblem(
  error: {
    readonly code?: string | null | undefined;
    readonly type?: string | null | undefined;
    readonly message?: string | null | undefined;
  },
  status?: number,
): ModelProblem {
  const message = withoutKeys(error.message ?? '').slice(0, MAX_MESSAGE_LENGTH);
  return { code: codeOf(error.code ?? '', error.type ?? '', status), message: message || 'The model gave no reason' };
}

/** Replaces everything that looks like an OpenAI key, masked ones included. */
export function withoutKeys(text: string): string {
  return text.replaceAll(/\b(?:sk|ek)[-_][\w*.-]+/g, '[key]');
}

function codeOf(code: string, type: string, status: number | undefined): ErrorCode {
  if (code === 'session_expired') return 'session_expired';
  if (status === 429 || /rate_limit|insufficient_quota|too_many/.test(`${code} ${type}`)) return 'model_rate_limited';
  if (status === undefined)
    return /invalid_api_key|authentication|permission/.test(`${code} ${type}`) ? 'model_rejected' : 'model_error';
  if (status >= 400 && status < 500) return 'model_rejected';
  return status >= 500 ? 'model_unreachable' : 'model_error';
}
