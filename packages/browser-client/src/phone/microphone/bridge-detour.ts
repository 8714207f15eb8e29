import { type CancelTimer, type Unsubscribe, VoiceBridgeError } from '@voice-bridge/core';
import type { AudioGraph } from '../../audio/audio-graph.ts';
import type { Microphone } from '../../audio/microphone.ts';
import type { Speaker } from '../../audio/speaker.ts';
import type { ClientHost } from '../../client-host.ts';
import type { RtcConnection } from '../../rtc/rtc-connection.ts';
import type { VoiceBridgeClient } from '../../voice-bridge-client.ts';
import type { VoiceSnapshot } from '../../voice-client.ts';
import { withDtx } from '../shared/opus-dtx.ts';
import type { PhoneConnectionStats } from '../shared/phone-connection.ts';
import { readConnectionStats } from '../shared/read-connection-stats.ts';
import type { PhoneHost } from './phone-host.ts';
import type { PhoneSound } from './phone-sound.ts';

/** What a {@link BridgeDetour} tells. Nothing after `onLost` and after `close()`. */
export interface BridgeDetourSinks {
  /** It takes part, or again. */
  onJoined(): void;
  /** It does not take part any more; null: as somebody wished. */
  onLost(error: VoiceBridgeError | null): void;
  /** `isOwnMute`: that the bridge calls it muted may be its own mute, also one that it has just ended. */
  onSnapshot(snapshot: VoiceSnapshot, isOwnMute: boolean): void;
  /** The desktop has had the time to mute it as this participant, if it is to be muted. */
  onSettled(participantId: string): void;
  /** The bridge said something: it is there. */
  onHeard(): void;
}

/**
 * What there is to hear of the phone: `muted` by its user, which is told to the bridge; or `silenced` by its desktop, which tells the bridge
 * itself: until then, and beside that, silence is sent.
 */
export type DetourVoice = 'heard' | 'muted' | 'silenced';

/** What a {@link BridgeDetour} works with. */
export interface BridgeDetourOptions {
  readonly url: string;
  readonly conversationId: string;
  /** How the others see this phone. */
  readonly name: string;
  readonly auth: () => Promise<string>;
  readonly host: PhoneHost;
  readonly sound: PhoneSound;
  readonly sinks: BridgeDetourSinks;
}

/** For the desktop to mute, at the bridge, whom it had muted before. */
export const SETTLE_MS = 5_000;
/** For the bridge to say that a mute of our own is over: it says nothing where the desktop's is left. */
export const ECHO_MS = 2_000;

/** The way around where no path leads to the desktop: the phone takes part in the session at the bridge, with the sound it has. */
export class BridgeDetour {
  readonly #options: BridgeDetourOptions;
  readonly #deviceListeners = new Set<() => void>();
  #client: VoiceBridgeClient | null = null;
  #rtc: RtcConnection | null = null;
  #onTrackGone: (() => void) | null = null;
  #closed = false;
  #voice: DetourVoice;
  /** Who it is there. */
  #participantId: string | undefined;
  #cancelSettling: CancelTimer = () => {};
  #isOwnMute = false;
  /** Null: no mute of our own is ending. */
  #cancelEcho: CancelTimer | null = null;

  constructor(options: BridgeDetourOptions, voice: DetourVoice) {
    this.#options = options;
    this.#voice = voice;
  }

  /** Joins; the sinks tell how that goes. */
  open(): void {
    this.#join().catch((cause: unknown) => {
      this.#lose(new VoiceBridgeError('bridge_unreachable', 'A part of this page could not be loaded', { cause }));
    });
  }

  /** Whether the phone is heard there; where the bridge detects no turns, that is a turn. */
  setVoice(voice: DetourVoice): void {
    const before = this.#voice;
    if (voice === before) return;
    this.#voice = voice;
    // Another track is to be lent.
    if (voice === 'silenced' || before === 'silenced') this.trackChanged();
    const client = this.#client;
    if (client === null) return;
    const { state, muted, pushToTalk } = client.getSnapshot();
    if (pushToTalk !== 'off') {
      // Not muted: what was said last is still on its way.
      if (voice !== 'heard') client.stopTalking();
      else if (state === 'connected') client.startTalking();
    } else if (muted !== (voice === 'muted')) {
      client.setMuted(!muted);
    }
  }

  /** How good the connection to the bridge is; null while there is none. */
  async stats(): Promise<PhoneConnectionStats | null> {
    return this.#rtc === null ? null : readConnectionStats(await this.#rtc.stats());
  }

  /** Sends the track that the phone's sound has now. */
  trackChanged(): void {
    const gone = this.#onTrackGone;
    this.#onTrackGone = null;
    if (gone !== null) gone();
    else for (const listener of this.#deviceListeners) listener();
  }

  /** Leaves; idempotent and final. Nothing is sent or played any more when it returns. */
  close(): void {
    this.#closed = true;
    this.#cancelSettling();
    this.#cancelEcho?.();
    void this.#client?.disconnect();
  }

  async #join(): Promise<void> {
    const { url, conversationId, name, auth } = this.#options;
    const part = await import('../../voice-bridge-client.ts');
    if (this.#closed) return;
    const client = new part.VoiceBridgeClient({ url, conversationId, name, auth, shared: true }, this.#clientHost());
    this.#client = client;
    client.setMuted(this.#voice === 'muted');
    client.subscribe(() => this.#changed(client));
    // The snapshot tells of it as well.
    await client.connect().catch(() => {});
  }

  #changed(client: VoiceBridgeClient): void {
    if (this.#closed) return;
    const { sinks } = this.#options;
    const snapshot = client.getSnapshot();
    this.#doubt(client, snapshot);
    if (snapshot.state === 'closed' || snapshot.state === 'failed') {
      this.#lose(snapshot.error);
    } else if (snapshot.state === 'connected') {
      sinks.onJoined();
      sinks.onSnapshot(snapshot, this.#isOwnMute);
      this.#settle(snapshot);
    }
  }

  #doubt(client: VoiceBridgeClient, { state, muted }: VoiceSnapshot): void {
    if (muted) this.#isOwnMute = true;
    const isEnding = this.#isOwnMute && !muted && state === 'connected';
    if (isEnding === (this.#cancelEcho !== null)) return;
    this.#cancelEcho?.();
    const end = () => {
      this.#cancelEcho = null;
      this.#isOwnMute = false;
      this.#changed(client);
    };
    this.#cancelEcho = isEnding ? this.#options.host.clock.after(ECHO_MS, end) : null;
  }

  #settle({ participants }: VoiceSnapshot): void {
    const participantId = participants.find(({ isSelf }) => isSelf)?.participantId;
    if (participantId === undefined || participantId === this.#participantId) return;
    const { host, sinks } = this.#options;
    this.#participantId = participantId;
    this.#cancelSettling();
    this.#cancelSettling = host.clock.after(SETTLE_MS, () => sinks.onSettled(participantId));
  }

  #lose(error: VoiceBridgeError | null): void {
    if (this.#closed) return;
    this.close();
    this.#options.sinks.onLost(error);
  }

  #clientHost(): ClientHost {
    const { host } = this.#options;
    return {
      clock: host.clock,
      fetch: host.fetch,
      openRtc: (options) => {
        const onControl = (text: string) => {
          this.#options.sinks.onHeard();
          options.sinks.onControl(text);
        };
        this.#rtc = host.openRtc({ ...options, changeAnswer: withDtx, sinks: { ...options.sinks, onControl } });
        return this.#rtc;
      },
      random: () => host.random(),
      randomBytes: (length) => host.randomBytes(length),
      reportError: (error) => host.reportError(error),
      onPageLeft: (listener) => host.onPageLeft(listener),
      onNetworkBack: (listener) => host.onNetworkBack(listener),
      onFrame: () => () => {},
      microphone: this.#microphone(),
      openAudioGraph: () => this.#graph(),
      openSpeaker: () => this.#speaker(),
    };
  }

  /** Lends the phone's microphone, which stays open when the client lets go of it; silence where not even the bridge may hear it. */
  #microphone(): Microphone {
    return {
      open: async (_deviceId, _processing, onEnded) => {
        const { microphone, audio } = this.#options.sound;
        if (microphone === null) throw new VoiceBridgeError('microphone_not_found', 'The phone has none open');
        this.#onTrackGone = onEnded;
        const track = this.#voice === 'silenced' ? audio.silentTrack() : microphone.track;
        return { track, stream: microphone.stream, stop: () => {} };
      },
      onDevicesChanged: (listener): Unsubscribe => {
        this.#deviceListeners.add(listener);
        return () => this.#deviceListeners.delete(listener);
      },
    };
  }

  #graph(): AudioGraph {
    const { audio } = this.#options.sound;
    return {
      silentTrack: () => audio.silentTrack(),
      watchInput: () => {},
      watchOutput: () => {},
      inputLevel: () => audio.inputLevel(),
      outputLevel: () => audio.outputLevel(),
      close: () => {},
    };
  }

  #speaker(): Speaker {
    const { audio } = this.#options.sound;
    return {
      play: (stream) => audio.play(stream),
      setMuted: () => {},
      setVolume: () => {},
      setDevice: async () => {},
      close: () => audio.play(null),
    };
  }
}
