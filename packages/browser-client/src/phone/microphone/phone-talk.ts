import {
  type DesktopMessage,
  type IceServer,
  PHONE_CHANNEL_VERSION,
  type PhoneMessage,
  type SignalingMessage,
} from '@voice-bridge/core';
import type { PhoneCandidate, PhoneConnectionStats } from '../shared/phone-connection.ts';
import { DesktopLink } from './desktop-link.ts';
import type { PhoneMicrophoneSnapshot } from './phone-end.ts';
import type { PhoneHost } from './phone-host.ts';
import type { ConnectionId, PhoneEffect, PhoneInput, PhoneLife } from './phone-life.ts';
import { PhoneMeters } from './phone-meters.ts';
import type { PhoneBattery } from './phone-page.ts';
import type { PhoneSound } from './phone-sound.ts';
import { isHeard, type PhoneShownInput } from './step-phone-snapshot.ts';

/** What {@link PhoneTalk} works with. */
export interface PhoneTalkOptions {
  readonly host: PhoneHost;
  readonly name: string | null;
  readonly sound: PhoneSound;
  readonly shown: () => PhoneMicrophoneSnapshot;
  readonly iceServers: () => Promise<readonly IceServer[]>;
  /** Counts of the connection to the bridge; null while there is none. */
  readonly statsAround: () => Promise<PhoneConnectionStats | null>;
  /** Says something to the desktop by the signaling. */
  readonly signal: (message: SignalingMessage) => void;
  readonly send: (input: PhoneInput) => void;
  readonly dispatch: (input: PhoneShownInput) => void;
  /** The desktop wished that the phone be muted or as loud as the snapshot says now. */
  readonly onWishes: () => void;
}

type LinkEffect = Extract<PhoneEffect, { readonly link: number }>;

/** One connection, its stream, and whether it is in use. */
interface TalkLink {
  readonly number: number;
  readonly connectionId: ConnectionId;
  readonly link: DesktopLink;
  stream: MediaStream | null;
  used: boolean;
}

/** Below this, a level is the same as the one before. */
const LEVEL_STEP = 0.005;

/** What a phone and its desktop tell each other, over one direct connection after the other: sound, and messages. */
export class PhoneTalk {
  readonly #options: PhoneTalkOptions;
  readonly #meters: PhoneMeters;
  #current: TalkLink | null = null;
  #battery: PhoneBattery | null = null;
  #pings = 0;
  #visible = true;
  #connected = false;
  /** Whether it takes part at the bridge. */
  #around = false;
  /** What the desktop was told last, by type of message. */
  readonly #told = new Map<string, string>();
  #toldLevels = { microphone: 0, speaker: 0 };

  constructor(options: PhoneTalkOptions) {
    this.#options = options;
    this.#meters = new PhoneMeters({
      clock: options.host.clock,
      stats: () => (this.#connected ? this.#current?.link.stats() : undefined) ?? options.statsAround(),
      onPath: (path) => options.dispatch({ type: 'path', path }),
      onQuality: (quality) => options.dispatch({ type: 'quality', quality }),
      onLevels: () => this.#tellLevels(),
    });
  }

  perform(effect: LinkEffect): void {
    switch (effect.type) {
      case 'answer':
        this.#current = this.#open(effect.link, effect.connectionId);
        this.#current.link.answer(effect.sdp);
        break;
      case 'renew':
        this.#current?.link.answer(effect.sdp);
        break;
      case 'useLink':
        this.#use();
        break;
      case 'dropLink':
        this.#drop();
        break;
    }
  }

  /** Adds an address of the desktop, if it belongs to the connection we have. */
  addCandidate(connectionId: ConnectionId, candidate: PhoneCandidate): void {
    if (this.#current?.connectionId === connectionId) this.#current?.link.addCandidate(candidate);
  }

  setTrack(track: MediaStreamTrack): void {
    if (this.#current?.used) this.#current.link.setTrack(track);
  }

  /** Tells the desktop something; false when there is no way to. */
  tell(message: PhoneMessage): boolean {
    return this.#current?.link.tell(message) ?? false;
  }

  setBattery(battery: PhoneBattery): void {
    this.#battery = battery;
    this.#options.dispatch({ type: 'battery', level: battery.level });
    this.#tellBattery();
  }

  /** Asks whether the desktop is still there. */
  ping(): void {
    this.tell({ type: 'ping', id: ++this.#pings });
  }

  setVisible(visible: boolean): void {
    this.#visible = visible;
    this.#updateMeters();
  }

  /** The phone was muted, unmuted, or made louder. */
  wishesChanged(): void {
    this.#tellMute();
    this.#tellTalk();
    this.#tellVolume();
    this.#updateMeters();
  }

  lifeChanged(life: PhoneLife): void {
    this.#connected = life.name === 'open' && (life.direct.name === 'connected' || life.direct.name === 'doubted');
    this.#around = life.name === 'open' && life.bridge.name === 'joined';
    this.#updateMeters();
  }

  /** How loud the microphone is, to whoever looks. */
  level(): number {
    return this.#isMetered ? this.#options.sound.audio.inputLevel() : 0;
  }

  close(): void {
    this.#drop();
  }

  get #isMetered(): boolean {
    return this.#visible && isHeard(this.#options.shown());
  }

  #open(number: number, connectionId: ConnectionId): TalkLink {
    const { host, sound, iceServers, signal, send, dispatch } = this.#options;
    const link = new DesktopLink({
      connectionId,
      openConnection: host.openConnection,
      iceServers,
      // The bridge may still hear us.
      track: sound.audio.silentTrack(),
      signal,
      clock: host.clock,
      sinks: {
        onConnected: () => send({ type: 'linkConnected', link: number }),
        onBroken: () => send({ type: 'linkBroken', link: number }),
        onFailed: (error) => {
          if (error?.code === 'webrtc_unsupported') dispatch({ type: 'trouble', code: error.code, present: true });
          send({ type: 'linkFailed', link: number });
        },
        onRefused: (error) => send({ type: 'refused', error }),
        onMessage: (message) => {
          send({ type: 'linkHeard', link: number });
          dispatch({ type: 'trouble', code: 'page_frozen', present: false });
          this.#heard(number, message);
        },
        onChannelOpen: () => this.#greet(),
        onRemoteStream: (stream) => {
          if (this.#current?.number !== number) return;
          this.#current.stream = stream;
          if (this.#current.used) sound.audio.play(stream);
        },
      },
    });
    return { number, connectionId, link, stream: null, used: false };
  }

  #use(): void {
    const current = this.#current;
    if (current === null || current.used) return;
    const { sound } = this.#options;
    current.used = true;
    current.link.setTrack(sound.track);
    if (current.stream !== null) sound.audio.play(current.stream);
    // What was measured before was of the way around.
    this.#meters.reset();
    this.#updateMeters();
  }

  #drop(): void {
    if (this.#current === null) return;
    this.#current.link.close();
    if (this.#current.used) this.#options.sound.audio.play(null);
    this.#current = null;
    this.#meters.reset();
  }

  #greet(): void {
    const { name } = this.#options;
    this.#told.clear();
    this.#toldLevels = { microphone: 0, speaker: 0 };
    this.tell({ type: 'hello', protocol_version: PHONE_CHANNEL_VERSION, ...(name === null ? {} : { name }) });
    this.#tellMute();
    this.#tellTalk();
    this.#tellVolume();
    this.#tellBattery();
  }

  #heard(number: number, message: DesktopMessage): void {
    const { send, dispatch, onWishes } = this.#options;
    switch (message.type) {
      case 'assistant':
        dispatch({ type: 'assistant', state: message.state });
        break;
      case 'transcript': {
        const { participant_id: participantId, ...line } = message.entry;
        dispatch({ type: 'line', line: participantId === undefined ? line : { ...line, participantId } });
        break;
      }
      case 'transcript_delta':
        dispatch({ type: 'delta', id: message.id, delta: message.delta });
        break;
      case 'hello':
        // The last lines come next.
        dispatch({ type: 'lines', lines: [] });
        break;
      case 'mute':
        dispatch({ type: 'silenced', silenced: message.muted });
        onWishes();
        break;
      case 'session':
        dispatch({ type: 'session', state: message.state });
        dispatch({ type: 'holdsToTalk', holdsToTalk: message.push_to_talk ?? false });
        onWishes();
        break;
      case 'volume':
        dispatch({ type: 'speaker', muted: message.muted, volume: message.volume });
        onWishes();
        break;
      case 'bye':
        send(message.reason === 'removed' ? { type: 'removed' } : { type: 'desktopClosed', link: number });
        break;
      default:
        break;
    }
  }

  #updateMeters(): void {
    this.#options.sound.audio.setMetering(this.#isMetered);
    const quality = (this.#connected || this.#around) && this.#visible;
    const levels = this.#connected && this.#isMetered;
    this.#meters.run({ quality, levels });
    if (!levels) this.#tellLevels();
  }

  #tellOnce(message: PhoneMessage): void {
    const text = JSON.stringify(message);
    if (this.#told.get(message.type) !== text && this.tell(message)) this.#told.set(message.type, text);
  }

  #tellMute(): void {
    const { muted, holding } = this.#options.shown();
    this.#tellOnce({ type: 'mute', muted: muted && !holding });
  }

  #tellTalk(): void {
    const shown = this.#options.shown();
    const talking = shown.pushToTalk === 'talking' && isHeard(shown);
    // Who never talked has nothing to end.
    if (talking || this.#told.has('talk')) this.#tellOnce({ type: 'talk', talking });
  }

  #tellVolume(): void {
    this.#tellOnce({ type: 'volume', ...this.#options.shown().speaker });
  }

  #tellBattery(): void {
    if (this.#battery !== null) this.#tellOnce({ type: 'battery', ...this.#battery });
  }

  #tellLevels(): void {
    const { audio } = this.#options.sound;
    const metered = this.#isMetered;
    const microphone = metered ? audio.inputLevel() : 0;
    const speaker = metered ? audio.outputLevel() : 0;
    const same = Math.max(
      Math.abs(microphone - this.#toldLevels.microphone),
      Math.abs(speaker - this.#toldLevels.speaker),
    );
    if (same < LEVEL_STEP) return;
    if (this.tell({ type: 'levels', microphone, speaker })) this.#toldLevels = { microphone, speaker };
  }
}
