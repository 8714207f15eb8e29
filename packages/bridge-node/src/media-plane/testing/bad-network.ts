import { ManualClock, seededRandom } from '@voice-bridge/core/testing';
import type { OpusCodec, OpusDecoder, OutboundAudio } from '@voice-bridge/media-node';
import { type Impairment, LossyLink } from '@voice-bridge/media-node/testing';
import { AudioPath } from '../audio-path/audio-path.ts';

/** How six people talk over bad lines. */
export interface BadNetworkOptions {
  readonly minutes: number;
  readonly codec: OpusCodec;
  /** Packet `index` of speaker 0 to 5, 20 ms. */
  readonly packetOf: (speaker: number, index: number) => Uint8Array;
  readonly toModel?: (packet: OutboundAudio) => void;
  /** How bad each line is; default: 5 % are lost, the others come up to 60 ms late and in order. */
  readonly line?: Impairment;
}

/** What came of it. */
export interface BadNetworkResult {
  readonly sent: number;
  readonly lost: number;
  /** Packets that arrived behind a later one of the same speaker. */
  readonly overtaken: number;
  /** Packets that were decoded. */
  readonly decoded: number;
  /** Packets that were decoded behind a later one of the same speaker. */
  readonly outOfOrder: number;
  /** Frames of 20 ms that were concealed, or rebuilt from the packet behind. */
  readonly madeUp: number;
  readonly mixed: number;
  /** The longest time any packet took from its sender into the mix, for each minute, in ms. */
  readonly longestDelays: readonly number[];
}

/** Sender clocks that are off by this much, in ppm. */
const CLOCKS = [-300, -180, -60, 60, 180, 300];
const LINE = { lossRate: 0.05, delayMs: 20, jitterMs: 60 };

/** Six people who talk all the time, each with a clock of its own, over bad lines: in virtual time. */
export function talkOverBadNetwork({
  minutes,
  codec,
  packetOf,
  toModel = () => {},
  line = LINE,
}: BadNetworkOptions): BadNetworkResult {
  const clock = new ManualClock();
  const watch = new DelayWatch(clock);
  const end = minutes * 60_000;
  let mixed = 0;
  const path = new AudioPath({
    clock,
    createRtpStart: () => ({ sequenceNumber: 1, timestamp: 1 }),
    createOpusEncoder: codec.createEncoder,
    createOpusDecoder: (sampleRateHz) => watch.watch(codec.createDecoder(sampleRateHz)),
    hearEachOther: false,
    toModel: (packet) => {
      mixed++;
      toModel(packet);
    },
    onLevels: () => {},
  });
  path.start();
  let [sent, lost, overtaken] = [0, 0, 0];
  for (const [speaker, ppm] of CLOCKS.entries()) {
    const id = `speaker ${speaker}`;
    path.add(id, { format: 'opus', send: () => {} });
    let latest = 0;
    const link = new LossyLink<{ readonly index: number; readonly payload: Uint8Array }>({
      clock,
      random: seededRandom(speaker + 1),
      impairment: line,
      deliver: ({ index, payload }) => {
        lost--;
        if (index < latest) overtaken++;
        latest = Math.max(latest, index);
        const packet = { ssrc: speaker, sequenceNumber: index & 0xffff, timestamp: (index * 960) % 2 ** 32 };
        path.pushPacket(id, { ...packet, marker: false, payload });
      },
    });
    const periodMs = 20 * (1 - ppm / 1e6);
    const send = (index: number) => {
      const payload = packetOf(speaker, index);
      watch.sent(payload);
      sent++;
      lost++;
      link.send({ index, payload });
      const next = (index + 1) * periodMs;
      if (next < end) clock.after(next - clock.now(), () => send(index + 1));
    };
    send(0);
  }
  clock.advance(end + 1_000);
  path.close();
  return { sent, lost, overtaken, mixed, ...watch.result() };
}

/** Knows when each packet was sent, by its bytes, whether they are decoded in that order, and how much had to be made up. */
class DelayWatch {
  readonly #clock: ManualClock;
  readonly #sentAt = new Map<string, number>();
  readonly #longest: number[] = [];
  #decoded = 0;
  #outOfOrder = 0;
  #madeUpMs = 0;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  sent(payload: Uint8Array): void {
    this.#sentAt.set(keyOf(payload), this.#clock.now());
  }

  watch(decoder: OpusDecoder): OpusDecoder {
    let latest = Number.NEGATIVE_INFINITY;
    return {
      sampleRateHz: decoder.sampleRateHz,
      decode: (packet) => {
        const sentAt = this.#arrived(packet);
        this.#decoded++;
        if (sentAt < latest) this.#outOfOrder++;
        latest = Math.max(latest, sentAt);
        return decoder.decode(packet);
      },
      decodeLost: (next, durationMs) => {
        this.#madeUpMs += durationMs;
        return decoder.decodeLost(next, durationMs);
      },
      conceal: (durationMs) => {
        this.#madeUpMs += durationMs;
        return decoder.conceal(durationMs);
      },
      close: () => decoder.close(),
    };
  }

  result() {
    return {
      decoded: this.#decoded,
      outOfOrder: this.#outOfOrder,
      madeUp: this.#madeUpMs / 20,
      longestDelays: this.#longest,
    };
  }

  /** When it was sent. */
  #arrived(packet: Uint8Array): number {
    const now = this.#clock.now();
    const minute = Math.floor(now / 60_000);
    const sentAt = this.#sentAt.get(keyOf(packet)) ?? Number.NEGATIVE_INFINITY;
    this.#sentAt.delete(keyOf(packet));
    this.#longest[minute] = Math.max(this.#longest[minute] ?? 0, now - sentAt);
    return sentAt;
  }
}

function keyOf(payload: Uint8Array): string {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('latin1');
}
