import { type InboundAudio, type OpusDecoder, opusPacketDuration } from '@voice-bridge/media-node';
import { VAD_FRAME_SAMPLES, type VadEngine } from '../../engines/vad/vad-engine.ts';
import type { TurnSettings } from '../turn/call-settings.ts';
import { PacketOrder, type SoundStep } from './packet-order.ts';
import { HEARD_SAMPLES_PER_MS, SoundMemory } from './sound-memory.ts';
import {
  MAX_UTTERANCE_MS,
  silentSince,
  stepTurnDetection,
  type TurnDetectionEffect,
  type TurnDetectionState,
  VAD_FRAME_MS,
} from './step-turn-detection.ts';

const REMEMBERED_SECONDS = MAX_UTTERANCE_MS / 1_000 + 5;
const MAX_CONCEALED_MS = 60;
const TICKS_PER_MS = 48;
const FEC_MS = 20;
/** How much more sound than time a caller may send, in ms: a burst after a stall, not a flood. */
const MAX_AHEAD_MS = 2_000;

/** What a {@link SpeechInput} works with. */
export interface SpeechInputOptions {
  /** At 16 kHz; closed with the input. */
  readonly decoder: OpusDecoder;
  /** Closed with the input. */
  readonly vad: VadEngine;
  readonly onTurn: (effect: TurnDetectionEffect) => void;
}

/** One caller's audio: packets become one line of sound, remembered for a minute, in which turns are found. */
export class SpeechInput {
  readonly #options: SpeechInputOptions;
  readonly #order = new PacketOrder(packetMs);
  readonly #memory = new SoundMemory(REMEMBERED_SECONDS);
  #turns: TurnSettings = { name: 'manual' };
  #detection: TurnDetectionState = silentSince(0);
  #examinedMs = 0;
  #since: number | undefined;
  #receivedMs = 0;

  constructor(options: SpeechInputOptions) {
    this.#options = options;
  }

  /** How much audio was heard, in ms: the line on which turns are told. */
  get heardMs(): number {
    return this.#memory.lengthMs;
  }

  /** Takes one packet that came at `now`; drops what is no Opus packet, and floods. */
  push(packet: InboundAudio, now: number): void {
    this.#since ??= now;
    const durationMs = packetMs(packet.payload);
    if (durationMs === 0 || this.#receivedMs - (now - this.#since) > MAX_AHEAD_MS) return;
    this.#receivedMs += durationMs;
    this.#add(this.#order.push(packet, now));
  }

  /** Lets time pass, so that a turn also ends when packets stop. */
  tick(now: number): void {
    this.#add(this.#order.pull(now));
  }

  /** What was heard between two positions: mono PCM16 at 16 kHz. */
  read(startMs: number, endMs: number): Int16Array {
    return this.#memory.read(startMs, endMs);
  }

  /** Sets who decides about turns. */
  listen(turns: TurnSettings): void {
    this.#turns = turns;
  }

  /** Takes back a turn that is being heard. */
  forgetTurn(): void {
    this.#detection = silentSince(this.heardMs);
  }

  close(): void {
    this.#options.decoder.close();
    this.#options.vad.close();
  }

  #add(steps: readonly SoundStep[]): void {
    for (const step of steps) {
      for (const pcm of this.#sound(step)) this.#memory.append(pcm);
    }
    this.#examine();
  }

  #sound(step: SoundStep): Int16Array[] {
    const { decoder } = this.#options;
    switch (step.type) {
      case 'silence':
        return [new Int16Array(step.durationMs * HEARD_SAMPLES_PER_MS)];
      case 'packet':
        return [decodeOrConceal(decoder, step.payload)];
      case 'lost':
        return rebuild(decoder, step.durationMs, step.next);
    }
  }

  #examine(): void {
    while (this.heardMs - this.#examinedMs >= VAD_FRAME_MS) {
      const startMs = this.#examinedMs;
      this.#examinedMs += VAD_FRAME_MS;
      const frame = this.#memory.read(startMs, this.#examinedMs);
      if (frame.length !== VAD_FRAME_SAMPLES) continue;
      const probability = this.#options.vad.process(frame);
      if (this.#turns.name === 'manual') continue;
      const stepped = stepTurnDetection(this.#detection, { probability, endMs: this.#examinedMs }, this.#turns.policy);
      this.#detection = stepped.state;
      for (const effect of stepped.effects) this.#options.onTurn(effect);
    }
  }
}

/** The length of an Opus packet in ms; 0 for bytes that are none. */
function packetMs(payload: Uint8Array): number {
  return (opusPacketDuration(payload) ?? 0) / TICKS_PER_MS;
}

function decodeOrConceal(decoder: OpusDecoder, payload: Uint8Array): Int16Array {
  try {
    return decoder.decode(payload);
  } catch (error) {
    if (error instanceof TypeError) return decoder.conceal(packetMs(payload));
    throw error;
  }
}

/** The last 20 ms of a loss come from the next packet's FEC, up to 60 ms before that are concealed, the rest is silence. */
function rebuild(decoder: OpusDecoder, lostMs: number, next: Uint8Array): Int16Array[] {
  const fecMs = Math.min(lostMs, FEC_MS);
  const concealedMs = Math.min(lostMs - fecMs, MAX_CONCEALED_MS);
  const silentMs = lostMs - fecMs - concealedMs;
  const sound: Int16Array[] = [];
  if (concealedMs > 0) sound.push(decoder.conceal(concealedMs));
  if (silentMs > 0) sound.push(new Int16Array(silentMs * HEARD_SAMPLES_PER_MS));
  sound.push(decoder.decodeLost(next, fecMs));
  return sound;
}
