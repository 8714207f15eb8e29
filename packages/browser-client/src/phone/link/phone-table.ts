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
import { afterUnless } from './after-unless.ts';
import type { PhoneView } from './desktop-end.ts';
import { InsistentQuestion } from './insistent-question.ts';
import type { LinkHost } from './link-host.ts';
import type { MixSettings } from './mix-settings.ts';
import type { PairingApi } from './pairing-api.ts';
import type { PhoneMixer } from './phone-mixer.ts';
import { PhonePart, type PhonePartOptions } from './phone-part.ts';
import { PhonePresence } from './phone-presence.ts';
import { PhoneRoll, type RollAnswer } from './phone-roll.ts';

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

/** Between attempts to ask the bridge about a phone that waits for it. */
const ASK_AGAIN_MS = 2_000;

/** The phones of an open link: who is invited, waits, is there or away. */
export class PhoneTable {
  readonly #options: PhoneTableOptions;
  readonly #nonce: string;
  readonly #phones = new Map<PhoneId, PhonePart>();
  readonly #roll: PhoneRoll;
  readonly #rollCall: InsistentQuestion;
  readonly #presence: PhonePresence;
  /** Who is being taken out: what it still wants is too late. */
  readonly #leaving = new Set<PhoneId>();

  constructor(options: PhoneTableOptions) {
    const { over, host } = options;
    this.#options = options;
    this.#roll = new PhoneRoll(options.pairing, over);
    const after = (ms: number, act: () => void) => afterUnless(over, host.clock, ms, act);
    this.#rollCall = new InsistentQuestion(() => this.#ask(), after);
    this.#presence = new PhonePresence(after, (peerId, isAway) => void this.#overdue(peerId, isAway));
    this.#nonce = formatId('link', host.randomBytes(16));
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

  /** The signaling begins anew: who went meanwhile, or was taken out, is not told of; who is there is, next. */
  signalingOpened(): void {
    for (const [peerId, phone] of this.#phones) if (this.#presence.has(peerId)) phone.left();
    this.#presence.opened(this.#phones.keys());
    this.#rollCall.begin();
  }

  /** The signaling is down: until it opens again, nobody is told of. */
  signalingLost(): void {
    this.#presence.lost();
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
    const { settings, onChanged } = this.#options;
    // Who had its place in their own right, and is not there, comes back as another one: the bridge has given it away.
    if (!this.#presence.has(peerId) && !this.#roll.has(peerId)) this.#end(peerId, 'closed');
    const state = this.#phones.get(peerId)?.view.state ?? 'invited';
    // Who comes by it is not the one who was muted.
    if (state === 'invited') settings.setMuted(peerId, false);
    this.#phone(peerId).invited(expiresInMs);
    this.applySettings();
    onChanged();
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
      // What was asked meanwhile may have been answered before.
      this.#roll.forget(peerId);
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
    this.#roll.forget(peerId);
    if (!this.#end(peerId, 'removed')) return;
    const { settings, onForgotten } = this.#options;
    settings.forget(peerId);
    onForgotten();
  }

  /** Whether there was one to end. */
  #end(peerId: PhoneId, reason: 'removed' | 'closed'): boolean {
    const phone = this.#phones.get(peerId);
    if (phone === undefined) return false;
    this.#phones.delete(peerId);
    this.#presence.forget(peerId);
    phone.close(reason);
    this.#options.mixer.removePhone(peerId);
    return true;
  }

  /** Who was never paired, and stays away from the signaling, may have been sent away there: nothing else would tell. */
  async #overdue(peerId: PhoneId, isAway: () => boolean): Promise<void> {
    const { settings, onForgotten } = this.#options;
    const state = this.#phones.get(peerId)?.view.state ?? 'away';
    if (state === 'invited' || state === 'away' || this.#roll.has(peerId)) return;
    // It may have been paired since.
    const isKnown = await this.#ask().then(
      () => true,
      () => false,
    );
    if (!isAway() || this.#roll.has(peerId)) return;
    if (!isKnown) return this.#presence.went(peerId);
    this.#end(peerId, 'closed');
    settings.deselect(peerId);
    onForgotten();
  }

  #peer(peerId: PhoneId, state: Extract<SignalingEvent, { type: 'peer' }>['state']): void {
    if (state === 'removed') this.#forget(peerId);
    else if (state === 'left') {
      this.#presence.went(peerId);
      this.#phones.get(peerId)?.left();
    } else if (state === 'joined' && !this.#leaving.has(peerId)) this.#joined(peerId);
  }

  #joined(peerId: PhoneId): void {
    const isThere = this.#presence.came(peerId);
    const phone = this.#phone(peerId);
    // What waits at the bridge must not be offered anything yet, nor what the bridge paired with nobody: each time it comes.
    if (this.#options.confirm) this.#askAbout(peerId, isThere);
    else {
      phone.joined();
      if (!this.#roll.has(peerId)) this.#rollCall.begin();
    }
  }

  #askAbout(peerId: PhoneId, isThere: () => boolean): void {
    this.#ask().then(
      (phones) => {
        if (!isThere()) return;
        const known = phones.find((each) => each.peer_id === peerId);
        if (known?.state === 'accepted') this.#phone(peerId).joined();
        else this.#phone(peerId).waits(known?.name ?? null);
      },
      (error: unknown) => {
        this.#options.onWarning(error);
        const { over, host } = this.#options;
        afterUnless(over, host.clock, ASK_AGAIN_MS, () => {
          if (isThere()) this.#askAbout(peerId, isThere);
        });
      },
    );
  }

  /** Asks the bridge about its phones: shows those of before a reload, and ends those that are not its phones any more. */
  async #ask(): Promise<RollAnswer['phones']> {
    const { phones, gone } = await this.#roll.ask();
    for (const peerId of gone) {
      const isThere = this.#presence.has(peerId);
      this.#forget(peerId);
      // Somebody else by now, who came in their own right.
      if (isThere) this.#joined(peerId);
    }
    for (const { peer_id, state, name, expires_in_seconds } of phones) {
      if (this.#leaving.has(peer_id)) continue;
      if (state === 'accepted') this.#phone(peer_id).paired(name);
      else if (state === 'invited' && !this.#phones.has(peer_id)) {
        this.#phone(peer_id).invited(expires_in_seconds * 1_000);
      }
    }
    this.#options.onChanged();
    return phones;
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
