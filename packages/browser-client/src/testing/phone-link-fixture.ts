import {
  type DesktopMessage,
  type PhoneId,
  type PhoneMessage,
  parseDesktopMessage,
  parseSignalingEvent,
} from '@voice-bridge/core';
import { PhoneLink, type PhoneLinkOptions } from '../phone/link/phone-link.ts';
import type { TextLine } from '../phone/shared/signaling-host.ts';
import { settle, setUpClient } from './client-fixture.ts';
import { FakeLinkHost } from './fake-link-host.ts';
import { FakeTrack } from './fake-media.ts';
import type { FakePhoneConnection } from './fake-phone-connection.ts';
import type { FakeSignalingWorld } from './fake-signaling-host.ts';
import { newestOf, openPlayedEnd } from './played-end.ts';

/** A phone as a test plays it: answers every offer, and remembers what it is told. */
export class ScriptedPhone {
  readonly told: DesktopMessage[] = [];
  /** The names of the connections it was offered. */
  readonly offered: (string | undefined)[] = [];
  readonly connections: FakePhoneConnection[] = [];
  /** Whether it answers offers. */
  answers = true;
  /** Whether it answers pings. */
  alive = true;
  readonly #host: FakeLinkHost;
  readonly #peerId: PhoneId;
  #line: TextLine | null = null;

  constructor(host: FakeLinkHost, peerId: PhoneId) {
    this.#host = host;
    this.#peerId = peerId;
  }

  /** Comes to the signaling, for the first time or again. */
  async come(): Promise<void> {
    this.#line = this.#host.signaling.openTextLine(`/kitchen/${this.#peerId}`, ['voice-bridge.v1'], {
      onOpen: () => {},
      onText: (text) => this.#heard(text),
      onClosed: () => {},
    });
    await settle();
  }

  /** Leaves the signaling; what is connected stays so. */
  async go(): Promise<void> {
    this.#line?.close();
    await settle();
  }

  /** Says something on the data channel. */
  async say(message: PhoneMessage): Promise<void> {
    this.connections.at(-1)?.send(JSON.stringify(message));
    await settle();
  }

  /** Everything it was told of one type. */
  heard<Type extends DesktopMessage['type']>(type: Type): Extract<DesktopMessage, { type: Type }>[] {
    return this.told.filter((each): each is Extract<DesktopMessage, { type: Type }> => each.type === type);
  }

  #heard(text: string): void {
    const parsed = parseSignalingEvent(text);
    if (!parsed.ok || parsed.value.type !== 'offer') return;
    const { sdp, connection_id } = parsed.value;
    const renews = this.offered.at(-1) === connection_id;
    this.offered.push(connection_id);
    if (!this.answers) return;
    const connection = (renews ? this.connections.at(-1) : undefined) ?? this.#open();
    void connection.acceptOffer(sdp).then((answer) => {
      this.#line?.send(JSON.stringify({ type: 'answer', sdp: answer, connection_id }));
    });
  }

  #open(): FakePhoneConnection {
    const connection = openPlayedEnd(this.#host.network, false, new FakeTrack(this.#peerId), (text) => {
      const parsed = parseDesktopMessage(text);
      if (!parsed.ok) throw new TypeError(`No phone would understand this: ${parsed.problem}`);
      this.told.push(parsed.value);
      if (this.alive && parsed.value.type === 'ping') {
        connection.send(JSON.stringify({ type: 'pong', id: parsed.value.id }));
      }
    });
    this.connections.push(connection);
    return connection;
  }
}

/** A real client in a session, and a real link on a fake page whose mix runs. */
export async function setUpLink(
  options: Partial<PhoneLinkOptions> = {},
  world: Omit<FakeSignalingWorld, 'fetch'> = {},
) {
  const clientSide = setUpClient();
  const bridge = await clientSide.connect();
  const host = new FakeLinkHost(world);
  const link = new PhoneLink({ client: clientSide.client, ...options }, host);
  const warnings: string[] = [];
  link.on('warning', (error) => warnings.push(error.code));
  /** Opens the link, and lets the mix run. */
  const open = async () => {
    const opening = link.open();
    host.mixers.at(-1)?.run();
    await opening;
  };
  const phone = (peerId: PhoneId = 'mobile') => new ScriptedPhone(host, peerId);
  /** What is shown of a phone. Throws when it is not shown. */
  const view = (peerId: PhoneId = 'mobile') => {
    const found = link.getSnapshot().phones.find((each) => each.peerId === peerId);
    if (found === undefined) throw new TypeError(`${peerId} is not shown`);
    return found;
  };
  /** Lets time pass, and everything that is ready go on. */
  const pass = async (ms: number) => {
    for (let rest = ms; rest > 0; rest -= 500) {
      host.clock.advance(Math.min(500, rest));
      await settle();
    }
  };
  const mixer = () => newestOf(host.mixers);
  return { ...clientSide, bridge, page: clientSide.host, host, link, warnings, open, phone, view, pass, mixer };
}
