import { VoiceBridgeError } from '@voice-bridge/core';
import { parseHttpError } from '@voice-bridge/core/openai';

/** Most of a refusal's body that is read, in bytes. */
export const MAX_PROBLEM_BYTES = 16_384;

const PROVIDER_CODE = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const SYSTEM_CODE = /^[A-Z][A-Z0-9_]{1,40}$/;

/** The error for an HTTP refusal: `model_rejected`, `model_rate_limited` or `model_unreachable`. It carries neither the key nor the server's words. */
export function refusalError(status: number, body: string | undefined): VoiceBridgeError {
  const code = providerCode(body);
  const detail = `HTTP ${status}${code === undefined ? '' : `, ${code}`}`;
  if (status === 401 || status === 403) {
    return new VoiceBridgeError('model_rejected', `The speech model refused the key (${detail})`, {
      hint: 'Check the API key and what its project may use.',
    });
  }
  if (status === 429) {
    return new VoiceBridgeError('model_rate_limited', `The speech model takes no more calls for now (${detail})`, {
      retryable: code !== 'insufficient_quota',
    });
  }
  if (status >= 500) return new VoiceBridgeError('model_unreachable', `The speech model has a fault (${detail})`);
  return new VoiceBridgeError('model_rejected', `The speech model refused the call (${detail})`, {
    hint: 'Check the base URL, the model and the voice.',
  });
}

/** The error for a server that did not answer at all; `code` is the system's word for it and shown only when it looks like one. */
export function unreachableError(code: unknown): VoiceBridgeError {
  const detail = typeof code === 'string' && SYSTEM_CODE.test(code) ? ` (${code})` : '';
  return new VoiceBridgeError('model_unreachable', `The speech model cannot be reached${detail}`);
}

// The provider's sentence may quote the key and is never used.
function providerCode(text: string | undefined): string | undefined {
  const parsed = parseHttpError(text ?? '');
  if (!parsed.ok) return undefined;
  return [parsed.value.code, parsed.value.type].find(isProviderCode);
}

function isProviderCode(value: string | null | undefined): value is string {
  return typeof value === 'string' && PROVIDER_CODE.test(value) && !/^(sk|ek)[-_]/.test(value);
}
