import { type ClientControlMessage, type Clock, HEARTBEAT_MS, VoiceBridgeError } from '@voice-bridge/core';
import { abortable, abortError } from '../abortable.ts';
import type { RtcConnection, RtcConnectionFactory, RtcConnectionState } from '../rtc/rtc-connection.ts';
import type { BridgeApi, BridgeConfig, ConversationWishes } from './bridge-api.ts';
import { type BridgeEnding, type BridgeEvent, parseBridgeEvent } from './bridge-events.ts';
import { SilenceWatch } from './silence-watch.ts';

/** What a {@link BridgeLink} tells. Nothing after `onEnded`, nothing after `close`. */
export interface BridgeLinkSinks {
  /** Everything the bridge says, `joined` first; `ping` and `closed` are dealt with here. */
  onEvent(event: BridgeEvent): void;
  onRemoteStream(stream: MediaStream): void;
  /** The bridge ended the session or was lost, once. */
  onEnded(ending: BridgeEnding): void;
}

/** What a {@link BridgeLink} works with. */
export interface BridgeLinkOptions {
  readonly api: BridgeApi;
  readonly openRtc: RtcConnectionFactory;
  readonly clock: Clock;
  readonly wishes: ConversationWishes;
  readonly sinks: BridgeLinkSinks;
}

const MISSED_PINGS = 3;
const NO_PATH: BridgeEnding = {
  error: new VoiceBridgeError('ice_failed', 'No network path to the bridge worked', {
    hint: 'A firewall may be in the way: try another network.',
  }),
  redial: true,
};

/** One connection to the bridge, from its offer to its end. A redial makes a new one. */
export class BridgeLink {
  readonly #options: BridgeLinkOptions;
  /** Aborted when the link is over, with the reason. */
  readonly #over = new AbortController();
  #rtc: RtcConnection | null = null;
  #watch: SilenceWatch | null = null;
  #joined: () => void = () => {};
  #heldByBridge = false;

  constructor(options: BridgeLinkOptions) {
    this.#options = options;
  }

  /** Connects and resolves when the bridge has let us in. Rejects with a code, also when the link is closed meanwhile; has no deadline of its own. */
  async open(config: Promise<BridgeConfig>, track: () => MediaStreamTrack): Promise<void> {
    const { openRtc, clock } = this.#options;
    const { signal } = this.#over;
    const { iceServers } = await abortable(config, signal);
    // Closed in the moment between: nothing may be opened any more.
    if (signal.aborted) throw abortError(signal);
    const joined = new Promise<void>((resolve) => {
      this.#joined = resolve;
    });
    this.#rtc = openRtc({ iceServers, track: track(), sinks: this.#rtcSinks() });
    const offer = await abortable(this.#rtc.createOffer(), signal);
    const answer = await this.#ask(offer, signal);
    await abortable(this.#rtc.acceptAnswer(answer), signal);
    await abortable(joined, signal);
    if (signal.aborted) throw abortError(signal);
    this.#watch = new SilenceWatch(clock, MISSED_PINGS * HEARTBEAT_MS, () => this.#lose('The bridge fell silent'));
  }

  /** Whether the bridge may hold a session of ours that nobody has ended yet. */
  get heldByBridge(): boolean {
    return this.#heldByBridge;
  }

  /** Tells the bridge something; false when there is no way to. */
  send(message: ClientControlMessage): boolean {
    return this.#rtc?.send(JSON.stringify(message)) ?? false;
  }

  /** Sends another track. */
  setTrack(track: MediaStreamTrack): void {
    this.#rtc?.setTrack(track).catch(() => this.#lose('The browser refused to send another microphone'));
  }

  /** Ends the connection; idempotent and final. */
  close(): void {
    this.#over.abort();
    this.#watch?.close();
    this.#rtc?.close();
  }

  async #ask(offer: string, signal: AbortSignal): Promise<string> {
    const { api, wishes } = this.#options;
    const onSend = () => {
      // A shared session goes on without us.
      this.#heldByBridge = wishes.shared !== true;
    };
    try {
      return await api.open(offer, wishes, onSend, signal);
    } catch (error) {
      // Refused: the conversation's session, if there is one, is somebody else's. Given up by us: it may yet be opened.
      this.#heldByBridge &&= signal.aborted;
      throw error;
    }
  }

  #rtcSinks() {
    return {
      onStateChanged: (state: RtcConnectionState) => {
        if (state === 'failed' && this.#watch === null) this.#end(NO_PATH);
        else if (state === 'failed' || state === 'closed') this.#lose('The connection to the bridge broke');
      },
      onRemoteStream: (stream: MediaStream) => {
        if (!this.#over.signal.aborted) this.#options.sinks.onRemoteStream(stream);
      },
      onControl: (text: string) => this.#heard(text),
      onControlClosed: () => this.#lose('The bridge closed the control channel'),
    };
  }

  #heard(text: string): void {
    if (this.#over.signal.aborted) return;
    this.#watch?.heard();
    const parsed = parseBridgeEvent(text);
    // A message of a newer bridge that this client does not know is none of its business.
    if (!parsed.ok) return;
    const event = parsed.value;
    if (event.type === 'ping') {
      this.send({ type: 'pong', id: event.id });
    } else if (event.type === 'closed') {
      this.#heldByBridge = false;
      this.#end(event.ending);
    } else {
      this.#options.sinks.onEvent(event);
      if (event.type === 'joined') this.#joined();
    }
  }

  #lose(message: string): void {
    this.#end({ error: new VoiceBridgeError('connection_lost', message), redial: true });
  }

  #end(ending: BridgeEnding): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort(ending.error);
    this.close();
    this.#options.sinks.onEnded(ending);
  }
}
