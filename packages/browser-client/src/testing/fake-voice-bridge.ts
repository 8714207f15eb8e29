import { type Unsubscribe, VoiceBridgeError } from '@voice-bridge/core';
import { INITIAL_SNAPSHOT } from '../client-state.ts';
import { ClientStore } from '../client-store.ts';
import { typedLineId } from '../transcript-lines.ts';
import type {
  AudioLevel,
  Participant,
  ParticipantChange,
  ToolCall,
  TranscriptLine,
  VoiceClient,
  VoiceEvents,
  VoiceSnapshot,
  VoiceState,
} from '../voice-client.ts';

/** One action that was asked of a {@link FakeVoiceBridge}. */
export type FakeAction =
  | { readonly name: 'connect' | 'disconnect' | 'interrupt' | 'startTalking' | 'stopTalking' }
  | { readonly name: 'setMuted' | 'setSpeakerMuted'; readonly muted: boolean }
  | { readonly name: 'sendText'; readonly text: string }
  | { readonly name: 'setParticipant'; readonly participantId: string; readonly change: ParticipantChange }
  | { readonly name: 'removeParticipant'; readonly participantId: string }
  | { readonly name: 'setInputDevice' | 'setOutputDevice'; readonly deviceId: string | null };

/** A {@link VoiceClient} without a bridge, a microphone or a browser, for tests of user interfaces: it shows what the test scripts and remembers what it was asked. */
export class FakeVoiceBridge implements VoiceClient {
  /** Everything that was asked so far. */
  readonly actions: FakeAction[] = [];
  /** What the next `connect()` rejects with; null: it works at once. */
  refusal: VoiceBridgeError | null = null;
  /** Whether the next `connect()` finds a bridge whose turn detection is off. */
  pushToTalk = false;
  readonly #store: ClientStore;
  readonly #levelListeners = new Set<(level: AudioLevel) => void>();
  #level: AudioLevel = { input: 0, output: 0 };
  #participantLevels = new Map<string, number>();
  #lines = 0;

  /** Starts with this snapshot; what is left out is as in a client that was never connected. */
  constructor(snapshot: Partial<VoiceSnapshot> = {}) {
    this.#store = new ClientStore(throwLater, { ...INITIAL_SNAPSHOT, ...snapshot });
  }

  get state(): VoiceState {
    return this.getSnapshot().state;
  }

  getSnapshot(): VoiceSnapshot {
    return this.#store.snapshot;
  }

  subscribe(listener: () => void): Unsubscribe {
    return this.#store.subscribe(listener);
  }

  on<Name extends keyof VoiceEvents>(event: Name, listener: (...args: VoiceEvents[Name]) => void): Unsubscribe {
    return this.#store.events.on(event, listener);
  }

  async connect({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (signal?.aborted) throw new VoiceBridgeError('aborted', 'Stopped before it was done');
    this.actions.push({ name: 'connect' });
    if (this.state === 'connected') return;
    this.#store.dispatch({ type: 'connecting' });
    if (this.refusal !== null) {
      this.#store.dispatch({ type: 'ended', state: 'failed', error: this.refusal });
      throw this.refusal;
    }
    this.#store.dispatch({ type: 'microphone', report: { name: 'live' } });
    this.#store.dispatch({
      type: 'bridge',
      event: {
        type: 'joined',
        sessionId: 'ses_fake',
        assistant: 'idle',
        transcript: [],
        history: [],
        participantId: FAKE_SELF.participantId,
        participants: [FAKE_SELF],
        pushToTalk: this.pushToTalk,
      },
    });
  }

  async disconnect(): Promise<void> {
    this.actions.push({ name: 'disconnect' });
    if (this.state === 'idle' || this.state === 'closed' || this.state === 'failed') return;
    this.#store.dispatch({ type: 'ended', state: 'closed', error: null });
  }

  setMuted(muted: boolean): void {
    this.actions.push({ name: 'setMuted', muted });
    this.#store.dispatch({ type: 'muted', muted });
  }

  setSpeakerMuted(muted: boolean): void {
    this.actions.push({ name: 'setSpeakerMuted', muted });
    this.#store.dispatch({ type: 'speakerMuted', muted });
  }

  /** Shows the line as pending; `say('user', text)` makes it part of the conversation. */
  async sendText(text: string): Promise<void> {
    if (this.state !== 'connected') throw new VoiceBridgeError('not_connected', 'Connect first');
    this.actions.push({ name: 'sendText', text });
    this.#store.dispatch({ type: 'typed', id: typedLineId(++this.#lines), text });
  }

  interrupt(): void {
    this.actions.push({ name: 'interrupt' });
  }

  startTalking(): void {
    const { state, pushToTalk } = this.getSnapshot();
    if (state !== 'connected') throw new VoiceBridgeError('not_connected', 'Connect first');
    if (pushToTalk === 'off') throw new VoiceBridgeError('invalid_request', 'The bridge detects turns by itself');
    this.actions.push({ name: 'startTalking' });
    this.#store.dispatch({ type: 'muted', muted: false });
    this.#store.dispatch({ type: 'talking', talking: true });
  }

  stopTalking(): void {
    if (this.getSnapshot().pushToTalk !== 'talking') return;
    this.actions.push({ name: 'stopTalking' });
    this.#store.dispatch({ type: 'talking', talking: false });
  }

  setParticipant(participantId: string, change: ParticipantChange): void {
    this.actions.push({ name: 'setParticipant', participantId, change });
  }

  removeParticipant(participantId: string): void {
    this.actions.push({ name: 'removeParticipant', participantId });
  }

  participantLevel(participantId: string): number {
    return this.#participantLevels.get(participantId) ?? 0;
  }

  async setInputDevice(deviceId: string | null): Promise<void> {
    this.actions.push({ name: 'setInputDevice', deviceId });
  }

  async setOutputDevice(deviceId: string | null): Promise<void> {
    this.actions.push({ name: 'setOutputDevice', deviceId });
  }

  inputLevel(): number {
    return this.#level.input;
  }

  outputLevel(): number {
    return this.#level.output;
  }

  onLevel(listener: (level: AudioLevel) => void): Unsubscribe {
    this.#levelListeners.add(listener);
    return () => this.#levelListeners.delete(listener);
  }

  /** Shows these fields from now on. */
  show(fields: Partial<VoiceSnapshot>): void {
    this.#store.replace({ ...this.getSnapshot(), ...fields });
  }

  /** Puts a line at the end of the conversation, or replaces the one with the same id. Gives the line. */
  say(role: TranscriptLine['role'], text: string, fields: Partial<TranscriptLine> = {}): TranscriptLine {
    const line: TranscriptLine = { id: `line_${++this.#lines}`, role, text, state: 'final', ...fields };
    this.#store.dispatch({ type: 'bridge', event: { type: 'transcript', line, after: UNKNOWN_LINE } });
    return line;
  }

  /** Shows a tool call, or changes the one with the same `callId`. */
  callTool(call: Pick<ToolCall, 'callId' | 'name'> & Partial<ToolCall>): void {
    const whole: ToolCall = { arguments: '{}', state: 'running', progress: undefined, result: undefined, ...call };
    this.#store.dispatch({ type: 'bridge', event: { type: 'toolCall', call: whole } });
  }

  /** Lets somebody into the session, or changes the one with the same `participantId`. Gives the participant. */
  join(participant: Partial<Participant> & Pick<Participant, 'participantId'>): Participant {
    const { participants } = this.getSnapshot();
    const whole = { ...FAKE_SELF, isSelf: false, name: null, ...participant };
    const known = participants.some(({ participantId }) => participantId === whole.participantId);
    const replaced = participants.map((each) => (each.participantId === whole.participantId ? whole : each));
    this.show({ participants: known ? replaced : [...participants, whole] });
    return whole;
  }

  /** Hears a participant this loud, 0 to 1. */
  hear(participantId: string, level: number): void {
    this.#participantLevels.set(participantId, level);
  }

  /** Tells a warning. */
  warn(error: VoiceBridgeError): void {
    this.#store.dispatch({ type: 'warning', error });
  }

  /** Measures these levels, 0 to 1, and paints one frame. */
  setLevels(level: AudioLevel): void {
    this.#level = level;
    for (const listener of this.#levelListeners) listener(level);
  }
}

const FAKE_SELF: Participant = {
  participantId: 'par_self',
  name: null,
  role: 'speaker',
  transport: 'webrtc',
  muted: false,
  gain: 1,
  isSelf: true,
};

/** No line has this id: new lines go to the end. */
const UNKNOWN_LINE = '';

/** A listener that throws fails the test that is running. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
