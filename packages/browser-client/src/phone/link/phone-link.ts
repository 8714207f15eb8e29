import { Emitter, type PhoneId, type Unsubscribe, VoiceBridgeError } from '@voice-bridge/core';
import { abortError, failureOf } from '../../abortable.ts';
import { sameFields } from '../../same-fields.ts';
import type { VoiceBridgeClient } from '../../voice-bridge-client.ts';
import { browserLinkHost } from './browser-link-host.ts';
import {
  type DesktopEnd,
  INITIAL_LINK_SNAPSHOT,
  type MixSource,
  type PhoneInvite,
  type PhoneLinkEvents,
  type PhoneLinkSnapshot,
  type SpeakerWhilePhone,
} from './desktop-end.ts';
import { KeptMutes } from './kept-mutes.ts';
import type { LinkHost } from './link-host.ts';
import { LinkRun } from './link-run.ts';
import { MixSettings } from './mix-settings.ts';

/** How a {@link PhoneLink} is made. */
export interface PhoneLinkOptions {
  /** The conversation that phones speak in. */
  readonly client: VoiceBridgeClient;
  /** The phones' page, without a fragment; default `/mobile-voice` of the page's own origin. */
  readonly pageUrl?: string;
  /** What the desktop's speaker does while a phone's microphone is open; default `duck`. */
  readonly speakerWhilePhone?: SpeakerWhilePhone;
  /** Whether phones hear the desktop's microphone; default false. */
  readonly sendMicrophoneToPhone?: boolean;
  /** Whether an invited phone waits until `accept()`; default false: whoever has the code is let in. */
  readonly confirm?: boolean;
}

/** The desktop end of the phone link: phones are its microphones and its speakers, connected straight to this page. */
export class PhoneLink implements DesktopEnd {
  readonly #options: PhoneLinkOptions;
  readonly #host: LinkHost;
  readonly #settings: MixSettings;
  readonly #changes: Emitter<{ changed: [] }>;
  readonly #events: Emitter<PhoneLinkEvents>;
  #snapshot: PhoneLinkSnapshot;
  #run: LinkRun | null = null;
  #opening: Promise<void> = Promise.resolve();

  /** Touches nothing of the page: safe on a server. */
  constructor(options: PhoneLinkOptions, host: LinkHost = browserLinkHost) {
    this.#options = options;
    this.#host = host;
    const { client, sendMicrophoneToPhone = false } = options;
    const kept = new KeptMutes(
      () => host.storage(),
      () => client.conversationId,
    );
    this.#settings = new MixSettings(sendMicrophoneToPhone, kept);
    this.#changes = new Emitter((error) => host.reportError(error));
    this.#events = new Emitter((error) => host.reportError(error));
    this.#snapshot = { ...INITIAL_LINK_SNAPSHOT, sendsMicrophoneToPhone: this.#settings.sendsMicrophoneToPhone };
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

  open(): Promise<void> {
    if (this.#run !== null) return this.#opening;
    this.#opening = this.#open();
    return this.#opening;
  }

  async close(): Promise<void> {
    this.#end('closed', null);
  }

  async invite(peerId?: PhoneId): Promise<PhoneInvite> {
    await this.open();
    const run = this.#running();
    const host = this.#host;
    const { confirm = false, pageUrl = `${host.origin()}/mobile-voice` } = this.#options;
    const pairing = await run.pairing.invite(peerId, confirm, run.over);
    if (run.over.aborted) throw abortError(run.over);
    const expiresInMs = pairing.expires_in_seconds * 1_000;
    const url = `${pageUrl}#${pairing.token}`;
    const expiresAt = host.wallClock() + expiresInMs;
    run.phones.invited(pairing.peer_id, expiresInMs);
    return { url, code: pairing.code, peerId: pairing.peer_id, expiresAt, qr: await host.drawQr(url) };
  }

  async accept(peerId: PhoneId): Promise<void> {
    const run = this.#running();
    await run.pairing.accept(peerId, run.over);
    run.phones.accepted(peerId);
  }

  refuse(peerId: PhoneId): Promise<void> {
    return this.remove(peerId);
  }

  async remove(peerId: PhoneId): Promise<void> {
    const removed = this.#running().phones.remove(peerId);
    this.#settings.forget(peerId);
    this.#apply();
    await removed;
  }

  setGain(source: MixSource, gain: number): void {
    this.#settings.setGain(source, gain);
    this.#apply();
  }

  setMuted(source: MixSource, muted: boolean): void {
    this.#settings.setMuted(source, muted);
    this.#apply();
  }

  select(source: 'all' | MixSource): void {
    this.#settings.selected = source;
    this.#apply();
  }

  setSendMicrophoneToPhone(send: boolean): void {
    this.#settings.sendsMicrophoneToPhone = send;
    this.#apply();
  }

  setPhoneSpeaker(peerId: PhoneId, { muted, volume }: { readonly muted: boolean; readonly volume: number }): void {
    if (!(volume >= 0 && volume <= 1)) throw new RangeError('A volume is from 0 to 1');
    this.#run?.phones.tell(peerId, { type: 'volume', muted, volume });
  }

  level(source: MixSource): number {
    return this.#run?.level(source) ?? 0;
  }

  speakerLevel(peerId: PhoneId): number {
    return this.#run?.phones.speakerLevel(peerId) ?? 0;
  }

  async #open(): Promise<void> {
    const { client, speakerWhilePhone = 'duck', confirm = false } = this.#options;
    const over = new AbortController();
    try {
      const run = new LinkRun({
        client,
        host: this.#host,
        settings: this.#settings,
        speakerWhilePhone,
        confirm,
        onChanged: () => this.#show({}),
        onWarning: (error) => this.#warn(error),
        // The page is being left.
        onEnded: (error) => (error.code === 'aborted' ? this.#end('closed', null) : this.#end('failed', error)),
      });
      this.#run = run;
      this.#show({ state: 'connecting', error: null });
      await run.open();
    } catch (thrown) {
      const error = failureOf(thrown, over.signal);
      if (this.#snapshot.state === 'connecting') this.#end('failed', error);
      throw error;
    }
  }

  #end(state: 'closed' | 'failed', error: VoiceBridgeError | null): void {
    const run = this.#run;
    this.#run = null;
    if (run !== null) this.#show({ state, error });
    run?.close();
  }

  #running(): LinkRun {
    if (this.#run === null) throw new VoiceBridgeError('not_connected', 'Open the phone link first');
    return this.#run;
  }

  #apply(): void {
    this.#run?.apply();
    this.#show({});
  }

  #warn(error: VoiceBridgeError): void {
    this.#show({});
    this.#events.emit('warning', error);
  }

  #show(fields: Partial<Pick<PhoneLinkSnapshot, 'state' | 'error'>>): void {
    const before = this.#snapshot;
    const settings = this.#settings;
    const desktop = { muted: settings.isMuted('desktop'), gain: settings.gain('desktop') };
    const phones = this.#run?.phones.views ?? [];
    const { state = this.#runState(), error = before.error } = fields;
    const next: PhoneLinkSnapshot = {
      state,
      error,
      phones: sameItems(phones, before.phones) ? before.phones : phones,
      selected: settings.selected,
      desktop: sameFields(desktop, before.desktop) ? before.desktop : desktop,
      sendsMicrophoneToPhone: settings.sendsMicrophoneToPhone,
    };
    if (sameFields(next, before)) return;
    this.#snapshot = next;
    this.#changes.emit('changed');
  }

  #runState(): PhoneLinkSnapshot['state'] {
    if (this.#run === null) return this.#snapshot.state;
    return this.#run.isOpen ? 'open' : 'connecting';
  }
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
