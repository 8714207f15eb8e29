import {
  listOpenConversations,
  type OpenConversation,
  type OpenConversationsOptions,
} from '@voice-bridge/browser-client/phone';
import { useEffect, useRef, useState } from 'react';

/** Whose conversations are shown, where they are asked for, and how often. */
export interface UseOpenConversationsOptions extends OpenConversationsOptions {
  /** From an answer to the next question, in ms; default 5,000. Nothing is asked while the page is hidden. */
  readonly refreshMs?: number;
  /** Asks in another way; default the bridge's HTTP interface. */
  readonly list?: (signal: AbortSignal) => Promise<readonly OpenConversation[]>;
}

/** What {@link useOpenConversations} gives. */
export interface OpenConversations {
  readonly state: 'loading' | 'ready' | 'failed';
  /** As last listed. */
  readonly conversations: readonly OpenConversation[];
  /** Why the last question failed; null otherwise. */
  readonly error: Error | null;
}

const LOADING: OpenConversations = { state: 'loading', conversations: [], error: null };
const REFRESH_MS = 5_000;

/** The caller's open conversations, kept up to date while the component is mounted, or until the bridge says that they are not for us. */
export function useOpenConversations(options: UseOpenConversationsOptions = {}): OpenConversations {
  const [shown, setShown] = useState(LOADING);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      if (!document.hidden) {
        const answer = await answerOf(latest.current, abort.signal);
        if (abort.signal.aborted) return;
        setShown((before) => ({ conversations: before.conversations, ...answer }));
        if (isFinal(answer.error)) return;
      }
      timer = setTimeout(ask, latest.current.refreshMs ?? REFRESH_MS);
    };
    void ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, []);
  return shown;
}

async function answerOf(
  options: UseOpenConversationsOptions,
  signal: AbortSignal,
): Promise<Omit<OpenConversations, 'conversations'> & Partial<OpenConversations>> {
  try {
    const list = options.list ?? ((signal) => listOpenConversations(options, signal));
    return { state: 'ready', conversations: await list(signal), error: null };
  } catch (error) {
    return { state: 'failed', error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Whether asking again would bring the same refusal. */
function isFinal(error: Error | null): boolean {
  return error !== null && 'retryable' in error && error.retryable === false;
}
