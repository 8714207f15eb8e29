import { CONTROL_CHANNEL_LABEL, VoiceBridgeError } from '@voice-bridge/core';
import { type BrowserPeer, openBrowserPeer } from './browser-peer.ts';
import type { RtcConnection, RtcConnectionOptions } from './rtc-connection.ts';

/** Opens a connection of this browser (W3C WebRTC). */
export function openBrowserRtcConnection(options: RtcConnectionOptions): RtcConnection {
  return new BrowserRtcConnection(options);
}

class BrowserRtcConnection implements RtcConnection {
  readonly #peer: BrowserPeer;
  readonly #control: RTCDataChannel;
  readonly #sender: RTCRtpSender;
  readonly #changeAnswer: RtcConnectionOptions['changeAnswer'];
  readonly #listeners = new AbortController();

  constructor({ iceServers, track, changeAnswer, sinks }: RtcConnectionOptions) {
    this.#changeAnswer = changeAnswer;
    this.#peer = openBrowserPeer(iceServers);
    this.#control = this.#peer.createDataChannel(CONTROL_CHANNEL_LABEL);
    this.#sender = this.#peer.addTransceiver(track, { direction: 'sendrecv' }).sender;
    const until = { signal: this.#listeners.signal };
    this.#peer.addEventListener('connectionstatechange', () => sinks.onStateChanged(this.#peer.connectionState), until);
    this.#peer.addEventListener(
      'track',
      (event) => sinks.onRemoteStream(event.streams[0] ?? new MediaStream([event.track])),
      until,
    );
    this.#control.addEventListener(
      'message',
      (event: MessageEvent<unknown>) => {
        if (typeof event.data === 'string') sinks.onControl(event.data);
      },
      until,
    );
    this.#control.addEventListener('close', () => sinks.onControlClosed(), until);
  }

  async createOffer(): Promise<string> {
    await this.#peer.setLocalDescription();
    return this.#peer.localDescription?.sdp ?? '';
  }

  async acceptAnswer(sdp: string): Promise<void> {
    try {
      await this.#peer.setRemoteDescription({ type: 'answer', sdp: this.#changeAnswer?.(sdp) ?? sdp });
    } catch (cause) {
      throw new VoiceBridgeError('invalid_offer', "The browser did not take the bridge's answer", { cause });
    }
  }

  async setTrack(track: MediaStreamTrack): Promise<void> {
    if (this.#listeners.signal.aborted) return;
    await this.#sender.replaceTrack(track);
  }

  send(text: string): boolean {
    if (this.#control.readyState !== 'open') return false;
    this.#control.send(text);
    return true;
  }

  stats(): Promise<RTCStatsReport> {
    return this.#peer.getStats();
  }

  close(): void {
    this.#listeners.abort();
    this.#peer.close();
  }
}
