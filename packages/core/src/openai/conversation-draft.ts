import type { AssistantState } from '../protocol/control.ts';
import type { ConversationEffect, ConversationRequest } from './conversation-effects.ts';
import {
  countOpenCalls,
  type GateInput,
  type GateState,
  initialGate,
  isResponding,
  stepGate,
} from './response-gate.ts';
import { initialTranscript, type TranscriptState, type TranscriptStep } from './transcript.ts';

/** A model that has said nothing this long after a user's turn is not thinking about it any more. */
const THINKING_MS = 10_000;
/** Ids of items that restore history begin so; they are no lines of this session's transcript. */
export const HISTORY_PREFIX = 'vb_history_';

/** Whether the model takes events. */
export type ConversationLink =
  | { readonly name: 'waiting'; readonly requests: readonly ConversationRequest[] }
  | { readonly name: 'configuring'; readonly eventId: string }
  | { readonly name: 'ready' }
  | { readonly name: 'rejected' };

/** Where the user's turn stands. */
export type UserTurn =
  | { readonly name: 'none' }
  | { readonly name: 'speaking'; readonly itemId: string }
  /** Over, and the model has not begun to answer. */
  | { readonly name: 'ended'; readonly itemId: string; readonly at: number };

/** Whether the assistant is heard; `by` tells how we know, as not every server tells when its audio begins. */
export type AssistantOutput =
  | { readonly name: 'silent' }
  | { readonly name: 'playing'; readonly responseId: string; readonly by: 'buffer' | 'delta' };

/** Everything the client side of a Realtime conversation remembers. */
export interface ConversationState {
  readonly link: ConversationLink;
  /** Whether a user's speech cuts the assistant (`interrupt_response`), as the settings say. */
  readonly interrupts: boolean;
  /** Whether the model finds the end of a turn, or the users tell it. */
  readonly turns: 'detected' | 'committed';
  /** Commits the server has not answered, by `event_id`, oldest first, and who made them. */
  readonly commits: ReadonlyMap<string, string | undefined>;
  readonly commitsMade: number;
  readonly turn: UserTurn;
  readonly output: AssistantOutput;
  readonly gate: GateState;
  readonly transcript: TranscriptState;
  /** The tool calls taken last, so that none is told twice: servers tell a call again when its response is done. */
  readonly toldCalls: ReadonlySet<string>;
  readonly itemsMade: number;
  readonly assistant: AssistantState;
}

/** The new state and what to do, in order. */
export interface ConversationStep {
  readonly state: ConversationState;
  readonly effects: readonly ConversationEffect[];
}

/** A conversation before its channel is open. */
export const initialConversation: ConversationState = {
  link: { name: 'waiting', requests: [] },
  interrupts: true,
  turns: 'detected',
  commits: new Map(),
  commitsMade: 0,
  turn: { name: 'none' },
  output: { name: 'silent' },
  gate: initialGate,
  transcript: initialTranscript,
  toldCalls: new Set(),
  itemsMade: 0,
  assistant: 'idle',
};

/** A step while it is being made: the parts of the next state and the effects so far. Never outlives its step. */
export class Draft {
  readonly now: number;
  readonly #effects: ConversationEffect[] = [];
  #state: ConversationState;

  constructor(state: ConversationState, now: number) {
    this.#state = state;
    this.now = now;
  }

  get state(): ConversationState {
    return this.#state;
  }

  set(change: Partial<ConversationState>): void {
    this.#state = { ...this.#state, ...change };
  }

  tell(...effects: readonly ConversationEffect[]): void {
    this.#effects.push(...effects);
  }

  gate(input: GateInput): void {
    const step = stepGate(this.#state.gate, input, this.now);
    this.set({ gate: step.state });
    if (step.create !== undefined)
      this.tell({ type: 'send', event: { type: 'response.create', event_id: step.create } });
  }

  transcript(change: (transcript: TranscriptState) => TranscriptStep): void {
    const step = change(this.#state.transcript);
    this.set({ transcript: step.state });
    this.tell(...step.effects);
  }

  finish(): ConversationStep {
    const assistant = assistantOf(this.#state, this.now);
    if (assistant !== this.#state.assistant) {
      this.set({ assistant });
      this.tell({ type: 'assistantChanged', state: assistant });
    }
    return { state: this.#state, effects: this.#effects };
  }
}

function assistantOf({ turn, output, gate }: ConversationState, now: number): AssistantState {
  if (turn.name === 'speaking') return 'listening';
  if (output.name === 'playing') return 'speaking';
  if (countOpenCalls(gate) > 0) return 'using_tool';
  const awaited = turn.name === 'ended' && now - turn.at < THINKING_MS;
  return awaited || isResponding(gate) ? 'thinking' : 'idle';
}
