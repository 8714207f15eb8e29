import { type ClientControlMessage, CONTROL_CHANNEL_LABEL, parseServerControl } from '@voice-bridge/core';
import { createMediaConnection, type InboundAudio, type MediaChannel } from '@voice-bridge/media-node';
import { realClock } from 'e2e/integration/support/real-clock.ts';
import { monotonicMs } from './monotonic.ts';
import { PACKET_MS, ROUND } from './numbered-speech.ts';
import { Numbers } from './numbers.ts';
import { offerToBridge } from './offer-to-bridge.ts';

const SEQUENCE_NUMBERS = 65_536;
const SAMPLES_PER_PACKET = 960;

/** What a talker got from the other side, by RTP number. */
export interface Received {
  readonly packets: number;
  /** Numbers that were left out between the first and the last. */
  readonly lost: number;
  readonly repeated: number;
  /** By how much packets came later than 20 ms behind the one before, where both belong to one answer, in ms. */
  readonly gapsMs: readonly number[];
}

/** One person: sends the packets of a round again and again, a packet every 20 ms, and notes what it gets. */
export class Talker {
  /** When each packet was handed to the kernel, from number 0, in ms. */
  readonly sentAt: Numbers;
  /** How late each was, in ms. */
  readonly lateness: Numbers;
  readonly #round: readonly Uint8Array[];
  readonly #sequenceNumbers: Numbers;
  readonly #timestamps: Numbers;
  readonly #arrivedAt: Numbers;
  #channel: MediaChannel | undefined;
  #joined: () => void = () => {};
  readonly #connection = createMediaConnection({
    clock: realClock,
    channels: [CONTROL_CHANNEL_LABEL],
    dialCandidates: true,
    additionalHostAddresses: ['127.0.0.1'],
    onAudio: (packet) => this.#take(packet),
  });

  /** `round` is what it says again and again, for at most so many seconds. */
  constructor(round: readonly Uint8Array[], seconds: number) {
    this.#round = round;
    const room = () => new Numbers((seconds * 1_000) / PACKET_MS);
    this.sentAt = room();
    this.lateness = room();
    this.#sequenceNumbers = room();
    this.#timestamps = room();
    this.#arrivedAt = room();
    this.#connection.on('channel', (channel) => {
      this.#channel = channel;
      channel.receive((message) => this.#told(String(message)));
    });
  }

  /** Joins a conversation at a bridge, beside whoever is there; resolves when it was let in. */
  async joinBridge(url: string, conversationId: string): Promise<void> {
    const joined = new Promise<void>((resolve) => {
      this.#joined = resolve;
    });
    const offer = await this.#connection.createOffer();
    const answer = await offerToBridge(url, conversationId, offer);
    await this.#connection.acceptAnswer(answer);
    await joined;
  }

  /** Calls a model directly, without a bridge. */
  async callModel(url: string): Promise<void> {
    const headers = { authorization: 'Bearer bench', 'content-type': 'application/sdp' };
    const body = await this.#connection.createOffer();
    const answer = await fetch(`${url}/realtime/calls`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`The call was answered with ${answer.status}`);
    await this.#connection.acceptAnswer(await answer.text());
    await this.#connection.whenConnected();
  }

  /** Says the next packet, which was due at `due` (ms). */
  say(due: number): void {
    const number = this.sentAt.length;
    const now = monotonicMs();
    this.sentAt.push(now);
    this.lateness.push(now - due);
    this.#connection.sendAudio({
      sequenceNumber: number % SEQUENCE_NUMBERS,
      timestamp: (number * SAMPLES_PER_PACKET) % 2 ** 32,
      marker: number === 0,
      payload: this.#round[number % ROUND] ?? new Uint8Array(),
    });
  }

  /** Asks the assistant for an answer. */
  ask(): void {
    this.#send({ type: 'text', text: 'and now?' });
  }

  /** What came so far. */
  received(): Received {
    const numbers = unwrapped(this.#sequenceNumbers.all());
    const [timestamps, arrivedAt] = [this.#timestamps.all(), this.#arrivedAt.all()];
    const distinct = new Set(numbers).size;
    const span = numbers.length === 0 ? 0 : numbers.reduce((most, each) => Math.max(most, each), 0) + 1;
    return {
      packets: distinct,
      lost: span - distinct,
      repeated: numbers.length - distinct,
      gapsMs: arrivedAt.flatMap((at, n) => {
        const isNext = (timestamps[n] ?? 0) - (timestamps[n - 1] ?? 0) === SAMPLES_PER_PACKET;
        return n > 0 && isNext ? [Math.max(0, at - (arrivedAt[n - 1] ?? at) - PACKET_MS)] : [];
      }),
    };
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #take({ sequenceNumber, timestamp }: InboundAudio): void {
    this.#sequenceNumbers.push(sequenceNumber);
    this.#timestamps.push(timestamp);
    this.#arrivedAt.push(monotonicMs());
  }

  #told(text: string): void {
    const parsed = parseServerControl(text);
    if (!parsed.ok) return;
    if (parsed.value.type === 'ping') this.#send({ type: 'pong', id: parsed.value.id });
    else if (parsed.value.type === 'joined') this.#joined();
  }

  #send(message: ClientControlMessage): void {
    this.#channel?.send(JSON.stringify(message));
  }
}

/** Numbers that go round at 65,536, as numbers that do not, from 0 on. */
function unwrapped(numbers: readonly number[]): readonly number[] {
  let [at, last] = [0, numbers[0] ?? 0];
  return numbers.map((number) => {
    at += ((number - last) << 16) >> 16;
    last = number;
    return at;
  });
}
