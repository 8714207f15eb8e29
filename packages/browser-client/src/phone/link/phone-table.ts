import {
  type DesktopMessage,
  formatId,
  type IceServer,
  type PeerId,
  PHONE_IDS,
  type PhoneId,
  type SignalingEvent,
  type SignalingMessage,
} from '@voice-bridge/core';
import type { PhoneView } from './desktop-end.ts';
import type { LinkHost } from './link-host.ts';
import type { MixSettings } from './mix-settings.ts';
import type { PairingApi } from './pairing-api.ts';
import type { PhoneMixer } from './phone-mixer.ts';
import { PhonePart, type PhonePartOptions } from './phone-part.ts';

/** What a {@link PhoneTable} works with. */
export interface PhoneTableOptions {
  readonly host: LinkHost;
  readonly client: PhonePartOptions['client'];
  readonly settings: MixSettings;
  readonly mixer: PhoneMixer;
  readonly pairing: PairingApi;
  /** Whether phones wait until they are accepted. */
  readonly confirm: boolean;
  readonly iceServers: () => Promise<readonly IceServer[]>;
  readonly signal: (message: SignalingMessage) => void;
  /** Ends with the link. */
  readonly over: AbortSignal;
  readonly onChanged: () => void;
  /** A phone is not of the link any more, and its settings are not: what the others are worth may be another. */
  readonly onForgotten: () => void;
  /** A phone can be told things now, and knows nothing yet. */
  readonly onOpen: (tell: (message: DesktopMessage) => void) => void;
  /** A phone holds its button to talk, or not any more. */
  readonly onTalk: (peerId: PhoneId, talking: boolean) => void;
  readonly onWarning: (error: unknown) => void;
}

/** Between attempts to ask the bridge about a phone that came. */
const ASK_AGAIN_MS = 2_000;

/** The phones of an open link: who is invited, waits, is there or away. */
export class PhoneTable {
  readonly #options: PhoneTableOptions;
  readonly #nonce: string;
  readonly #phones = new Map<PhoneId, PhonePart>();
  /** Who is at the signaling now. */
  readonly #present = new Set<PhoneId>();
  /** Who is being taken out: what it still wants is too late. */
  readonly #leaving = new Set<PhoneId>();
  /** Who came without being paired: whoever comes by its peer id the next time may be somebody else. */
  readonly #strangers = new Set<PhoneId>();

  constructor(options: PhoneTableOptions) {
    this.#options = options;
    this.#nonce = formatId('link', options.host.randomBytes(16));
  }

  /** In the order of their ids. */
  get views(): readonly PhoneView[] {
    return PHONE_IDS.flatMap((peerId) => this.#phones.get(peerId)?.view ?? []);
  }

  /** Whether a phone's microphone is in the mix. */
  get isHeard(): boolean {
    const { settings } = this.#options;
    return [...this.#phones].some(([peerId, phone]) => phone.isHeard && settings.factor(peerId) > 0);
  }

  /** The signaling begins anew: who went meanwhile is not told of; who is there is, next. */
  signalingOpened(): void {
    for (const peerId of this.#present) this.#phones.get(peerId)?.left();
    this.#present.clear();
  }

  /** Shows the phones of before a reload, though they are away. */
  async remember(): Promise<void> {
    const { pairing, over, onChanged } = this.#options;
    const phones = await pairing.phones(over);
    for (const { peer_id, state, name, expires_in_seconds } of phones) {
      if (state === 'accepted') this.#phone(peer_id).paired(name);
      else if (state === 'invited') this.#phone(peer_id).invited(expires_in_seconds * 1_000);
    }
    onChanged();
  }

  /** Takes what came by the signaling. */
  heard(event: Exclude<SignalingEvent, { type: 'error' }>): void {
    switch (event.type) {
      case 'peer':
        if (event.peer_id !== 'desktop') this.#peer(event.peer_id, event.state);
        return;
      case 'answer':
      case 'candidate':
        this.#phones.get(phoneOf(event.from))?.take(event);
    }
  }

  /** Shows a phone that was invited. */
  invited(peerId: PhoneId, expiresInMs: number): void {
    this.#phone(peerId).invited(expiresInMs);
    this.#options.onChanged();
  }

  /** Lets a phone in that waits. */
  accepted(peerId: PhoneId): void {
    this.#phones.get(peerId)?.accepted();
  }

  /** Takes a phone out for good; resolves when its credential is dead. */
  async remove(peerId: PhoneId): Promise<void> {
    const { pairing, over } = this.#options;
    this.#leaving.add(peerId);
    // Told on the shortest way first: from here on nothing of it is heard.
    this.#forget(peerId);
    try {
      await pairing.remove(peerId, over);
    } finally {
      this.#leaving.delete(peerId);
    }
  }

  /** Makes every phone as loud as the settings say, and tells it whether it is muted here. */
  applySettings(): void {
    const { mixer, settings } = this.#options;
    for (const [peerId, phone] of this.#phones) {
      mixer.setGain(peerId, settings.factor(peerId));
      phone.applySettings();
    }
  }

  clientChanged(): void {
    for (const phone of this.#phones.values()) phone.clientChanged();
  }

  /** How loud a phone is, 0 to 1, by whichever way its sound comes. */
  level(peerId: PhoneId): number {
    return this.#phones.get(peerId)?.levelThere ?? this.#options.mixer.level(peerId);
  }

  /** How loud a phone plays, 0 to 1. */
  speakerLevel(peerId: PhoneId): number {
    return this.#phones.get(peerId)?.speakerLevel ?? 0;
  }

  /** Tells a phone something: see {@link PhonePart.tell}. */
  tell(peerId: PhoneId, message: DesktopMessage): void {
    this.#phones.get(peerId)?.tell(message);
  }

  tellAll(message: DesktopMessage): void {
    for (const phone of this.#phones.values()) phone.tell(message);
  }

  close(): void {
    for (const phone of this.#phones.values()) phone.close('closed');
  }

  #forget(peerId: PhoneId): void {
    const phone = this.#phones.get(peerId);
    if (phone === undefined) return;
    this.#phones.delete(peerId);
    this.#present.delete(peerId);
    phone.close('removed');
    const { mixer, settings, onForgotten } = this.#options;
    mixer.removePhone(peerId);
    settings.forget(peerId);
    onForgotten();
  }

  #peer(peerId: PhoneId, state: Extract<SignalingEvent, { type: 'peer' }>['state']): void {
    if (state === 'removed') this.#forget(peerId);
    else if (state === 'left') {
      this.#present.delete(peerId);
      this.#phones.get(peerId)?.left();
    } else if (state === 'joined' && !this.#leaving.has(peerId)) {
      this.#present.add(peerId);
      this.#joined(peerId).catch((error: unknown) => this.#joinedInVain(peerId, error));
    }
  }

  async #joined(peerId: PhoneId): Promise<void> {
    const { confirm, pairing, over } = this.#options;
    const phone = this.#phone(peerId);
    // What waits at the bridge must not be offered anything yet, nor what the bridge paired with nobody.
    if (confirm && (!phone.isAccepted || this.#strangers.has(peerId))) {
      const known = (await pairing.phones(over)).find((each) => each.peer_id === peerId);
      if (!this.#present.has(peerId)) return;
      if (known?.state === 'waiting' || known?.state === 'accepted') this.#strangers.delete(peerId);
      else this.#strangers.add(peerId);
      if (known?.state !== 'accepted') return phone.waits(known?.name ?? null);
    }
    phone.joined();
  }

  #joinedInVain(peerId: PhoneId, error: unknown): void {
    const { host, over, onWarning } = this.#options;
    onWarning(error);
    const cancel = host.clock.after(ASK_AGAIN_MS, () => {
      over.removeEventListener('abort', cancel);
      if (this.#present.has(peerId)) this.#peer(peerId, 'joined');
    });
    over.addEventListener('abort', cancel, { once: true });
  }

  #phone(peerId: PhoneId): PhonePart {
    const known = this.#phones.get(peerId);
    if (known !== undefined) return known;
    const { mixer, settings, signal, onChanged, onOpen, onTalk, onWarning } = this.#options;
    const phone = new PhonePart({
      ...this.#options,
      peerId,
      nonce: this.#nonce,
      track: mixer.trackFor(peerId),
      signal: (message) => signal(peerId === 'mobile' ? message : { ...message, to: peerId }),
      sinks: {
        onChanged,
        onOpen,
        onWarning,
        onStream: (stream) => mixer.setPhone(peerId, stream),
        onTalk: (talking) => onTalk(peerId, talking),
        onExpired: () => this.#forget(peerId),
      },
    });
    this.#phones.set(peerId, phone);
    mixer.setGain(peerId, settings.factor(peerId));
    return phone;
  }
}

function phoneOf(from: PeerId | undefined): PhoneId {
  return from === undefined || from === 'desktop' ? 'mobile' : from;
}
