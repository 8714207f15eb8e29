import type { ServerEvent, ServerEventBody } from '@voice-bridge/core/openai';
import type { AssistantOutput, AssistantRequest } from '../../engines/assistant/assistant-engine.ts';
import type { TtsRequest } from '../../engines/tts/tts-engine.ts';
import type { ClientCommand } from '../../openai/client-command.ts';
import { type ApiProblem, errorEvent } from '../../openai/problem.ts';
import type { ResponseOutcome } from '../../openai/response-events.ts';
import type { AnySession } from '../../openai/session-settings.ts';
import type { PlayoutSegment } from '../output/playout.ts';
import type { AudioFormat } from '../sound/audio-format.ts';
import type { CallSettings, TurnSettings } from './call-settings.ts';
import type { ConversationItem } from './conversation.ts';

/** The user's side of the turn. */
export type UserTurn = { readonly name: 'silent' } | { readonly name: 'speaking'; readonly itemId: string };

/** One response, as asked for. */
export interface ResponsePlan {
  readonly id: string;
  /** A repeated one gives an answer that was given before. */
  readonly origin: 'asked' | 'repeated';
  readonly settings: CallSettings;
  readonly conversation: 'auto' | 'none';
  /** What it is made from instead of the conversation. */
  readonly input: readonly ConversationItem[] | undefined;
  readonly metadata: Readonly<Record<string, string>> | null;
}

/** Where the voice of a running response is: at most one sentence is being made at a time. */
export type VoiceState =
  | { readonly name: 'idle' }
  /** Enough is queued; the sentence waits for its time. */
  | { readonly name: 'holding'; readonly text: string }
  | { readonly name: 'making'; readonly text: string };

/** One answer of the assistant that is not done. */
export type ActiveResponse =
  /** Announced; waits until everything the user said is recognised. */
  { readonly name: 'listening'; readonly plan: ResponsePlan } | RunningResponse;

/** A response whose content is being made. */
export interface RunningResponse {
  readonly name: 'running';
  readonly plan: ResponsePlan;
  readonly output: readonly ConversationItem[];
  /** The message still being written, always the last of `output`. */
  readonly openMessageId: string | undefined;
  readonly queue: readonly AssistantOutput[];
  readonly assistant: 'thinking' | 'finished';
  /** How it ends once everything in the queue is said. */
  readonly outcome: ResponseOutcome;
  readonly voice: VoiceState;
}

/** What the listener is hearing. `starved`: everything made so far was heard, but more may come. */
export type SpeakerState =
  | { readonly name: 'silent' }
  | { readonly name: 'playing'; readonly responseId: string }
  | { readonly name: 'starved'; readonly responseId: string };

/** Waiting for a user who says nothing (`idle_timeout_ms` of server VAD). */
export type IdleState =
  | { readonly name: 'off' }
  /** The last answer is heard until then, on the clock's line. */
  | { readonly name: 'playing'; readonly until: number }
  /** Nobody has spoken since this position, in ms of audio heard. */
  | { readonly name: 'waiting'; readonly fromMs: number; readonly until: number };

/** Everything a call knows; changed only by `stepCall`. */
export interface CallState {
  /** How audio travels: over a WebRTC track in real time, or in events, as fast as it is made. */
  readonly audio: 'track' | 'events';
  /** Ids are the seed and a count, so that a step needs no randomness. */
  readonly ids: { readonly seed: string; readonly next: number };
  readonly conversationId: string;
  readonly session: AnySession;
  readonly settings: CallSettings;
  readonly items: readonly ConversationItem[];
  readonly userTurn: UserTurn;
  readonly idle: IdleState;
  /** Ids of items whose words are not recognised yet. */
  readonly unrecognised: readonly string[];
  /** Those among them that a client made. */
  readonly clientSounds: readonly string[];
  /** Where the input buffer begins, in ms of audio heard. */
  readonly bufferStartMs: number;
  /** At most one of the conversation, any number beside it. */
  readonly responses: readonly ActiveResponse[];
  readonly speaker: SpeakerState;
  /** When the queued speech will have been played, on the clock's line. */
  readonly spokenUntil: number;
  /** The voice, once it has spoken. */
  readonly lockedVoice: string | undefined;
  readonly tokensUsed: number;
  readonly responsesMade: number;
}

/** What happens to a call. Positions named `…Ms` without a clock are ms of audio heard. */
export type CallInput =
  /** A channel joined; it has this number. */
  | { readonly type: 'opened'; readonly channel: number }
  | {
      readonly type: 'command';
      readonly command: ClientCommand;
      readonly eventId: string | undefined;
      readonly heardMs: number;
    }
  | { readonly type: 'problem'; readonly problem: ApiProblem; readonly eventId: string | undefined }
  | { readonly type: 'speechStarted'; readonly startMs: number }
  | { readonly type: 'speechStopped'; readonly startMs: number; readonly endMs: number }
  /** The sound of what was committed: mono PCM16 at 16 kHz. */
  | { readonly type: 'soundKept'; readonly itemId: string; readonly pcm: Int16Array }
  | { readonly type: 'recognised'; readonly itemId: string; readonly text: string }
  | { readonly type: 'recognitionFailed'; readonly itemId: string; readonly problem: ApiProblem }
  | { readonly type: 'assistantSaid'; readonly responseId: string; readonly output: AssistantOutput }
  /** `outcome`: how the answer ends, if not completed. */
  | {
      readonly type: 'assistantFinished';
      readonly responseId: string;
      readonly outcome?: ResponseOutcome | undefined;
    }
  /** An answer that was given is given once more. */
  | { readonly type: 'answerAgain'; readonly plan: ResponsePlan; readonly output: readonly ConversationItem[] }
  | { readonly type: 'assistantFailed'; readonly responseId: string; readonly problem: ApiProblem }
  | { readonly type: 'sentenceMade'; readonly responseId: string; readonly pcm: Int16Array }
  | { readonly type: 'wake'; readonly heardMs: number }
  /** The first frame of this response left. */
  | { readonly type: 'speakerTurned'; readonly responseId: string }
  | { readonly type: 'speakerDrained' }
  | {
      readonly type: 'speakerCleared';
      readonly heard: readonly { readonly itemId: string; readonly heardMs: number }[];
    }
  /** The session has lasted as long as it may, in ms. */
  | { readonly type: 'expired'; readonly afterMs: number };

/** What the call's edge is to do. */
export type CallEffect =
  | { readonly type: 'send'; readonly event: ServerEvent; readonly to: number | 'all' }
  | { readonly type: 'recognise'; readonly itemId: string; readonly startMs: number; readonly endMs: number }
  | { readonly type: 'recogniseSound'; readonly itemId: string; readonly pcm: Int16Array }
  | { readonly type: 'respond'; readonly responseId: string; readonly request: AssistantRequest }
  | { readonly type: 'makeSentence'; readonly responseId: string; readonly request: TtsRequest }
  | { readonly type: 'play'; readonly segment: PlayoutSegment }
  | { readonly type: 'wakeAt'; readonly at: number }
  /** This response is over: stops its assistant and voice, if they still work. */
  | { readonly type: 'stopMaking'; readonly responseId: string }
  /** An answer of the conversation was given whole. */
  | { readonly type: 'answered'; readonly plan: ResponsePlan; readonly output: readonly ConversationItem[] }
  /** Empties the speaker; `speakerCleared` follows. */
  | { readonly type: 'clearSpeaker' }
  | { readonly type: 'listen'; readonly turns: TurnSettings; readonly format: AudioFormat }
  /** The turn being heard, if any, is none: listen for a new one from here on. */
  | { readonly type: 'forgetTurn' }
  | { readonly type: 'end'; readonly reason: 'session_expired' };

/** A step in the making: the state so far and what it brings about. */
export interface CallDraft {
  state: CallState;
  readonly effects: CallEffect[];
  readonly now: number;
}

/** Changes part of the state. */
export function patch(draft: CallDraft, change: Partial<CallState>): void {
  draft.state = { ...draft.state, ...change };
}

/** A new id: the prefix, the call's seed, and a count. */
export function nextId(draft: CallDraft, prefix: string): string {
  const { seed, next } = draft.state.ids;
  patch(draft, { ids: { seed, next: next + 1 } });
  return `${prefix}_${seed}${next.toString(36).padStart(4, '0')}`;
}

/** Sends an event, with its id, to everybody who follows the call or to the channel of one number. */
export function send(draft: CallDraft, body: ServerEventBody, to: number | 'all' = 'all'): void {
  const event = { event_id: nextId(draft, 'event'), ...body };
  draft.effects.push({ type: 'send', event, to });
}

/** How many characters of pictures and sound one event may carry: a message on a data channel is at most 64 KiB long. */
export function mediaRoom({ audio }: CallState): number {
  return audio === 'track' ? 48_000 : 24 * 1024 * 1024;
}

/** Answers a client event with an `error`; the session goes on. */
export function refuse(draft: CallDraft, problem: ApiProblem, eventId: string | undefined): void {
  send(draft, errorEvent(problem, eventId));
}
