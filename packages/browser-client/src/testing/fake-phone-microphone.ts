import { Emitter, type Unsubscribe, VoiceBridgeError } from '@voice-bridge/core';
import {
  INITIAL_PHONE_SNAPSHOT,
  type PhoneEnd,
  type PhoneInvitation,
  type PhoneMicrophoneSnapshot,
} from '../phone/microphone/phone-end.ts';
import { type PhoneTroubleCode, worstTrouble } from '../phone/microphone/phone-trouble.ts';
import { isHeard } from '../phone/microphone/step-phone-snapshot.ts';

/** One action that was asked of a {@link FakePhoneMicrophone}. */
export type FakePhoneAction =
  | { readonly name: 'join'; readonly invitation: PhoneInvitation }
  | { readonly name: 'leave' | 'hold' | 'release' | 'resume' }
  | { readonly name: 'setMuted' | 'setSpeakerMuted'; readonly muted: boolean }
  | { readonly name: 'setVolume'; readonly volume: number };

/** A {@link PhoneEnd} without a phone, for tests of user interfaces: it shows what the test scripts and remembers what it was asked. */
export class FakePhoneMicrophone implements PhoneEnd {
  /** Everything that was asked so far. */
  readonly actions: FakePhoneAction[] = [];
  /** What the next `join()` rejects with; null: it waits for the desktop at once. */
  refusal: VoiceBridgeError | null = null;
  /** Whether a credential was kept from before. */
  stored = false;
  /** What `level()` gives while the microphone is live. */
  loudness = 0;
  readonly #changes = new Emitter<{ changed: [] }>(throwLater);
  #snapshot: PhoneMicrophoneSnapshot;

  /** Starts with this snapshot; what is left out is as in a phone that never joined. */
  constructor(snapshot: Partial<PhoneMicrophoneSnapshot> = {}) {
    this.#snapshot = { ...INITIAL_PHONE_SNAPSHOT, ...snapshot };
  }

  getSnapshot(): PhoneMicrophoneSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): Unsubscribe {
    return this.#changes.on('changed', listener);
  }

  async join(invitation: PhoneInvitation): Promise<void> {
    this.actions.push({ name: 'join', invitation });
    if (invitation === 'stored' && !this.stored) {
      throw new VoiceBridgeError('unauthorized', 'This phone has no credential from before');
    }
    if (this.refusal !== null) {
      this.show({ state: 'failed', error: this.refusal });
      throw this.refusal;
    }
    this.stored = true;
    this.show({
      state: 'waiting',
      microphone: this.#snapshot.muted ? 'muted' : 'live',
      microphoneReason: null,
      conversationId: 'kitchen',
      peerId: 'mobile',
      error: null,
    });
  }

  hasStored(): boolean {
    return this.stored;
  }

  async leave(): Promise<void> {
    this.actions.push({ name: 'leave' });
    this.stored = false;
    if (this.#snapshot.state !== 'idle') this.show({ ...NOT_CONNECTED, state: 'closed', error: null });
  }

  setMuted(muted: boolean): void {
    this.actions.push({ name: 'setMuted', muted });
    this.#mute({ muted, holding: this.#snapshot.holding });
  }

  hold(): void {
    this.actions.push({ name: 'hold' });
    this.#mute({ muted: this.#snapshot.muted, holding: true });
  }

  release(): void {
    this.actions.push({ name: 'release' });
    this.#mute({ muted: this.#snapshot.muted, holding: false });
  }

  setSpeakerMuted(muted: boolean): void {
    this.actions.push({ name: 'setSpeakerMuted', muted });
    this.show({ speaker: { ...this.#snapshot.speaker, muted } });
  }

  setVolume(volume: number): void {
    this.actions.push({ name: 'setVolume', volume });
    this.show({ speaker: { ...this.#snapshot.speaker, volume } });
  }

  async resume(): Promise<void> {
    this.actions.push({ name: 'resume' });
  }

  level(): number {
    return this.#snapshot.microphone === 'live' ? this.loudness : 0;
  }

  /** Shows these fields from now on. */
  show(fields: Partial<PhoneMicrophoneSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...fields };
    this.#changes.emit('changed');
  }

  /** The desktop connects, over this path. */
  connect(path: PhoneMicrophoneSnapshot['path'] = 'direct'): void {
    this.show({ state: 'connected', path, session: path === 'bridge' ? null : 'connected' });
  }

  /** The desktop takes this phone out: its credential is dead. */
  remove(): void {
    this.stored = false;
    this.show({ ...NOT_CONNECTED, state: 'removed' });
  }

  /** Something is in the way; null: nothing is any more. */
  trouble(code: PhoneTroubleCode | null): void {
    this.show({ trouble: worstTrouble(new Set(code === null ? [] : [code])) });
  }

  #mute({ muted, holding }: Pick<PhoneMicrophoneSnapshot, 'muted' | 'holding'>): void {
    const { microphone, mutedBy, pushToTalk } = this.#snapshot;
    const talks = { muted, holding, pushToTalk: pushToTalk === 'off' ? 'off' : holding ? 'talking' : 'ready' } as const;
    const shown = { ...talks, mutedBy: mutedBy === 'desktop' ? mutedBy : muted && !holding ? 'phone' : null } as const;
    const open = microphone === 'live' || microphone === 'muted';
    this.show({ ...shown, microphone: open ? (isHeard(shown) ? 'live' : 'muted') : microphone });
  }
}

const NOT_CONNECTED = {
  microphone: 'off',
  path: null,
  session: null,
  quality: null,
  assistant: 'idle',
  holding: false,
} as const;

/** A listener that throws fails the test that is running. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
