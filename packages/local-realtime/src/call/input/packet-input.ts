import { type InboundAudio, type OpusDecoder, opusPacketDuration } from '@voice-bridge/media-node';
import { PacketOrder, type SoundStep } from './packet-order.ts';
import { HEARD_SAMPLES_PER_MS } from './sound-memory.ts';

const MAX_CONCEALED_MS = 60;
const TICKS_PER_MS = 48;
const FEC_MS = 20;
/** How much more sound than time a caller may send, in ms: a burst after a stall, not a flood. */
const MAX_AHEAD_MS = 2_000;

/** What a {@link PacketInput} works with. */
export interface PacketInputOptions {
  /** At 16 kHz; closed with the input. */
  readonly decoder: OpusDecoder;
  /** Takes the sound, mono PCM16 at 16 kHz. */
  readonly hear: (pcm: Int16Array) => unknown;
}

/** The caller's media track: Opus packets become one unbroken line of sound, whatever is lost. */
export class PacketInput {
  readonly #options: PacketInputOptions;
  readonly #order = new PacketOrder(packetMs);
  #since: number | undefined;
  #receivedMs = 0;

  constructor(options: PacketInputOptions) {
    this.#options = options;
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

  close(): void {
    this.#options.decoder.close();
  }

  #add(steps: readonly SoundStep[]): void {
    for (const step of steps) {
      for (const pcm of this.#sound(step)) this.#options.hear(pcm);
    }
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
