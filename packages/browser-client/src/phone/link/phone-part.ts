import type {
  CancelTimer,
  DesktopMessage,
  PhoneId,
  PhoneMessage,
  SignalingEvent,
  VoiceBridgeError,
} from '@voice-bridge/core';
import { sameFields } from '../../same-fields.ts';
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
  /** It holds its button to talk, or not any more. */
  onTalk(talking: boolean): void;
  /** Nobody came by its invitation in time. */
  onExpired(): void;
  onWarning(error: VoiceBridgeError): void;
}

/** What a {@link PhonePart} works with. */
export interface PhonePartOptions extends Omit<LinkedPhoneOptions, 'sinks'> {
  readonly client: Pick<VoiceClient, 'getSnapshot' | 'setParticipant' | 'participantLevel'>;
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
  #paired = false;
  #mutedItself = false;
  /** Whether it holds its button to talk. */
  #talking = false;
  /** Whether it was told last that it is muted here; undefined: it was told neither. */
  #toldMuted: boolean | undefined;
  /** The participant that has the settings, where it takes part at the bridge. */
  #settled: string | undefined;
  /** Whether we muted it there last; what was muted before a reload may have been muted there as well. */
  #mutedThere: boolean;
  #speakerLevel = 0;
  /** How loud it is to play; null: it has said how loud it is since. */
  #wish: DesktopMessage | null = null;
  #known: Pick<PhoneView, 'name' | 'battery' | 'speaker'> = { name: null, battery: null, speaker: null };
  #cancelExpiry: CancelTimer = () => {};
  #closed = false;

  constructor(options: PhonePartOptions) {
    this.#options = options;
    this.#peerId = options.peerId;
    const { sinks, settings } = options;
    this.#mutedThere = settings.isMuted(options.peerId);
    this.#phone = new LinkedPhone({
      ...options,
      sinks: {
        onChanged: () => this.#changed(),
        onStream: (stream) => {
          if (stream === null) this.#gone();
          sinks.onStream(stream);
        },
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

  /** Whether its microphone is open, as far as it depends on the phone. */
  get isHeard(): boolean {
    const { state, muted } = this.#view;
    return state === 'connected' && !muted;
  }

  /** How loud it is at the bridge, 0 to 1; undefined while it does not take part there. */
  get levelThere(): number | undefined {
    const participant = this.#view.path === 'bridge' ? this.#participant() : undefined;
    return participant && this.#options.client.participantLevel(participant.participantId);
  }

  /** How loud it plays, 0 to 1. */
  get speakerLevel(): number {
    return this.#speakerLevel;
  }

  invited(expiresInMs: number): void {
    // Whoever comes by it is somebody else, perhaps.
    this.#wish = null;
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

  /** It came, and is not let in yet: whoever was connected as it is not it, perhaps, and is not heard any more. */
  waits(name: string | null): void {
    this.#waits = true;
    this.#phone.hangUp();
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

  /** Tells it something, if there is a way to. How loud it is to play is told again when it comes, until it says how loud it is. */
  tell(message: DesktopMessage): void {
    if (message.type === 'volume') this.#wish = message;
    this.#phone.tell(message);
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
    this.#changed();
  }

  close(reason: Extract<DesktopMessage, { type: 'bye' }>['reason']): void {
    this.#closed = true;
    this.#gone();
    this.#cancelExpiry();
    this.#phone.close(reason);
  }

  #open(): void {
    this.#options.sinks.onOpen((message) => this.tell(message));
    this.#toldMuted = undefined;
    this.#tellMuted();
    if (this.#wish !== null) this.tell(this.#wish);
  }

  #gone(): void {
    this.#speakerLevel = 0;
    this.#talking = false;
    this.#options.sinks.onTalk(false);
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
    const isNew = participant?.participantId !== this.#settled;
    this.#settled = participant?.participantId;
    if (participant === undefined) return;
    const muted = settings.isMuted(this.#peerId);
    const gain = settings.isSelected(this.#peerId) ? settings.gain(this.#peerId) : 0;
    if (gain !== participant.gain) client.setParticipant(participant.participantId, { gain });
    // Told though it is muted already: whoever muted itself may unmute itself, and stays muted by us. Only what we muted is unmuted.
    if (muted !== this.#mutedThere || (muted && isNew)) client.setParticipant(participant.participantId, { muted });
    this.#mutedThere = muted;
  }

  #heard(message: PhoneMessage): void {
    switch (message.type) {
      case 'hello':
        this.#known = { ...this.#known, name: message.name ?? this.#known.name };
        break;
      case 'mute':
        this.#mutedItself = message.muted;
        break;
      case 'volume':
        this.#wish = null;
        this.#known = { ...this.#known, speaker: { muted: message.muted, volume: message.volume } };
        break;
      case 'battery':
        this.#known = { ...this.#known, battery: message.level };
        break;
      case 'talk':
        this.#talking = message.talking;
        this.#options.sinks.onTalk(message.talking);
        break;
      case 'levels':
        this.#speakerLevel = message.speaker;
        return;
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
    const { client, settings } = this.#options;
    const peerId = this.#peerId;
    const facts = this.#phone.facts;
    const mutedHere = settings.isMuted(peerId);
    const byAnybody = mutedBy(this.#mutedItself || mutedHere, mutedHere);
    const common = { peerId, ...this.#known, gain: settings.gain(peerId), mutedBy: byAnybody };
    const muted = byAnybody !== null || (client.getSnapshot().pushToTalk !== 'off' && !this.#talking);
    if (this.#waits) return { ...common, ...facts, state: 'waiting', muted };
    const around = facts.state === 'connected' ? undefined : this.#participant();
    if (around === undefined) {
      const state = facts.state === 'invited' && this.#paired ? 'away' : facts.state;
      return { ...common, ...facts, state, muted };
    }
    const there = { muted: around.muted, mutedBy: mutedBy(around.muted, mutedHere) };
    return { ...common, ...there, state: 'connected', path: 'bridge', roundTripMs: null };
  }

  #changed(): void {
    if (this.#closed) return;
    const next = this.#look();
    if (sameFields(next, this.#view)) return;
    this.#view = next;
    this.#options.sinks.onChanged();
  }
}

function mutedBy(muted: boolean, mutedHere: boolean): PhoneView['mutedBy'] {
  if (!muted) return null;
  return mutedHere ? 'desktop' : 'phone';
}
