import { levelOf, type ParticipantRole, PCM_RATE_HZ, PcmBuffer } from '@voice-bridge/core';
import type { InboundAudio, OpusCodec } from '@voice-bridge/media-node';
import { OpusSource } from './opus-source.ts';
import { maySpeak, type ParticipantAudio } from './plan-audio.ts';

/** RFC 6464 levels, 0 to 127, as linear ones. */
const LINEAR = Float64Array.from({ length: 128 }, (_, level) => (level === 127 ? 0 : 10 ** (-level / 20)));
/** Loudness falls by this much per frame, about 22 dB a second, so that a word does not lose its place in its own pauses. */
const FALL = 0.95;

/** What one participant says, and how loud. */
export class Speaker implements ParticipantAudio {
  readonly id: string;
  readonly format: 'opus' | 'pcm';
  role: ParticipantRole = 'speaker';
  muted = false;
  gain = 1;
  heardAt = Number.NEGATIVE_INFINITY;
  /** Whether the plan counts it among those who speak. */
  isPresent = false;
  /** The frame that is being mixed; undefined in a pause. */
  frame: Int16Array | undefined;
  /** The gain at the end of the frame before. */
  reachedGain = 1;
  /** How loud it has been lately, as others hear it. */
  loudness = 0;
  /** How loud it was at most in the time before the last `measure`, 0 to 1; 0 when nobody is to hear it. */
  level = 0;
  #source: OpusSource | PcmBuffer | undefined;
  #saysHowLoud = false;
  #loudest = 0;

  constructor(id: string, format: 'opus' | 'pcm') {
    this.id = id;
    this.format = format;
  }

  /** Whether it was not heard for a while, and is to be heard again. */
  get arrives(): boolean {
    return !this.isPresent && maySpeak(this);
  }

  /** Whether its audio becomes frames. */
  get isDecoded(): boolean {
    return this.#source !== undefined;
  }

  /** Its packets, while they are decoded. */
  get packets(): OpusSource | undefined {
    return this.#source instanceof OpusSource ? this.#source : undefined;
  }

  /** Whether anything says how loud it is. */
  get isMeasured(): boolean {
    return this.#saysHowLoud || this.isDecoded;
  }

  /** Its audio becomes frames from now on. */
  decode(createDecoder: OpusCodec['createDecoder']): void {
    if (this.#source !== undefined) return;
    this.#source = this.format === 'opus' ? new OpusSource(createDecoder(PCM_RATE_HZ)) : new PcmBuffer();
    this.reachedGain = this.gain;
  }

  /** Frees what decodes it. */
  free(): void {
    if (this.#source instanceof OpusSource) this.#source.close();
    this.#source = undefined;
    this.frame = undefined;
    this.loudness = 0;
  }

  /** Takes one packet. */
  pushPacket(packet: InboundAudio, now: number): void {
    this.heardAt = now;
    if (this.#source instanceof OpusSource) this.#source.push(packet, now);
    if (packet.audioLevel === undefined) return;
    this.#saysHowLoud = true;
    this.#measured(LINEAR[packet.audioLevel] ?? 0);
  }

  /** Takes PCM. */
  pushPcm(samples: Int16Array, now: number): void {
    this.heardAt = now;
    if (this.#source instanceof PcmBuffer) this.#source.push(samples, now);
  }

  /** Makes the frame to play at `now`. */
  pull(now: number): void {
    this.frame = this.#source?.pull(now);
    const level = this.frame === undefined ? 0 : levelOf(this.frame).rms;
    this.loudness = Math.max(level * this.gain, this.loudness * FALL);
    if (!this.#saysHowLoud) this.#measured(level);
  }

  /** Sets `level`. */
  measure(): void {
    this.level = this.isPresent ? this.#loudest : 0;
    this.#loudest = 0;
  }

  #measured(level: number): void {
    if (level > this.#loudest) this.#loudest = level;
  }
}
