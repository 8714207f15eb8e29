import type { ErrorCode } from '../errors.ts';
import type { AssistantState } from '../protocol/control.ts';
import type { ClientEvent } from './client-events.ts';
import type { OtherServerEvent, ServerEvent } from './server-events.ts';
import type { RealtimeSessionConfig } from './session-config.ts';
import type { TranscriptEffect } from './transcript.ts';

/** One line of an earlier session, told to the model as text. */
export interface HistoryLine {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** What the users' side asks. Before `opened` it is kept and then done in order. */
export type ConversationRequest =
  /** Text a user typed (none: empty), with a picture as a `data:` URL if there is one; `author` comes back with the item that holds it. */
  | {
      readonly type: 'sendText';
      readonly text: string;
      readonly author?: string | undefined;
      readonly imageUrl?: string | undefined;
    }
  /** What was said so far is a turn and wants an answer: for settings without turn detection; `author` comes back as with `sendText`. */
  | { readonly type: 'commitInput'; readonly author?: string | undefined }
  /** What was said so far is no turn and is forgotten. */
  | { readonly type: 'clearInput' }
  | { readonly type: 'toolResult'; readonly callId: string; readonly output: string }
  /** Something the assistant should say by itself, now or when its running answer is done. */
  | { readonly type: 'announce'; readonly text: string }
  | { readonly type: 'interrupt' };

/** What a conversation is told. */
export type ConversationInput =
  /** The event channel is open: the settings and the history go out first. */
  | {
      readonly type: 'opened';
      readonly session: RealtimeSessionConfig;
      readonly history: readonly HistoryLine[];
    }
  | { readonly type: 'serverEvent'; readonly event: ServerEvent | OtherServerEvent }
  | ConversationRequest;

/** What a conversation wants done or known, in the bridge's words. */
export type ConversationEffect =
  | { readonly type: 'send'; readonly event: ClientEvent }
  /** The model has taken the settings; once. */
  | { readonly type: 'ready' }
  /** The model refused the settings or the session; instead of `ready`. */
  | { readonly type: 'rejected'; readonly code: ErrorCode; readonly message: string }
  | { readonly type: 'assistantChanged'; readonly state: AssistantState }
  /** `itemId` is the line that the turn becomes. */
  | { readonly type: 'speech'; readonly state: 'started' | 'stopped'; readonly itemId: string }
  /** Typed text or a committed turn is the line `itemId`, and `author` made it. */
  | { readonly type: 'textSent'; readonly itemId: string; readonly author: string }
  | TranscriptEffect
  /** Exactly once per `callId`; `arguments` is JSON text, unchecked. */
  | { readonly type: 'toolCall'; readonly callId: string; readonly name: string; readonly arguments: string }
  | { readonly type: 'usage'; readonly inputTokens: number; readonly outputTokens: number }
  /** The model dropped the audio it had queued: whoever queues it for listeners drops it too. */
  | { readonly type: 'flush' }
  | { readonly type: 'warning'; readonly code: ErrorCode; readonly message: string };
