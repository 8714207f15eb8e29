import { type ConversationList, conversationListSchema, ENDPOINTS } from '@voice-bridge/core';
import { BridgeHttp, readAnswer } from '../../bridge/bridge-http.ts';
import { browserHost } from '../../browser-host.ts';
import type { ClientHost } from '../../client-host.ts';

/** A conversation with a session that the caller may join. */
export interface OpenConversation {
  readonly conversationId: string;
  readonly state: ConversationList['conversations'][number]['state'];
  /** In ms since 1970. */
  readonly openedAt: number;
  /** How many are connected. */
  readonly participants: number;
}

/** Whose conversations are asked for, and where. */
export interface OpenConversationsOptions {
  /** Origin and base path of the bridge; default the page's own origin. */
  readonly url?: string;
  /** Gives the bearer token of the user. */
  readonly auth?: () => Promise<string> | string;
}

/** The caller's open conversations, as the bridge lists them. Rejects with a `VoiceBridgeError`, `aborted` among them. */
export async function listOpenConversations(
  { url = '', auth }: OpenConversationsOptions,
  signal: AbortSignal,
  { fetch, clock }: Pick<ClientHost, 'fetch' | 'clock'> = browserHost,
): Promise<readonly OpenConversation[]> {
  const http = new BridgeHttp({ url, auth, fetch, clock });
  const text = await http.ask({ method: 'GET', path: ENDPOINTS.conversations }, signal);
  return readAnswer(conversationListSchema, text).conversations.map((each) => ({
    conversationId: each.conversation_id,
    state: each.state,
    openedAt: each.opened_at,
    participants: each.participants,
  }));
}
