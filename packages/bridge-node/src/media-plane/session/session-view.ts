import {
  type AssistantState,
  newestEntries,
  type ParticipantView,
  type ServerControlMessage,
  type ToolCallView,
  type TranscriptEntry,
} from '@voice-bridge/core';
import type { SessionEvent } from '../../seam/session-events.ts';

/** Characters of a tool result that clients are shown. */
export const SHOWN_RESULT_LENGTH = 4_000;

/** Where a session stands, as clients see it: turns what happens into the messages they get, and tells late ones what they missed. */
export class SessionView {
  #assistant: AssistantState = 'idle';
  #transcript: TranscriptEntry[] = [];
  readonly #participants = new Map<string, ParticipantView>();
  readonly #toolCalls = new Map<string, ToolCallView>();

  /** Takes one event of the session; gives what clients are told of it, if anything. */
  apply(event: SessionEvent): ServerControlMessage | undefined {
    switch (event.type) {
      case 'assistantChanged':
        this.#assistant = event.state;
        return { type: 'assistant', state: event.state };
      case 'speech':
        return { type: 'speech', state: event.state };
      case 'transcript':
        this.#place(event.entry, event.after);
        return { type: 'transcript', entry: event.entry, after: event.after };
      case 'transcriptDelta':
        this.#append(event.id, event.delta);
        return { type: 'transcript_delta', id: event.id, delta: event.delta };
      case 'toolCall':
        return this.#showTool({
          call_id: event.callId,
          name: event.name,
          arguments: event.arguments,
          state: 'running',
        });
      case 'participantJoined': {
        const { participantId, name, role, transport } = event;
        const view = { participant_id: participantId, name, role, transport, muted: false, gain: 1 };
        return this.#showParticipant(view);
      }
      case 'participantChanged': {
        const { participantId, muted, gain, role } = event;
        const known = this.#participants.get(participantId);
        return known === undefined ? undefined : this.#showParticipant({ ...known, muted, gain, role });
      }
      case 'participantResumed': {
        const { participantId, transport } = event;
        const known = this.#participants.get(participantId);
        if (known === undefined || known.transport === transport) return undefined;
        return this.#showParticipant({ ...known, transport });
      }
      case 'participantLeft':
        return this.#participants.delete(event.participantId) ? this.#showParticipants() : undefined;
      case 'warning':
        return { type: 'error', code: event.code, message: event.message };
      default:
        return undefined;
    }
  }

  /** What clients are told of a running tool call's progress; undefined for a call that is not running. */
  toolProgress(callId: string, progress: unknown): ServerControlMessage | undefined {
    const call = this.#toolCalls.get(callId);
    return call === undefined ? undefined : this.#showTool({ ...call, progress });
  }

  /** What clients are told of a tool call's result; undefined for a call that is not running, as after its first result. */
  toolResult(callId: string, output: string, failed: boolean): ServerControlMessage | undefined {
    const call = this.#toolCalls.get(callId);
    if (call === undefined) return undefined;
    this.#toolCalls.delete(callId);
    const result = output.slice(0, SHOWN_RESULT_LENGTH);
    return { type: 'tool_call', tool_call: { ...call, state: failed ? 'failed' : 'done', result } };
  }

  /** Everything a client must know that has just come. */
  snapshot(): {
    readonly assistant: AssistantState;
    readonly transcript: TranscriptEntry[];
    readonly toolCalls: readonly ToolCallView[];
    readonly participants: ParticipantView[];
  } {
    return {
      assistant: this.#assistant,
      transcript: [...this.#transcript],
      toolCalls: [...this.#toolCalls.values()],
      participants: [...this.#participants.values()],
    };
  }

  #showParticipant(view: ParticipantView): ServerControlMessage {
    this.#participants.set(view.participant_id, view);
    return this.#showParticipants();
  }

  #showParticipants(): ServerControlMessage {
    return { type: 'participants', participants: [...this.#participants.values()] };
  }

  #showTool(call: ToolCallView): ServerControlMessage {
    this.#toolCalls.set(call.call_id, call);
    return { type: 'tool_call', tool_call: call };
  }

  #place(entry: TranscriptEntry, after: string | null): void {
    const others = this.#transcript.filter((other) => other.id !== entry.id);
    const before = after === null ? -1 : others.findIndex((other) => other.id === after);
    // An entry whose neighbour is no longer kept stands last.
    const index = after !== null && before === -1 ? others.length : before + 1;
    others.splice(index, 0, entry);
    this.#transcript = newestEntries(others, ({ text }) => text.length);
  }

  #append(id: string, delta: string): void {
    const index = this.#transcript.findIndex((entry) => entry.id === id);
    const entry = this.#transcript[index];
    if (entry !== undefined) this.#transcript[index] = { ...entry, text: entry.text + delta };
  }
}
