import {
  type DesktopMessage,
  formatId,
  isVoiceBridgeError,
  type PeerId,
  PHONE_IDS,
  type PhoneId,
  type SignalingEvent,
  type Unsubscribe,
  VoiceBridgeError,
} from '@voice-bridge/core';
import { failureOf } from '../../abortable.ts';
import { BridgeApi } from '../../bridge/bridge-api.ts';
import { BridgeHttp } from '../../bridge/bridge-http.ts';
import type { VoiceBridgeClient } from '../../voice-bridge-client.ts';
import { SignalingLine } from '../shared/signaling-line.ts';
import { ConversationTeller } from './conversation-teller.ts';
import type { MixSource, PhoneView, SpeakerWhilePhone } from './desktop-end.ts';
import type { LinkHost } from './link-host.ts';
import type { MixSettings } from './mix-settings.ts';
import { PairingApi } from './pairing-api.ts';
import type { PhoneMixer } from './phone-mixer.ts';
import { PhonePart } from './phone-part.ts';
import { SpeakerRule } from './speaker-rule.ts';

/** What a {@link LinkRun} works with. */
export interface LinkRunOptions {
  readonly client: VoiceBridgeClient;
  readonly host: LinkHost;
  readonly settings: MixSettings;
  readonly speakerWhilePhone: SpeakerWhilePhone;
  /** Whether phones wait until they are accepted. */
  readonly confirm: boolean;
  /** Whatever is shown is another one. */
  readonly onChanged: () => void;
  readonly onWarning: (error: VoiceBridgeError) => void;
  /** It is over, without our doing; not before it was open. */
  readonly onEnded: (error: VoiceBridgeError) => void;
}

/** A link from `open()` to its end: the signaling line, the mix, and the phones. */
export class LinkRun {
  readonly pairing: PairingApi;
  readonly #options: LinkRunOptions;
  readonly #over = new AbortController();
  readonly #api: BridgeApi;
  readonly #line: SignalingLine;
  readonly #mixer: PhoneMixer;
  readonly #rule: SpeakerRule;
  readonly #teller: ConversationTeller;
  readonly #phones = new Map<PhoneId, PhonePart>();
  readonly #nonce: string;
  readonly #stops: readonly Unsubscribe[];
  #opened: () => void = () => {};
  #failed: (error: VoiceBridgeError) => void;
  #mixes = false;

  /** Opens what may only be opened inside a gesture. */
  constructor(options: LinkRunOptions) {
    this.#options = options;
    const { client, host, speakerWhilePhone, settings } = options;
    const { url = '', auth } = client.options;
    const { clock, fetch } = host;
    const { conversationId } = client;
    const http = new BridgeHttp({ url, auth, fetch, clock });
    this.pairing = new PairingApi(http, conversationId);
    this.#api = new BridgeApi({ url, auth, fetch, clock, conversationId });
    this.#failed = options.onEnded;
    this.#nonce = formatId('link', host.randomBytes(16));
    this.#line = new SignalingLine({
      http,
      host,
      conversationId,
      peerId: 'desktop',
      sinks: {
        onOpen: () => this.#lineOpen(),
        onEvent: (event) => this.#heard(event),
        onLost: (error) => options.onWarning(error),
        onEnded: (error) => this.#failed(error),
      },
    });
    this.#mixer = host.openMixer(() => this.#mixRuns());
    this.#mixer.setGain('desktop', settings.factor('desktop'));
    this.#mixer.setMicrophoneToPhones(settings.sendsMicrophoneToPhone);
    this.#rule = new SpeakerRule(clock, speakerWhilePhone, () => this.#sound());
    this.#teller = new ConversationTeller(client, (message) => this.#tellAll(message));
    this.#stops = [client.subscribe(() => this.#clientChanged()), host.onPageLeft(() => this.close())];
  }

  /** Resolves when phones can come. Rejects with a coded error, and is over then. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#opened = resolve;
      this.#failed = reject;
      this.#line.open();
    });
  }

  /** Whether phones can come now. */
  get isOpen(): boolean {
    return this.#line.isOpen;
  }

  /** The phones, in the order of their ids. */
  get views(): readonly PhoneView[] {
    return PHONE_IDS.flatMap((peerId) => this.#phones.get(peerId)?.view ?? []);
  }

  /** Shows a phone that was invited. */
  invited(peerId: PhoneId, expiresInMs: number): void {
    this.#phone(peerId).invited(expiresInMs);
    this.#changed();
    this.#changed();
  }

  /** Lets a phone in that waits. */
  accepted(peerId: PhoneId): void {
    this.#phones.get(peerId)?.accepted();
  }

  /** Takes a phone out. */
  forget(peerId: PhoneId, reason: Extract<DesktopMessage, { type: 'bye' }>['reason']): void {
    const phone = this.#phones.get(peerId);
    if (phone === undefined) return;
    this.#phones.delete(peerId);
    phone.close(reason);
    this.#mixer.removePhone(peerId);
    this.#changed();
  }

  /** Makes a source as loud as the settings say; a phone is told whether it is muted here. */
  apply(source: MixSource): void {
    this.#mixer.setGain(source, this.#options.settings.factor(source));
    if (source !== 'desktop') this.#phones.get(source)?.applySettings();
    this.#changed();
  }

  /** Makes every source as loud as the settings say. */
  applyAll(): void {
    const { settings } = this.#options;
    this.#mixer.setMicrophoneToPhones(settings.sendsMicrophoneToPhone);
    for (const source of ['desktop', ...this.#phones.keys()] as const) {
      this.#mixer.setGain(source, settings.factor(source));
    }
    this.#changed();
  }

  /** Tells a phone something; false when there is no way to. */
  tell(peerId: PhoneId, message: DesktopMessage): boolean {
    return this.#phones.get(peerId)?.tell(message) ?? false;
  }

  level(source: MixSource): number {
    return this.#mixer.level(source);
  }

  /** Ends everything; idempotent and final. */
  close(): void {
    if (this.#over.signal.aborted) return;
    const aborted = new VoiceBridgeError('aborted', 'The phone link was closed');
    this.#over.abort(aborted);
    for (const stop of this.#stops) stop();
    this.#teller.close();
    for (const phone of this.#phones.values()) phone.close('closed');
    this.#line.close();
    this.#rule.close();
    if (this.#mixes) this.#options.client.setSound({});
    this.#mixer.close();
    this.#failed(aborted);
  }

  #lineOpen(): void {
    this.#opened();
    this.#failed = this.#options.onEnded;
    this.#changed();
  }

  #mixRuns(): void {
    if (this.#over.signal.aborted) return;
    this.#mixes = true;
    this.#sound();
  }

  #sound(): void {
    if (this.#mixes) this.#options.client.setSound({ mix: this.#mixer, speakerVolume: this.#rule.volume });
  }

  #heard(event: SignalingEvent): void {
    switch (event.type) {
      case 'peer':
        if (event.peer_id !== 'desktop') this.#peer(event.peer_id, event.state);
        return;
      case 'answer':
      case 'candidate':
        this.#phones.get(phoneOf(event.from))?.take(event);
        return;
      case 'error':
        this.#options.onWarning(
          new VoiceBridgeError('invalid_message', `The bridge passed nothing on: ${event.message}`),
        );
    }
  }

  #peer(peerId: PhoneId, state: Extract<SignalingEvent, { type: 'peer' }>['state']): void {
    if (state === 'removed') this.forget(peerId, 'removed');
    else if (state === 'left') this.#phones.get(peerId)?.left();
    else if (state === 'joined') this.#joined(peerId).catch((error: unknown) => this.#warn(error));
  }

  async #joined(peerId: PhoneId): Promise<void> {
    const phone = this.#phone(peerId);
    // What waits at the bridge must not be offered anything yet.
    if (this.#options.confirm && !phone.isAccepted) {
      const phones = await this.pairing.phones(this.#over.signal);
      const known = phones.find((each) => each.peer_id === peerId);
      if (known?.state === 'waiting') return phone.waits(known.name);
    }
    phone.joined();
  }

  #phone(peerId: PhoneId): PhonePart {
    const known = this.#phones.get(peerId);
    if (known !== undefined) return known;
    const { client, host, settings } = this.#options;
    const { signal } = this.#over;
    const phone = new PhonePart({
      peerId,
      nonce: this.#nonce,
      host,
      client,
      settings,
      iceServers: async () => (await this.#api.config(signal)).iceServers,
      track: this.#mixer.trackFor(peerId),
      signal: (message) => void this.#line.send(peerId === 'mobile' ? message : { ...message, to: peerId }),
      sinks: {
        onChanged: () => this.#changed(),
        onStream: (stream) => this.#mixer.setPhone(peerId, stream),
        onOpen: (tell) => this.#teller.tellAnew(client.conversationId, tell),
        onUnmuted: () => this.#mixer.setGain(peerId, settings.factor(peerId)),
        onExpired: () => this.forget(peerId, 'removed'),
        onWarning: (error) => this.#warn(error),
      },
    });
    this.#phones.set(peerId, phone);
    this.#mixer.setGain(peerId, settings.factor(peerId));
    return phone;
  }

  #tellAll(message: DesktopMessage): void {
    for (const phone of this.#phones.values()) phone.tell(message);
  }

  #clientChanged(): void {
    for (const phone of this.#phones.values()) phone.clientChanged();
  }

  #warn(thrown: unknown): void {
    if (this.#over.signal.aborted) return;
    this.#options.onWarning(isVoiceBridgeError(thrown) ? thrown : failureOf(thrown, this.#over.signal));
  }

  #changed(): void {
    if (this.#over.signal.aborted) return;
    this.#rule.set(
      [...this.#phones].some(([peerId, phone]) => phone.isHeard && this.#options.settings.factor(peerId) > 0),
    );
    this.#options.onChanged();
  }
}

function phoneOf(from: PeerId | undefined): PhoneId {
  return from === undefined || from === 'desktop' ? 'mobile' : from;
}
