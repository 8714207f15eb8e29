import { Machine, type SignalingEvent, VoiceBridgeError } from '@voice-bridge/core';
import { abortable, abortError, failureOf } from '../../abortable.ts';
import { BridgeHttp, type BridgeHttpOptions } from '../../bridge/bridge-http.ts';
import { SignalingLine } from '../shared/signaling-line.ts';
import { BridgeDetour } from './bridge-detour.ts';
import { IceServers } from './ice-servers.ts';
import type { PhoneInvitation, PhoneMicrophoneSnapshot } from './phone-end.ts';
import type { PhoneHost } from './phone-host.ts';
import type { PhoneEffect, PhoneInput, PhoneLife } from './phone-life.ts';
import { type PhoneIdentity, PhonePlace, type PhoneStorage } from './phone-place.ts';
import { PhoneSound } from './phone-sound.ts';
import { PhoneTalk } from './phone-talk.ts';
import { PhoneWatch } from './phone-watch.ts';
import { phoneWakeAt, stepPhone } from './step-phone.ts';
import { isHeard, type PhoneShownInput } from './step-phone-snapshot.ts';

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

/** How long the bridge may take to say that the desktop is there, after we are. */
const ROLL_CALL_MS = 1_000;

/** One phone end as it lives: from `join()` over any number of connections to its end. Owns the sound, the line and the ways to the conversation. */
export class PhoneRun {
  readonly #options: PhoneRunOptions;
  readonly #over = new AbortController();
  readonly #machine: Machine<PhoneLife, PhoneInput, PhoneEffect>;
  readonly #sound: PhoneSound;
  readonly #place: PhonePlace;
  readonly #talk: PhoneTalk;
  readonly #watch: PhoneWatch;
  #identity: PhoneIdentity | null = null;
  #line: SignalingLine | null = null;
  #detour: BridgeDetour | null = null;
  #iceServers: IceServers | null = null;
  #cancelRollCall: () => void = () => {};
  #opened: () => void = () => {};

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
    this.#place = new PhonePlace({ url, fetch, clock, storage, name, onLost });
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
      signal: (message) => void this.#line?.send(message),
      send: (input) => this.#send(input),
      dispatch: (input) => this.#dispatch(input),
      onWishes: () => this.applyWishes(),
    });
    this.applyWishes();
    this.#watch = new PhoneWatch(host.page, {
      onTrouble: (code, present) => this.#dispatch({ type: 'trouble', code, present }),
      onVisible: (visible) => this.#seen(visible),
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
      const identity = await abortable(this.#place.take(invitation), signal);
      this.#identity = identity;
      this.#dispatch({ type: 'admitted', ...identity });
      this.#iceServers = new IceServers({ ...this.#asPhone(), conversationId: identity.conversationId });
      // Asked now, it is there when the offer comes; what fails is asked for again.
      this.#iceServers.get(signal).catch(() => {});
      await abortable(this.#openLine(identity), signal);
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
    const given = this.#place.giveBack();
    this.#machine.send({ type: 'leave' });
    return given;
  }

  /** Does what the snapshot says about muting and volume, and tells the desktop. */
  applyWishes(): void {
    const { speaker, ...snapshot } = this.#options.shown();
    const heard = isHeard(snapshot);
    this.#sound.setHeard(heard);
    this.#detour?.setHeard(heard);
    this.#sound.audio.setMuted(speaker.muted);
    this.#sound.audio.setVolume(speaker.volume);
    this.#talk.wishesChanged();
  }

  /** See `PhoneEnd.resume`. */
  async resume(): Promise<void> {
    this.#dispatch({ type: 'trouble', code: 'page_frozen', present: false });
    await this.#sound.resume();
  }

  level(): number {
    return this.#talk.level();
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
        this.#place.close(effect.forget);
        break;
    }
  }

  #asPhone(): BridgeHttpOptions {
    const { host, url } = this.#options;
    return { url, auth: () => this.#place.token(), fetch: host.fetch, clock: host.clock };
  }

  /** Resolves when we are there; rejects when the first attempt fails. */
  #openLine({ conversationId, peerId }: PhoneIdentity): Promise<void> {
    const { host } = this.#options;
    const http = new BridgeHttp(this.#asPhone());
    return new Promise((resolve, reject) => {
      this.#opened = resolve;
      this.#line = new SignalingLine({
        http,
        host,
        conversationId,
        peerId,
        sinks: {
          onOpen: () => this.#lineOpened(),
          onEvent: (event) => this.#heard(event),
          onLost: () => {},
          onEnded: (error) => {
            reject(error);
            this.#lineEnded(error);
          },
        },
      });
      this.#line.open();
    });
  }

  #lineOpened(): void {
    this.#send({ type: 'opened' });
    this.#opened();
    this.#cancelRollCall();
    this.#cancelRollCall = this.#options.host.clock.after(ROLL_CALL_MS, () => this.#send({ type: 'desktopGone' }));
  }

  #lineEnded(error: VoiceBridgeError): void {
    if (error.code === 'participant_removed') this.#send({ type: 'removed' });
    else this.#send({ type: error.code === 'session_replaced' ? 'replaced' : 'refused', error });
  }

  #heard(event: SignalingEvent): void {
    switch (event.type) {
      case 'offer':
        this.#send({ type: 'offer', connectionId: event.connection_id, sdp: event.sdp });
        break;
      case 'candidate':
        this.#talk.addCandidate(event.connection_id, event.candidate);
        break;
      case 'peer':
        if (event.peer_id !== 'desktop') return;
        this.#cancelRollCall();
        // `replaced` is followed by `joined` of the new one.
        this.#send({ type: event.state === 'joined' ? 'desktopThere' : 'desktopGone' });
        break;
      case 'answer':
      case 'error':
        break;
    }
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
        auth: () => this.#place.token(),
        host,
        sound: this.#sound,
        sinks: {
          onJoined: () => this.#send({ type: 'bridgeJoined' }),
          onLost: (error) => this.#send({ type: error?.code === 'participant_removed' ? 'removed' : 'bridgeLost' }),
          onSnapshot: ({ assistant, transcript, muted, participants }) => {
            const silenced = !muted && participants.some((each) => each.isSelf && each.muted);
            this.#dispatch({ type: 'silenced', silenced });
            this.#dispatch({ type: 'assistant', state: assistant });
            this.#dispatch({ type: 'lines', lines: transcript });
          },
        },
      },
      isHeard(this.#options.shown()),
    );
    this.#detour.open();
  }

  #end(life: PhoneLife): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort(life.name === 'failed' ? life.error : new VoiceBridgeError('aborted', 'The phone left'));
    this.#cancelRollCall();
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
