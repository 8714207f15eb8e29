import { AudioPath } from '@voice-bridge/bridge-node/testing';
import { type CancelTimer, type Clock, frameSamples, Mixer, PCM_RATE_HZ } from '@voice-bridge/core';
import { OPUS_SILENCE, type OpusCodec } from '@voice-bridge/media-node';
import { type Figure, quantile } from '../support/report.ts';
import type { Operation } from './measure.ts';

const FRAME_MS = 20;
const ROUNDS = 15;
const TICKS = 400;
const WARM_UP_ROUNDS = 3;
const TIMES = 200;
const PACKETS = 5_000;

const nullPacket = new Uint8Array(80).fill(0xf8);
const sound = toneFrame(300);
/** A codec that costs nothing. */
const nullCodec: OpusCodec = {
  createEncoder: ({ sampleRateHz }) => ({
    sampleRateHz,
    encode: () => nullPacket,
    setComplexity: () => {},
    close: () => {},
  }),
  createDecoder: (sampleRateHz) => ({
    sampleRateHz,
    decode: () => sound,
    decodeLost: () => sound,
    conceal: () => sound,
    close: () => {},
  }),
};

/** A tick of the mixer with everything but the codec: jitter buffers, levels, who is mixed, and one mix for each that speaks, one for all others and one for the model. */
export function mixingFigures(): Figure[] {
  return [tickFigure(6, 100), tickFigure(32, 300)];
}

/** The sum alone: every speaker mixed, and everybody's own mix. */
export function mixingOperations(): Operation[] {
  return [6, 32].map((speakers) => {
    const mixer = new Mixer(frameSamples(PCM_RATE_HZ));
    const frames = Array.from({ length: speakers }, (_, n) => toneFrame(200 + 50 * n));
    const mixed = new Int16Array(frameSamples(PCM_RATE_HZ));
    return {
      name: `mix-minus of ${speakers}, 20 ms at ${PCM_RATE_HZ} Hz`,
      times: TIMES,
      run: () => {
        for (let n = 0; n < TIMES; n++) {
          mixer.clear();
          for (const frame of frames) mixer.add(frame, 1, 1);
          for (let own = 0; own < speakers; own++) mixer.mixWithout(own, mixed);
        }
      },
    };
  });
}

/** What one packet costs on its way through a session in which only its sender speaks. */
export function forwardingThroughSession(): Operation {
  let now = 0;
  let left = 0;
  const path = new AudioPath({
    clock: { now: () => now, after: () => () => {} },
    createRtpStart: () => ({ sequenceNumber: 1, timestamp: 1 }),
    createOpusEncoder: nullCodec.createEncoder,
    createOpusDecoder: nullCodec.createDecoder,
    hearEachOther: false,
    toModel: () => left++,
    onLevels: () => {},
  });
  path.start();
  path.add('speaker', { format: 'opus', send: () => {} });
  const packet = { ssrc: 5, sequenceNumber: 0, timestamp: 0, marker: false, payload: nullPacket, audioLevel: 40 };
  let sequence = 0;
  return {
    name: 'one packet through a session with one speaker',
    times: PACKETS,
    run: () => {
      left = 0;
      for (let n = 0; n < PACKETS; n++, sequence++, now += FRAME_MS) {
        packet.sequenceNumber = sequence & 0xffff;
        packet.timestamp = (sequence * 960) % 2 ** 32;
        path.pushPacket('speaker', packet);
      }
      if (left < PACKETS) throw new Error(`Only ${left} of ${PACKETS} packets were forwarded`);
    },
    limitUs: 2,
    limitHeapBytes: 96,
  };
}

function tickFigure(speakers: number, limitUs: number): Figure {
  const session = mixingSession(speakers);
  const p99s: number[] = [];
  const all: number[] = [];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    const ticks = Array.from({ length: TICKS }, session.tick);
    if (round < 0) continue;
    p99s.push(quantile(ticks, 0.99));
    all.push(...ticks);
  }
  session.close();
  return {
    name: `tick of a session of ${speakers} who all speak and hear each other, without the codec: p99`,
    unit: 'us',
    values: p99s,
    required: `p99 of all ticks <= ${limitUs} us (it is ${quantile(all, 0.99).toFixed(0)})`,
    kept: quantile(all, 0.99) <= limitUs,
  };
}

/** Everybody sends a packet every 20 ms; `tick` gives how long the mixer took for the frame, in us. */
function mixingSession(speakers: number): { readonly tick: () => number; readonly close: () => void } {
  const clock = new BenchClock();
  let mixed = 0;
  const path = new AudioPath({
    clock,
    createRtpStart: () => ({ sequenceNumber: 1, timestamp: 1 }),
    createOpusEncoder: nullCodec.createEncoder,
    createOpusDecoder: nullCodec.createDecoder,
    hearEachOther: true,
    toModel: ({ payload }) => {
      if (payload !== OPUS_SILENCE) mixed++;
    },
    onLevels: () => {},
  });
  path.start();
  const ids = Array.from({ length: speakers }, (_, n) => `speaker ${n}`);
  for (const id of ids) path.add(id, { format: 'opus', send: () => {} });
  let index = 0;
  const tick = () => {
    for (const [ssrc, id] of ids.entries()) {
      const numbers = { ssrc, sequenceNumber: index & 0xffff, timestamp: (index * 960) % 2 ** 32 };
      path.pushPacket(id, { ...numbers, marker: false, payload: nullPacket });
    }
    index++;
    const before = mixed;
    const tookUs = clock.advance(FRAME_MS);
    if (index > 10 && mixed !== before + 1) throw new Error('A tick did not mix exactly one frame');
    return tookUs;
  };
  return { tick, close: () => path.close() };
}

/** Time that moves when it is told, and says how long the timers it ran took. */
class BenchClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ readonly dueAt: number; readonly task: () => void }>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): CancelTimer {
    const timer = { dueAt: this.#now + Math.max(0, delayMs), task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass, and gives how long everything due took, in us. */
  advance(ms: number): number {
    this.#now += ms;
    let tookMs = 0;
    for (const timer of [...this.#timers].filter(({ dueAt }) => dueAt <= this.#now)) {
      if (!this.#timers.delete(timer)) continue;
      const startedAt = performance.now();
      timer.task();
      tookMs += performance.now() - startedAt;
    }
    return tookMs * 1_000;
  }
}

function toneFrame(hz: number): Int16Array {
  return Int16Array.from({ length: frameSamples(PCM_RATE_HZ) }, (_, index) => {
    return 3_000 * Math.sin((2 * Math.PI * hz * index) / PCM_RATE_HZ);
  });
}
