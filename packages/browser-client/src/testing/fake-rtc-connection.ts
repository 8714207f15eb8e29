import {
  type ClientControlMessage,
  type IceServer,
  parseClientControl,
  type ServerControlMessage,
  VoiceBridgeError,
} from '@voice-bridge/core';
import type { RtcConnection, RtcConnectionOptions, RtcConnectionState } from '../rtc/rtc-connection.ts';
import { FakeStream, FakeTrack } from './fake-media.ts';

/** What {@link FakeRtcConnection} refuses as an answer. */
export const BAD_ANSWER = 'not an answer';

/** A connection whose other side is played by a test. */
export class FakeRtcConnection implements RtcConnection {
  readonly iceServers: readonly IceServer[];
  /** Tracks sent, the first one first. */
  readonly tracks: MediaStreamTrack[];
  /** What the client said on the control channel. */
  readonly heard: ClientControlMessage[] = [];
  answer: string | null = null;
  closed = false;
  #channelOpen = false;
  #report: ReadonlyMap<string, object> = new Map();
  readonly #options: RtcConnectionOptions;

  constructor(options: RtcConnectionOptions) {
    this.#options = options;
    this.iceServers = options.iceServers;
    this.tracks = [options.track];
  }

  async createOffer(): Promise<string> {
    return 'offer of the fake';
  }

  async acceptAnswer(sdp: string): Promise<void> {
    if (sdp === BAD_ANSWER) throw new VoiceBridgeError('invalid_offer', 'The fake did not take the answer');
    this.answer = sdp;
  }

  async setTrack(track: MediaStreamTrack): Promise<void> {
    if (this.tracks.at(-1) !== track) this.tracks.push(track);
  }

  send(text: string): boolean {
    if (!this.#channelOpen) return false;
    const parsed = parseClientControl(text);
    if (!parsed.ok) throw new TypeError(`The bridge would refuse this: ${parsed.problem}`);
    this.heard.push(parsed.value);
    return true;
  }

  async stats(): Promise<ReadonlyMap<string, object>> {
    return this.#report;
  }

  close(): void {
    this.closed = true;
    this.#channelOpen = false;
  }

  /** Connects both ways and lets the client in. */
  join(fields: Partial<Extract<ServerControlMessage, { type: 'joined' }>> = {}): void {
    this.changeState('connected');
    if (!this.closed) this.#options.sinks.onRemoteStream(new FakeStream(new FakeTrack('assistant')));
    this.#channelOpen = !this.closed;
    this.say({
      type: 'joined',
      protocol_version: 1,
      session_id: 'ses_1',
      participant_id: 'par_1',
      conversation_id: 'kitchen',
      assistant: 'idle',
      transcript: [],
      ...fields,
    });
  }

  /** Says something as the bridge. */
  say(message: ServerControlMessage): void {
    this.sayText(JSON.stringify(message));
  }

  /** Says any text as the bridge. */
  sayText(text: string): void {
    if (!this.closed) this.#options.sinks.onControl(text);
  }

  /** Counts this of the path and of what comes in (W3C Identifiers for WebRTC's Statistics). */
  measure(pair: object, inbound: object): void {
    this.#report = new Map([
      ['pair', { type: 'candidate-pair', selected: true, ...pair }],
      ['inbound', { type: 'inbound-rtp', kind: 'audio', ...inbound }],
    ]);
  }

  changeState(state: RtcConnectionState): void {
    if (!this.closed) this.#options.sinks.onStateChanged(state);
  }

  /** Closes the control channel from the other side. */
  closeControl(): void {
    this.#channelOpen = false;
    if (!this.closed) this.#options.sinks.onControlClosed();
  }
}
