import type { ErrorCode } from '@voice-bridge/core';
import type { Fetch } from '../bridge/bridge-http.ts';

/** One request as the fake bridge got it. */
export interface FakeBridgeRequest {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly authorization: string | null;
  readonly keepalive: boolean;
}

/** How the fake bridge answers: with JSON, with a refusal, not at all, or not even a connection. */
export type FakeBridgeAnswer =
  | { readonly status: number; readonly json: unknown }
  | { readonly refuse: ErrorCode; readonly status: number }
  | { readonly text: string }
  | 'hang'
  | 'unreachable';

const CONFIG = {
  protocol_version: 1,
  ice_servers: [{ urls: ['stun:stun.example.org'] }],
  transports: ['webrtc'],
  limits: { max_text_length: 4_000, max_session_minutes: 30, idle_minutes: 5 },
};

/** The bridge's HTTP side, answering as the real one does until a test wants otherwise. */
export class FakeBridge {
  readonly requests: FakeBridgeRequest[] = [];
  /** Requests that hang now. */
  hanging = 0;
  readonly #answers = new Map<string, FakeBridgeAnswer>();

  /** Answers these requests differently: `GET`, `POST`, `DELETE` or `TEXT` (the POST of a text). */
  answer(kind: 'GET' | 'POST' | 'DELETE' | 'TEXT', answer: FakeBridgeAnswer): void {
    this.#answers.set(kind, answer);
  }

  /** Answers these requests as usual again. */
  restore(kind: 'GET' | 'POST' | 'DELETE' | 'TEXT'): void {
    this.#answers.delete(kind);
  }

  /** How many requests of this method came. */
  count(method: string): number {
    return this.requests.filter((request) => request.method === method).length;
  }

  readonly fetch: Fetch = async (url, init) => {
    if (init.signal?.aborted) throw new TypeError('The request was aborted');
    const method = init.method ?? 'GET';
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : null;
    const authorization = new Headers(init.headers).get('authorization');
    this.requests.push({ method, url, body, authorization, keepalive: init.keepalive ?? false });
    const answer = this.#answers.get(url.endsWith('/text') ? 'TEXT' : method) ?? usualAnswer(method, url);
    if (answer === 'unreachable') throw new TypeError('Failed to fetch');
    if (answer === 'hang') return this.#hang(init.signal ?? null);
    if ('text' in answer) return response(200, answer.text);
    const json = 'refuse' in answer ? { error: { code: answer.refuse, message: 'Refused' } } : answer.json;
    return response(answer.status, JSON.stringify(json));
  };

  #hang(signal: AbortSignal | null): Promise<never> {
    this.hanging++;
    return new Promise((_, reject) => {
      const stop = () => {
        this.hanging--;
        reject(new TypeError('The request was aborted'));
      };
      if (signal?.aborted) stop();
      else signal?.addEventListener('abort', stop, { once: true });
    });
  }
}

function response(status: number, text: string) {
  return { ok: status < 300, status, text: async () => text };
}

function usualAnswer(method: string, url: string): FakeBridgeAnswer {
  if (method === 'GET') return { status: 200, json: CONFIG };
  if (method === 'DELETE') return { status: 200, json: { status: 'closed' } };
  if (url.endsWith('/text')) return { status: 200, json: { status: 'sent' } };
  return { status: 200, json: { session_id: 'ses_1', answer: 'answer of the fake' } };
}
