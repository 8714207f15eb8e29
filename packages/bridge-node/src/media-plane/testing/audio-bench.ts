import { frameSamples, PCM_RATE_HZ } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import type { InboundAudio, OpusCodec, OutboundAudio } from '@voice-bridge/media-node';
import { AudioPath, type SpeakerLevels } from '../audio-path/audio-path.ts';
import { FakeOpusCodec, fakeOpusPacket, fakeOpusSound } from './fake-opus-codec.ts';
import { joinSound } from './tones.ts';

/** A packet as it left, and when. */
export interface SentPacket extends OutboundAudio {
  readonly at: number;
}

/** What an audio path is tried with. */
export interface AudioBenchOptions {
  readonly hearEachOther?: boolean;
  readonly started?: boolean;
  readonly codec?: OpusCodec;
}

/** An audio path in virtual time, with the model's and everybody's ears. */
export class AudioBench {
  readonly clock = new ManualClock(1_000);
  readonly codec = new FakeOpusCodec();
  readonly path: AudioPath;
  readonly toModel: SentPacket[] = [];
  readonly levels: (SpeakerLevels & { readonly at: number })[] = [];
  readonly #packets = new Map<string, SentPacket[]>();
  readonly #frames = new Map<string, Int16Array[]>();
  readonly #sent = new Map<string, number>();
  #starts = 0;
  #stalledMs = 0;

  constructor({ hearEachOther = false, started = true, codec = this.codec }: AudioBenchOptions = {}) {
    this.path = new AudioPath({
      clock: { now: () => this.now, after: (delayMs, task) => this.clock.after(delayMs, task) },
      createRtpStart: () => ({ sequenceNumber: ++this.#starts * 100, timestamp: 1_000 }),
      createOpusEncoder: codec.createEncoder,
      createOpusDecoder: codec.createDecoder,
      hearEachOther,
      toModel: (packet) => this.toModel.push(this.#keep(packet)),
      onLevels: (levels) => this.levels.push({ ...levels, at: this.now }),
    });
    if (started) this.path.start();
  }

  /** The time on the path's clock, in ms. */
  get now(): number {
    return this.clock.now() + this.#stalledMs;
  }

  /** Lets the process stand still: time passes, and every timer is late by as much. */
  stall(ms: number): void {
    this.#stalledMs += ms;
  }

  /** Adds participants with media tracks. */
  join(...ids: readonly string[]): void {
    for (const id of ids) {
      const packets: SentPacket[] = [];
      this.#packets.set(id, packets);
      this.path.add(id, { format: 'opus', send: (packet) => packets.push(this.#keep(packet)) });
    }
  }

  /** Adds participants that hear and speak PCM. */
  joinPcm(...ids: readonly string[]): void {
    for (const id of ids) {
      const frames: Int16Array[] = [];
      this.#frames.set(id, frames);
      this.path.add(id, { format: 'pcm', send: (frame) => frames.push(frame) });
    }
  }

  /** Sends the next packet of a participant, or of the `model`. */
  speak(id: string, sound: Int16Array, audioLevel?: number): void {
    const packet = this.packet(id, sound, audioLevel);
    if (id === 'model') this.path.pushModel(packet);
    else this.path.pushPacket(id, packet);
    // A packet is lent for the call: whoever keeps it has something else in hand afterwards.
    packet.payload.fill(0xff);
  }

  /** The next packet of somebody, to be sent or lost. */
  packet(id: string, sound: Int16Array, audioLevel?: number): InboundAudio {
    const samples = this.#sent.get(id) ?? 0;
    this.#sent.set(id, samples + sound.length);
    return {
      ssrc: [...id].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7),
      sequenceNumber: (65_500 + samples / sound.length) & 0xffff,
      timestamp: (4_294_900_000 + samples * 2) % 2 ** 32,
      marker: false,
      payload: fakeOpusPacket(sound),
      audioLevel,
    };
  }

  /** What a participant with a media track was sent. */
  packetsTo(id: string): readonly SentPacket[] {
    return this.#packets.get(id) ?? [];
  }

  /** What somebody heard of late, `frames` of 20 ms: whoever it is, also the `model`. */
  heardBy(id: string, frames = Number.POSITIVE_INFINITY): Int16Array {
    const pieces = this.#frames.get(id) ?? soundOf(id === 'model' ? this.toModel : this.packetsTo(id));
    const sound = joinSound(pieces);
    return sound.subarray(Math.max(0, sound.length - frames * frameSamples(PCM_RATE_HZ)));
  }

  /** Frames of 20 ms a PCM participant was sent. */
  framesTo(id: string): readonly Int16Array[] {
    return this.#frames.get(id) ?? [];
  }

  /** Lets 20 ms pass, `times` times; `each` happens at the beginning of each. */
  frames(times: number, each: (index: number) => void = () => {}): void {
    for (let index = 0; index < times; index++) {
      each(index);
      this.clock.advance(20);
    }
  }

  #keep(packet: OutboundAudio): SentPacket {
    return { ...packet, payload: packet.payload.slice(), at: this.now };
  }
}

/** What packets of the fake codec sound like, in the order of their numbers. */
export function soundOf(packets: readonly SentPacket[]): Int16Array[] {
  return packets.map(({ payload }) => fakeOpusSound(payload));
}

/** What is wrong with a line: numbers that came twice, timestamps that did not grow, and the longest time without a packet. */
export function lineOf(packets: readonly SentPacket[]): {
  repeated: number;
  backwards: number;
  longestPauseMs: number;
} {
  const numbers = new Set(packets.map(({ sequenceNumber }) => sequenceNumber));
  let [backwards, longestPauseMs] = [0, 0];
  for (const [index, { timestamp, at }] of packets.entries()) {
    const before = packets[index - 1];
    if (before === undefined) continue;
    if (timestamp <= before.timestamp) backwards++;
    longestPauseMs = Math.max(longestPauseMs, at - before.at);
  }
  return { repeated: packets.length - numbers.size, backwards, longestPauseMs };
}
