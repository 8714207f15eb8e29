import {
  type DesktopMessage,
  type PhoneMessage,
  parsePhoneMessage,
  type SignalingEvent,
  type SignalingMessage,
  signalingPath,
} from '@voice-bridge/core';
import { loadBridge } from '../bridge/load-bridge.ts';
import { PhoneMicrophone, type PhoneMicrophoneOptions } from '../phone/microphone/phone-microphone.ts';
import type { TextLine } from '../phone/shared/signaling-host.ts';
import { settle } from './client-fixture.ts';
import { FakeTrack } from './fake-media.ts';
import type { FakePhoneConnection } from './fake-phone-connection.ts';
import { FakePhoneHost } from './fake-phone-host.ts';
import type { FakeSignalingWorld } from './fake-signaling-host.ts';
import { newestOf, openPlayedEnd } from './played-end.ts';

// Loading files takes real time, and the clock of these tests is virtual.
await Promise.all([loadBridge(), import('../voice-bridge-client.ts')]);

/** A desktop's end, as far as a phone sees it. */
export class FakeDesktop {
  /** What the phone said on the data channel. */
  readonly heard: PhoneMessage[] = [];
  /** What came by the signaling. */
  readonly signaled: SignalingEvent[] = [];
  readonly #host: FakePhoneHost;
  #line: TextLine | null = null;
  #end: FakePhoneConnection | null = null;
  #offers = 0;

  constructor(host: FakePhoneHost) {
    this.#host = host;
  }

  /** Comes to the signaling, and offers at once where a phone is there; by default to every phone that comes. */
  arrive(offers = true): void {
    this.#line = this.#host.openTextLine(signalingPath('kitchen', 'desktop'), ['voice-bridge.v1'], {
      onOpen: () => {},
      onClosed: () => {},
      onText: (text) => {
        const event: SignalingEvent = JSON.parse(text);
        this.signaled.push(event);
        if (event.type === 'peer' && event.state === 'joined' && offers) void this.offer();
        if (event.type === 'answer') void this.#end?.acceptAnswer(event.sdp);
      },
    });
  }

  /** Offers a new connection, or a new path for the one it has. */
  async offer(renew = false): Promise<void> {
    if (!renew || this.#end === null) {
      this.#offers++;
      this.#end = openPlayedEnd(this.#host.network, true, new FakeTrack('of the desktop'), (text) => {
        const parsed = parsePhoneMessage(text);
        if (!parsed.ok) throw new TypeError(`The desktop would refuse this: ${parsed.problem}`);
        this.heard.push(parsed.value);
      });
    }
    this.signal({ type: 'offer', sdp: await this.#end.createOffer(), connection_id: `c${this.#offers}` });
  }

  signal(message: SignalingMessage): void {
    this.#line?.send(JSON.stringify(message));
  }

  /** Says something on the data channel. */
  say(message: DesktopMessage): void {
    this.#end?.send(JSON.stringify(message));
  }

  /** What it heard of this type last. */
  last<Type extends PhoneMessage['type']>(type: Type) {
    return this.heard.findLast((message) => message.type === type);
  }

  /** Leaves the signaling, and nothing else. */
  leave(): void {
    this.#line?.close();
  }

  /** Closes its page. */
  die(): void {
    this.leave();
    this.#end?.close();
    this.#host.network.ends(false).at(-1)?.closeChannel();
  }
}

/** A real phone end on a fake phone, with a desktop that answers it. */
export function setUpPhone(options: PhoneMicrophoneOptions = {}, world: FakeSignalingWorld = {}) {
  const host = new FakePhoneHost(world);
  const phone = new PhoneMicrophone({ url: 'https://bridge.example', ...options }, host);
  const desktop = new FakeDesktop(host);
  /** The phone's newest connection. Throws when there is none yet. */
  const connection = () => newestOf(host.network.ends(false));
  /** The phone's newest sound. Throws when it has none yet. */
  const audio = () => newestOf(host.audios);
  const wait = async (ms: number) => {
    host.clock.advance(ms);
    await settle();
  };
  /** Lets the phone and its desktop find each other. */
  const connect = async () => {
    desktop.arrive();
    await phone.join({ token: 'secret' });
    await settle();
    return connection();
  };
  return { host, phone, desktop, connection, audio, wait, connect };
}
