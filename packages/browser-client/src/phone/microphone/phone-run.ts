import { Machine, type PhoneId, VoiceBridgeError } from '@voice-bridge/core';
import { abortable, abortError, failureOf } from '../../abortable.ts';
import { BridgeHttp, type BridgeHttpOptions } from '../../bridge/bridge-http.ts';
import { BridgeDetour, type DetourVoice } from './bridge-detour.ts';
import { IceServers } from './ice-servers.ts';
import type { PhoneInvitation, PhoneMicrophoneSnapshot } from './phone-end.ts';
import type { PhoneHost } from './phone-host.ts';
import type { PhoneEffect, PhoneInput, PhoneLife } from './phone-life.ts';
import { PhoneLine } from './phone-line.ts';
import { PhonePlace, type PhoneStorage, type TakenPlace } from './phone-place.ts';
import { PhoneSound } from './phone-sound.ts';
import { PhoneTalk } from './phone-talk.ts';
import { PhoneWatch } from './phone-watch.ts';
import { phoneWakeAt, stepPhone } from './step-phone.ts';
import { isHeard, newsOfBridge, type PhoneShownInput } from './step-phone-snapshot.ts';

/** What a {@link PhoneRun} works with. */
export interface PhoneRunOptions {
  readonly host: PhoneHost;
  /** Origin and base path of the bridge; empty: the page's own origin. */
  readonly url: string;
  /** How the desktop and the session see this phone. */
  readonly name: string | null;
  readonly storage: PhoneStorage | null;
  readonly shown: () => PhoneMicrophoneSnapshot;
  /** What happened; nothing after the run is over. */
  readonly dispatch: (input: PhoneShownInput) => void;
  /** The run is over. Comes before the last `dispatch`. */
  readonly onOver: () => void;
}

/** One phone end as it lives: from `join()` over any number of connections to its end. Owns the sound, the line and the ways to the conversation. */
export class PhoneRun {
  /** What it holds at the bridge; outlives the run. */
  readonly place: PhonePlace;
  readonly #options: PhoneRunOptions;
  readonly #over = new AbortController();
  readonly #machine: Machine<PhoneLife, PhoneInput, PhoneEffect>;
  readonly #sound: PhoneSound;
  readonly #talk: PhoneTalk;
  readonly #watch: PhoneWatch;
  #identity: { readonly conversationId: string; readonly peerId: PhoneId } | null = null;
  #line: PhoneLine | null = null;
  #detour: BridgeDetour | null = null;
  #iceServers: IceServers | null = null;

  /** Opens what may only be opened inside a gesture. */
  constructor(options: PhoneRunOptions) {
    this.#options = options;
    const { host, url, name, storage } = options;
    const { clock, fetch } = host;
    this.#machine = new Machine<PhoneLife, PhoneInput, PhoneEffect>({
      initial: { name: 'idle' },
      step: stepPhone,
      perform: (effect) => this.#perform(effect),
      onChange: (life) => this.#changed(life),
      clock,
      wakeAt: phoneWakeAt,
      tick: { type: 'tick' },
    });
    const onLost = (error: VoiceBridgeError) => this.#machine.send({ type: 'refused', error });
    this.place = new PhonePlace({ url, fetch, clock, storage, name, onLost });
    this.#sound = new PhoneSound(host, {
      onTrack: (track) => {
        this.#talk.setTrack(track);
        this.#detour?.trackChanged();
      },
      onMicrophone: (report) => this.#dispatch({ type: 'microphone', report }),
      onTrouble: (code, present) => this.#dispatch({ type: 'trouble', code, present }),
    });
    this.#talk = new PhoneTalk({
      host,
      name,
      sound: this.#sound,
      shown: options.shown,
      iceServers: async () => (await this.#iceServers?.get(this.#over.signal)) ?? [],
      statsAround: async () => (await this.#detour?.stats().catch(() => null)) ?? null,
      signal: (message) => this.#line?.send(message),
      send: (input) => this.#send(input),
      dispatch: (input) => this.#dispatch(input),
      onWishes: () => this.applyWishes(),
    });
    this.applyWishes();
    this.#watch = new PhoneWatch(host.page, {
      onTrouble: (code, present) => this.#dispatch({ type: 'trouble', code, present }),
      onVisible: (visible) => this.#seen(visible),
      onNetworkChanged: () => this.#line?.networkChanged(),
      onRetry: () => {
        this.#talk.ping();
        this.#send({ type: 'retry' });
      },
      onBattery: (battery) => this.#talk.setBattery(battery),
    });
  }

  /** Gets in. Rejects with the reason when it did not work; the run is over then. */
  async start(invitation: PhoneInvitation): Promise<void> {
    const { signal } = this.#over;
    this.#machine.send({ type: 'join' });
    void this.#sound.open();
    try {
      const place = await abortable(this.place.take(invitation), signal);
      this.#iceServers = new IceServers({ ...this.#asPhone(), conversationId: place.conversationId });
      // Asked now, it is there when the offer comes; what fails is asked for again.
      this.#iceServers.get(signal).catch(() => {});
      await abortable(this.#openLine(place), signal);
      if (signal.aborted) throw abortError(signal);
    } catch (thrown) {
      const error = failureOf(thrown, signal);
      this.#machine.send({ type: 'refused', error });
      throw error;
    }
  }

  /** Ends the run at once, as the user wished; idempotent. Resolves when the bridge knows, or was asked in vain. */
  stop(): Promise<void> {
    this.#talk.tell({ type: 'bye', reason: 'left' });
    const given = this.place.leave();
    this.#machine.send({ type: 'leave' });
    return given;
  }

  /** Does what the snapshot says about muting and volume, and tells the desktop. */
  applyWishes(): void {
    const snapshot = this.#options.shown();
    const { speaker } = snapshot;
    this.#sound.setHeard(isHeard(snapshot));
    this.#detour?.setVoice(voiceOf(snapshot));
    this.#sound.audio.setMuted(speaker.muted);
    this.#sound.audio.setVolume(speaker.volume);
    this.#talk.wishesChanged();
  }

  /** See `PhoneEnd.resume`. */
  async resume(): Promise<void> {
    this.#goesOn();
    await this.#sound.resume();
  }

  level(): number {
    return this.#talk.level();
  }

  /** Nothing of what stood still while the page was frozen does so any more. */
  #goesOn(): void {
    this.#dispatch({ type: 'trouble', code: 'page_frozen', present: false });
  }

  #send(input: PhoneInput): void {
    if (!this.#over.signal.aborted) this.#machine.send(input);
  }

  #seen(visible: boolean): void {
    this.#talk.setVisible(visible);
    // Who holds to talk holds a page that is seen.
    if (visible || !this.#options.shown().holding) return;
    this.#dispatch({ type: 'holding', holding: false });
    this.applyWishes();
  }

  #changed(life: PhoneLife): void {
    if (life.name === 'removed' || life.name === 'closed' || life.name === 'failed') this.#end(life);
    else this.#dispatch({ type: 'life', life });
    this.#talk.lifeChanged(life);
  }

  #perform(effect: PhoneEffect): void {
    switch (effect.type) {
      case 'answer':
      case 'renew':
      case 'useLink':
      case 'dropLink':
        this.#talk.perform(effect);
        break;
      case 'askForOffer':
        this.#line?.redial();
        break;
      case 'joinBridge':
        this.#joinBridge();
        break;
      case 'leaveBridge':
        this.#detour?.close();
        this.#detour = null;
        break;
      case 'stop':
        this.place.close(effect.forget);
        break;
    }
  }

  #asPhone(): BridgeHttpOptions {
    const { host, url } = this.#options;
    return { url, auth: () => this.place.token(), fetch: host.fetch, clock: host.clock };
  }

  #openLine(place: TakenPlace): Promise<void> {
    const { host } = this.#options;
    const { conversationId } = place;
    this.#line = new PhoneLine({
      http: new BridgeHttp(this.#asPhone()),
      host,
      place,
      sinks: {
        onThere: (peerId) => {
          this.#identity = { conversationId, peerId };
          this.#dispatch({ type: 'admitted', conversationId, peerId });
        },
        onInput: (input) => this.#send(input),
        onCandidate: (connectionId, candidate) => this.#talk.addCandidate(connectionId, candidate),
      },
    });
    return this.#line.open();
  }

  #joinBridge(): void {
    const { host, url } = this.#options;
    if (this.#identity === null) return;
    const { conversationId, peerId } = this.#identity;
    this.#detour?.close();
    this.#detour = new BridgeDetour(
      {
        url,
        conversationId,
        // So the desktop knows which of its phones this is.
        name: peerId,
        auth: () => this.place.token(),
        host,
        sound: this.#sound,
        sinks: {
          onJoined: () => this.#send({ type: 'bridgeJoined' }),
          onHeard: () => this.#goesOn(),
          onLost: (error) => this.#send({ type: error?.code === 'participant_removed' ? 'removed' : 'bridgeLost' }),
          onSnapshot: (snapshot, isOwnMute) => {
            const before = this.#options.shown();
            for (const input of newsOfBridge(snapshot, isOwnMute)) this.#dispatch(input);
            const { mutedBy, pushToTalk } = this.#options.shown();
            if (mutedBy !== before.mutedBy || pushToTalk !== before.pushToTalk) this.applyWishes();
          },
          onSettled: (participantId) => {
            this.#dispatch({ type: 'settledThere', participantId });
            this.applyWishes();
          },
        },
      },
      voiceOf(this.#options.shown()),
    );
    this.#detour.open();
  }

  #end(life: PhoneLife): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort(life.name === 'failed' ? life.error : new VoiceBridgeError('aborted', 'The phone left'));
    this.#watch.close();
    this.#talk.close();
    this.#line?.close();
    this.#detour?.close();
    this.#sound.close();
    this.#options.onOver();
    this.#options.dispatch({ type: 'life', life });
  }

  #dispatch(input: PhoneShownInput): void {
    if (!this.#over.signal.aborted) this.#options.dispatch(input);
  }
}

function voiceOf(snapshot: PhoneMicrophoneSnapshot): DetourVoice {
  if (snapshot.mutedBy === 'desktop') return 'silenced';
  return isHeard(snapshot) ? 'heard' : 'muted';
}
