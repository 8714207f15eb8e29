import type { VoiceBridgeError } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import type { ClientHost } from '../client-host.ts';
import type { RtcConnectionOptions } from '../rtc/rtc-connection.ts';
import { FakeAudioGraph, FakeSpeaker } from './fake-audio.ts';
import { FakeBridge } from './fake-bridge.ts';
import { FakeMicrophone } from './fake-microphone.ts';
import { FakePage } from './fake-page.ts';
import { FakeRtcConnection } from './fake-rtc-connection.ts';

/** A page without a browser: every port is a fake that a test can look at, on one virtual clock. */
export class FakeClientHost extends FakePage implements ClientHost {
  readonly clock = new ManualClock();
  readonly bridge = new FakeBridge();
  readonly microphone = new FakeMicrophone();
  /** What was opened so far, the newest last. */
  readonly connections: FakeRtcConnection[] = [];
  readonly graphs: FakeAudioGraph[] = [];
  readonly speakers: FakeSpeaker[] = [];
  readonly #frameListeners = new Set<() => void>();

  readonly fetch: ClientHost['fetch'] = (url, init) => this.bridge.fetch(url, init);

  readonly openRtc = (options: RtcConnectionOptions): FakeRtcConnection => {
    const connection = new FakeRtcConnection(options);
    this.connections.push(connection);
    return connection;
  };

  readonly openAudioGraph = (): FakeAudioGraph => {
    const graph = new FakeAudioGraph();
    this.graphs.push(graph);
    return graph;
  };

  readonly openSpeaker = (onBlocked: (error: VoiceBridgeError) => void): FakeSpeaker => {
    const speaker = new FakeSpeaker(onBlocked);
    this.speakers.push(speaker);
    return speaker;
  };

  readonly randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(7);

  readonly onFrame = (listener: () => void): (() => void) => {
    this.#frameListeners.add(listener);
    return () => this.#frameListeners.delete(listener);
  };

  /** Paints one frame. */
  paint(): void {
    for (const listener of this.#frameListeners) listener();
  }

  override leftovers(): string[] {
    return [
      ...super.leftovers(),
      ...this.connections.filter((each) => !each.closed).map(() => 'connection'),
      ...this.graphs.filter((each) => !each.closed).map(() => 'audio graph'),
      ...this.speakers.filter((each) => !each.closed).map(() => 'speaker'),
      ...this.microphone.tracks.filter((each) => each.readyState === 'live').map((each) => each.label),
      ...Array.from({ length: this.microphone.watchers }, () => 'device listener'),
      ...Array.from({ length: this.#frameListeners.size }, () => 'frame listener'),
      ...Array.from({ length: this.clock.pending }, () => 'timer'),
      ...Array.from({ length: this.bridge.hanging }, () => 'request'),
    ];
  }
}
