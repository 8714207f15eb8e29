import { Emitter, PHONE_IDS, type PhoneId, type Unsubscribe, VoiceBridgeError } from '@voice-bridge/core';
import {
  type DesktopEnd,
  INITIAL_LINK_SNAPSHOT,
  type MixSource,
  type PhoneInvite,
  type PhoneLinkEvents,
  type PhoneLinkSnapshot,
  type PhoneView,
} from '../phone/link/desktop-end.ts';

/** One action that was asked of a {@link FakePhoneLink}. */
export type FakeLinkAction =
  | { readonly name: 'open' | 'close' }
  | { readonly name: 'invite'; readonly peerId: PhoneId | undefined }
  | { readonly name: 'accept' | 'refuse' | 'remove'; readonly peerId: PhoneId }
  | { readonly name: 'setGain'; readonly source: MixSource; readonly gain: number }
  | { readonly name: 'setMuted'; readonly source: MixSource; readonly muted: boolean }
  | { readonly name: 'select'; readonly source: 'all' | MixSource }
  | { readonly name: 'setSendMicrophoneToPhone'; readonly send: boolean }
  | { readonly name: 'setPhoneSpeaker'; readonly peerId: PhoneId; readonly muted: boolean; readonly volume: number };

/** A {@link DesktopEnd} without phones, for tests of user interfaces: it shows what the test scripts and remembers what it was asked. */
export class FakePhoneLink implements DesktopEnd {
  /** Everything that was asked so far. */
  readonly actions: FakeLinkAction[] = [];
  /** What the next `open()` or `invite()` rejects with; null: it works at once. */
  refusal: VoiceBridgeError | null = null;
  readonly #changes = new Emitter<{ changed: [] }>(throwLater);
  readonly #events = new Emitter<PhoneLinkEvents>(throwLater);
  readonly #levels = new Map<MixSource, number>();
  readonly #speakerLevels = new Map<PhoneId, number>();
  #snapshot: PhoneLinkSnapshot;

  /** Starts with this snapshot; what is left out is as in a link that was never opened. */
  constructor(snapshot: Partial<PhoneLinkSnapshot> = {}) {
    this.#snapshot = { ...INITIAL_LINK_SNAPSHOT, ...snapshot };
  }

  getSnapshot(): PhoneLinkSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): Unsubscribe {
    return this.#changes.on('changed', listener);
  }

  on<Name extends keyof PhoneLinkEvents>(event: Name, listener: (...args: PhoneLinkEvents[Name]) => void): Unsubscribe {
    return this.#events.on(event, listener);
  }

  async open(): Promise<void> {
    this.actions.push({ name: 'open' });
    this.#open();
  }

  async close(): Promise<void> {
    this.actions.push({ name: 'close' });
    this.show({ state: 'closed', phones: [] });
  }

  async invite(peerId?: PhoneId): Promise<PhoneInvite> {
    this.actions.push({ name: 'invite', peerId });
    this.#open();
    const { phones } = this.#snapshot;
    const invited = peerId ?? PHONE_IDS.find((each) => phones.every((phone) => phone.peerId !== each));
    if (invited === undefined) throw new VoiceBridgeError('rate_limited', 'Every phone is taken');
    this.showPhone({ peerId: invited, state: 'invited' });
    return {
      url: `https://voice.example/mobile-voice#token-of-${invited}`,
      code: 'ABCD-2345',
      peerId: invited,
      expiresAt: 120_000,
      qr: FAKE_QR,
    };
  }

  async accept(peerId: PhoneId): Promise<void> {
    this.actions.push({ name: 'accept', peerId });
    this.showPhone({ peerId, state: 'connecting' });
  }

  async refuse(peerId: PhoneId): Promise<void> {
    this.actions.push({ name: 'refuse', peerId });
    this.#forget(peerId);
  }

  async remove(peerId: PhoneId): Promise<void> {
    this.actions.push({ name: 'remove', peerId });
    this.#forget(peerId);
  }

  setGain(source: MixSource, gain: number): void {
    this.actions.push({ name: 'setGain', source, gain });
    this.#change(source, { gain });
  }

  setMuted(source: MixSource, muted: boolean): void {
    this.actions.push({ name: 'setMuted', source, muted });
    if (source === 'desktop') this.#change(source, { muted });
    else this.showPhone({ peerId: source, muted, mutedBy: muted ? 'desktop' : null });
  }

  select(source: 'all' | MixSource): void {
    this.actions.push({ name: 'select', source });
    this.show({ selected: source });
  }

  setSendMicrophoneToPhone(send: boolean): void {
    this.actions.push({ name: 'setSendMicrophoneToPhone', send });
    this.show({ sendsMicrophoneToPhone: send });
  }

  setPhoneSpeaker(peerId: PhoneId, speaker: { readonly muted: boolean; readonly volume: number }): void {
    this.actions.push({ name: 'setPhoneSpeaker', peerId, ...speaker });
    this.showPhone({ peerId, speaker });
  }

  level(source: MixSource): number {
    return this.#levels.get(source) ?? 0;
  }

  speakerLevel(peerId: PhoneId): number {
    return this.#speakerLevels.get(peerId) ?? 0;
  }

  /** Shows these fields from now on. */
  show(fields: Partial<PhoneLinkSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...fields };
    this.#changes.emit('changed');
  }

  /** Shows a phone, or changes the one with the same `peerId`; what is left out of a new one is as in a connected phone. */
  showPhone(fields: Partial<PhoneView> & Pick<PhoneView, 'peerId'>): void {
    const known = this.#snapshot.phones.find(({ peerId }) => peerId === fields.peerId);
    const others = this.#snapshot.phones.filter((phone) => phone !== known);
    const phones = [...others, { ...(known ?? CONNECTED), ...fields }];
    this.show({ phones: phones.sort((a, b) => PHONE_IDS.indexOf(a.peerId) - PHONE_IDS.indexOf(b.peerId)) });
  }

  /** Measures this level of a source, 0 to 1. */
  hear(source: MixSource, level: number): void {
    this.#levels.set(source, level);
  }

  /** A phone plays this loudly, 0 to 1. */
  play(peerId: PhoneId, level: number): void {
    this.#speakerLevels.set(peerId, level);
  }

  /** Tells a warning. */
  warn(error: VoiceBridgeError): void {
    this.#events.emit('warning', error);
  }

  #open(): void {
    if (this.refusal !== null) {
      this.show({ state: 'failed', error: this.refusal });
      throw this.refusal;
    }
    this.show({ state: 'open', error: null });
  }

  #change(source: MixSource, fields: Partial<PhoneLinkSnapshot['desktop']>): void {
    if (source === 'desktop') this.show({ desktop: { ...this.#snapshot.desktop, ...fields } });
    else this.showPhone({ peerId: source, ...fields });
  }

  #forget(peerId: PhoneId): void {
    this.show({ phones: this.#snapshot.phones.filter((phone) => phone.peerId !== peerId) });
  }
}

const CONNECTED = {
  state: 'connected',
  path: 'direct',
  muted: false,
  mutedBy: null,
  gain: 1,
  roundTripMs: null,
  battery: null,
  name: null,
  speaker: null,
} as const;

const FAKE_QR = [
  [true, false],
  [false, true],
];

/** A listener that throws fails the test that is running. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
