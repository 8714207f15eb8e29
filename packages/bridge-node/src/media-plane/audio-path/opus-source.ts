import { frameSamples, JitterBuffer, levelOf, PCM_RATE_HZ, type Playout } from '@voice-bridge/core';
import { type InboundAudio, type OpusDecoder, opusPacketDuration } from '@voice-bridge/media-node';

const FRAME = frameSamples(PCM_RATE_HZ);
/** RTP timestamp units per ms, and samples at 24 kHz. */
const UNITS_PER_MS = 48;
const SAMPLES_PER_MS = PCM_RATE_HZ / 1_000;
/** The longest packet and what may be left of the one before, in ms. */
const MOST_DECODED_MS = 140;
const MAX_CONCEALED_MS = 120;
/** A source begins this long after its first packet, in ms: a line that turns to the mix must not fall silent for longer than 60 ms. Jitter makes it more. */
const MIN_DEPTH_MS = 20;
/** Below this root mean square of full scale, about -50 dB, nobody hears that something was left out. */
const QUIET = 0.003;
/** Opus conceals in steps of this, in ms. */
const CONCEAL_STEP_MS = 2.5;

/** A sequence of Opus packets as steady frames of 20 ms, 24 kHz mono: reordered, late and lost ones included. */
export class OpusSource {
  readonly #decoder: OpusDecoder;
  readonly #jitter = new JitterBuffer<InboundAudio>({ minDepthMs: MIN_DEPTH_MS });
  readonly #frame = new Int16Array(FRAME);
  readonly #decoded = new Int16Array(MOST_DECODED_MS * SAMPLES_PER_MS);
  #decodedLength = 0;
  #isPaused = true;
  #ssrc: number | undefined;
  /** The packet that was played last; undefined until one was. */
  #played: number | undefined;

  /** Owns the decoder, which gives 24 kHz. */
  constructor(decoder: OpusDecoder) {
    this.#decoder = decoder;
  }

  /** Takes one packet that arrived at `now` (ms), and copies it; drops what is no Opus packet. */
  push(packet: InboundAudio, now: number): void {
    const duration = opusPacketDuration(packet.payload);
    if (duration === undefined) return;
    if (packet.ssrc !== this.#ssrc) this.reset();
    this.#ssrc = packet.ssrc;
    const { sequenceNumber, timestamp } = packet;
    const payload = { ...packet, payload: packet.payload.slice() };
    this.#jitter.push({ sequenceNumber, timestamp, duration, payload }, now);
  }

  /** The frame to play at `now` (ms), valid until the next call; undefined in a pause. */
  pull(now: number): Int16Array | undefined {
    while (this.#decodedLength < FRAME) {
      const playout = this.#jitter.pull(now);
      this.#isPaused = playout.type === 'silence';
      if (this.#isPaused && this.#decodedLength === 0) return undefined;
      const sound = this.#soundOf(playout);
      if (playout.type === 'packet' && this.#jitter.hasSpare && levelOf(sound).rms < QUIET) this.#jitter.leftOut(now);
      else this.#append(sound);
    }
    this.#frame.set(this.#decoded.subarray(0, FRAME));
    this.#decoded.copyWithin(0, FRAME, this.#decodedLength);
    this.#decodedLength -= FRAME;
    return this.#frame;
  }

  /** Whether a packet behind this one, or of another sequence, has been played. */
  hasPlayedBeyond(ssrc: number, sequenceNumber: number): boolean {
    if (this.#played === undefined) return false;
    return ssrc !== this.#ssrc || ((this.#played - sequenceNumber) << 16) >> 16 > 0;
  }

  /** Whether nothing of it sounds, and nothing is missing. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Whether less than a frame is left of the packets that were played. */
  get isBetweenPackets(): boolean {
    return this.#decodedLength < FRAME;
  }

  /** Copies of the packets that were not played yet, in order. */
  held(): InboundAudio[] {
    return this.#jitter.held();
  }

  /** Forgets what is held. */
  reset(): void {
    this.#jitter.reset();
    this.#decodedLength = 0;
    this.#isPaused = true;
    this.#played = undefined;
  }

  /** Frees the decoder. */
  close(): void {
    this.#decoder.close();
  }

  #append(sound: Int16Array): void {
    const fitting = sound.subarray(0, this.#decoded.length - this.#decodedLength);
    this.#decoded.set(fitting, this.#decodedLength);
    this.#decodedLength += fitting.length;
  }

  #soundOf(playout: Playout<InboundAudio>): Int16Array {
    const durationMs = playout.duration / UNITS_PER_MS;
    switch (playout.type) {
      case 'packet':
        this.#played = playout.payload.sequenceNumber;
        return this.#attempt(() => this.#decoder.decode(playout.payload.payload), durationMs);
      case 'lost': {
        const { next } = playout;
        if (next === undefined) return this.#conceal(durationMs);
        return this.#attempt(() => this.#decoder.decodeLost(next.payload, concealable(durationMs)), durationMs);
      }
      case 'late':
        return this.#conceal(durationMs);
      case 'silence':
        return new Int16Array(Math.round(durationMs * SAMPLES_PER_MS));
    }
  }

  /** Bytes that look like Opus and are not are concealed. */
  #attempt(decode: () => Int16Array, durationMs: number): Int16Array {
    try {
      return decode();
    } catch (error) {
      if (error instanceof TypeError) return this.#conceal(durationMs);
      throw error;
    }
  }

  #conceal(durationMs: number): Int16Array {
    return this.#decoder.conceal(concealable(durationMs));
  }
}

/** The nearest length that can be concealed, in ms. */
function concealable(durationMs: number): number {
  const steps = Math.max(1, Math.round(durationMs / CONCEAL_STEP_MS));
  return Math.min(MAX_CONCEALED_MS, steps * CONCEAL_STEP_MS);
}
