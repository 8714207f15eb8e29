import type {
  CancelTimer,
  DesktopMessage,
  PhoneId,
  PhoneMessage,
  SignalingEvent,
  VoiceBridgeError,
} from '@voice-bridge/core';
import type { Participant, VoiceClient } from '../../voice-client.ts';
import type { PhoneView } from './desktop-end.ts';
import { LinkedPhone, type LinkedPhoneOptions } from './linked-phone.ts';
import type { MixSettings } from './mix-settings.ts';

/** What a {@link PhonePart} tells. Nothing after `close()`. */
export interface PhonePartSinks {
  /** {@link PhonePart.view} is another one. */
  onChanged(): void;
  /** Its sound; null: it cannot be heard any more. */
  onStream(stream: MediaStream | null): void;
  /** It can be told things now, and knows nothing yet. */
  onOpen(tell: (message: DesktopMessage) => void): void;
  /** It unmuted itself, though it was muted here. */
  onUnmuted(): void;
  /** Nobody came by its invitation in time. */
  onExpired(): void;
  onWarning(error: VoiceBridgeError): void;
}

/** What a {@link PhonePart} works with. */
export interface PhonePartOptions extends Omit<LinkedPhoneOptions, 'sinks'> {
  readonly client: Pick<VoiceClient, 'getSnapshot' | 'setParticipant'>;
  readonly settings: MixSettings;
  readonly sinks: PhonePartSinks;
}

/** One phone of the link as it is shown: invited, waiting, connected straight to here, or taking part beside us at the bridge. */
export class PhonePart {
  readonly #options: PhonePartOptions;
  readonly #phone: LinkedPhone;
  readonly #peerId: PhoneId;
  #view: PhoneView;
  #waits = false;
  #accepted = false;
  #paired = false;
  #mutedItself = false;
  /** Whether it was told last that it is muted here. */
  #toldMuted = false;
  /** The participant that has the settings, where it takes part at the bridge. */
  #settled: string | undefined;
  /** Whether we muted it there, and have not seen it unmuted since. */
  #mutedThere = false;
  #known: Pick<PhoneView, 'name' | 'battery' | 'speaker'> = { name: null, battery: null, speaker: null };
  #cancelExpiry: CancelTimer = () => {};
  #closed = false;

  constructor(options: PhonePartOptions) {
    this.#options = options;
    this.#peerId = options.peerId;
    const { sinks } = options;
    this.#phone = new LinkedPhone({
      ...options,
      sinks: {
        onChanged: () => this.#changed(),
        onStream: (stream) => sinks.onStream(stream),
        onChannelOpen: () => this.#open(),
        onMessage: (message) => this.#heard(message),
        onWarning: (error) => sinks.onWarning(error),
      },
    });
    this.#view = this.#look();
  }

  get view(): PhoneView {
    return this.#view;
  }

  /** Whether it was let in once: it need not wait again. */
  get isAccepted(): boolean {
    return this.#accepted;
  }

  /** Whether its microphone is open, as far as it depends on the phone. */
  get isHeard(): boolean {
    const { state, muted } = this.#view;
    return state === 'connected' && !muted;
  }

  invited(expiresInMs: number): void {
    // Whoever comes by it is somebody else, perhaps.
    this.#accepted = false;
    this.#cancelExpiry();
    this.#cancelExpiry = this.#options.host.clock.after(expiresInMs, () => {
      if (this.#view.state === 'invited') this.#options.sinks.onExpired();
    });
  }

  /** It was let in before, and may come back by itself. */
  paired(name: string | null): void {
    this.#paired = true;
    this.#known = { ...this.#known, name: this.#known.name ?? name };
    this.#changed();
  }

  /** It came, and is not let in yet. */
  waits(name: string | null): void {
    this.#waits = true;
    this.#known = { ...this.#known, name };
    this.#changed();
  }

  accepted(): void {
    if (!this.#waits) return;
    this.joined();
  }

  joined(): void {
    this.#cancelExpiry();
    this.#waits = false;
    this.#accepted = true;
    this.#phone.joined();
    this.#changed();
  }

  left(): void {
    this.#waits = false;
    this.#phone.left();
    this.#changed();
  }

  take(event: Extract<SignalingEvent, { type: 'answer' | 'candidate' }>): void {
    this.#phone.take(event);
  }

  tell(message: DesktopMessage): boolean {
    return this.#phone.tell(message);
  }

  /** Lets the phone know how the settings are now. */
  applySettings(): void {
    this.#tellMuted();
    this.#settle(this.#participant());
    this.#changed();
  }

  /** The client shows something else: the phone may take part at the bridge. */
  clientChanged(): void {
    const participant = this.#participant();
    if (participant?.participantId !== this.#settled) this.#settle(participant);
    if (participant?.muted === false && !this.#options.settings.isMuted(this.#peerId)) this.#mutedThere = false;
    this.#changed();
  }

  close(reason: Extract<DesktopMessage, { type: 'bye' }>['reason']): void {
    this.#closed = true;
    this.#cancelExpiry();
    this.#phone.close(reason);
  }

  #open(): void {
    this.#options.sinks.onOpen((message) => this.tell(message));
    this.#toldMuted = false;
    this.#tellMuted();
  }

  #tellMuted(): void {
    const muted = this.#options.settings.isMuted(this.#peerId);
    if (muted === this.#toldMuted) return;
    this.#toldMuted = muted;
    this.tell({ type: 'mute', muted });
  }

  /** At the bridge, a phone is as loud as the settings say, too. */
  #settle(participant: Participant | undefined): void {
    const { client, settings } = this.#options;
    this.#settled = participant?.participantId;
    if (participant === undefined) return;
    const muted = settings.isMuted(this.#peerId);
    const gain = settings.isSelected(this.#peerId) ? settings.gain(this.#peerId) : 0;
    if (gain !== participant.gain) client.setParticipant(participant.participantId, { gain });
    // Who muted itself is not unmuted from here.
    const mayChange = muted || this.#mutedThere;
    if (mayChange && muted !== participant.muted) client.setParticipant(participant.participantId, { muted });
    this.#mutedThere ||= muted;
  }

  #heard(message: PhoneMessage): void {
    const { settings, sinks } = this.#options;
    switch (message.type) {
      case 'hello':
        this.#known = { ...this.#known, name: message.name ?? this.#known.name };
        break;
      case 'mute':
        if (this.#mutedItself && !message.muted && settings.isMuted(this.#peerId)) {
          settings.setMuted(this.#peerId, false);
          this.#toldMuted = false;
          sinks.onUnmuted();
        }
        this.#mutedItself = message.muted;
        break;
      case 'volume':
        this.#known = { ...this.#known, speaker: { muted: message.muted, volume: message.volume } };
        break;
      case 'battery':
        this.#known = { ...this.#known, battery: message.level };
        break;
      default:
        return;
    }
    this.#changed();
  }

  #participant(): Participant | undefined {
    const { participants } = this.#options.client.getSnapshot();
    if (!this.#phone.isPresent) return undefined;
    // There it has its peer id for a name; another device of its own name is somebody else.
    return participants.find((each) => !each.isSelf && each.name === this.#peerId);
  }

  #look(): PhoneView {
    const { settings } = this.#options;
    const peerId = this.#peerId;
    const facts = this.#phone.facts;
    const muted = this.#mutedItself || settings.isMuted(peerId);
    const common = { peerId, ...this.#known, gain: settings.gain(peerId) };
    if (this.#waits) return { ...common, ...facts, state: 'waiting', muted };
    const around = facts.state === 'connected' ? undefined : this.#participant();
    if (around === undefined) {
      const state = facts.state === 'invited' && this.#paired ? 'away' : facts.state;
      return { ...common, ...facts, state, muted };
    }
    return { ...common, state: 'connected', path: 'bridge', roundTripMs: null, muted: around.muted };
  }

  #changed(): void {
    if (this.#closed) return;
    const next = this.#look();
    const before = new Map<string, unknown>(Object.entries(this.#view));
    if (Object.entries(next).every(([name, value]) => Object.is(before.get(name), value))) return;
    this.#view = next;
    this.#options.sinks.onChanged();
  }
}
