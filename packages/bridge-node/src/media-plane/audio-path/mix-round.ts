import { frameSamples, Mixer, PCM_RATE_HZ, type SpeakerSelection, selectSpeakers } from '@voice-bridge/core';
import { OPUS_SILENCE, type OpusCodec } from '@voice-bridge/media-node';
import { MixOutput } from './mix-output.ts';
import type { OpusLine } from './opus-line.ts';
import type { OpusSource } from './opus-source.ts';
import type { Outlet } from './outlet.ts';
import type { Speaker } from './speaker.ts';

/** Somebody who hears a mix. */
export interface MixListener {
  readonly id: string;
  readonly outlet: Outlet;
  readonly line: OpusLine;
}

/** Everything one frame is mixed of and goes to. */
export interface MixFrame {
  /** Who speaks; their frames have been pulled. */
  readonly speakers: readonly Speaker[];
  readonly assistant: OpusSource | undefined;
  readonly recording: Int16Array | undefined;
  /** The line to the model, when it is to get the mix; and whose packets it got before. */
  readonly model: { readonly line: OpusLine; readonly before: OpusSource | undefined } | undefined;
  readonly listeners: readonly MixListener[];
  /** Playout time, and time, in ms. */
  readonly frameTime: number;
  readonly now: number;
}

/** Mixes frame after frame: for the model everybody who speaks, for each listener everything but itself; each distinct mix once. */
export class MixRound {
  readonly #hearEachOther: boolean;
  readonly #createEncoder: OpusCodec['createEncoder'];
  readonly #mixer = new Mixer(frameSamples(PCM_RATE_HZ));
  readonly #toModel: MixOutput;
  readonly #toAll: MixOutput;
  /** For those who are in the mix themselves. */
  readonly #toSpeakers = new Map<string, MixOutput>();
  #selection: SpeakerSelection = new Map();
  /** Where in the mixer a speaker is. */
  readonly #places = new Map<string, number>();

  constructor(hearEachOther: boolean, createEncoder: OpusCodec['createEncoder']) {
    this.#hearEachOther = hearEachOther;
    this.#createEncoder = createEncoder;
    this.#toModel = new MixOutput(createEncoder);
    this.#toAll = new MixOutput(createEncoder);
  }

  /** Mixes one frame and hands it to everybody. Waits for nobody: who has nothing is silent. */
  mix(frame: MixFrame): void {
    this.#addSpeakers(frame);
    this.#sendToModel(frame);
    this.#sendToListeners(frame);
  }

  /** Frees what was needed for mixing; it comes back by itself. */
  release(): void {
    for (const output of [this.#toModel, this.#toAll, ...this.#toSpeakers.values()]) output.close();
    this.#toSpeakers.clear();
    this.#selection = new Map();
  }

  #addSpeakers({ speakers, now }: MixFrame): void {
    this.#mixer.clear();
    this.#places.clear();
    const loudness = speakers.map(({ id, loudness: level }) => ({ id, level }));
    this.#selection = selectSpeakers(this.#selection, loudness, now);
    for (const speaker of speakers) {
      const gain = this.#selection.has(speaker.id) ? speaker.gain : 0;
      if (speaker.frame !== undefined && (gain > 0 || speaker.reachedGain > 0)) {
        this.#places.set(speaker.id, this.#mixer.add(speaker.frame, speaker.reachedGain, gain));
      }
      speaker.reachedGain = gain;
    }
  }

  #sendToModel({ model, frameTime, now }: MixFrame): void {
    if (model === undefined) return;
    this.#toModel.begin(this.#mixer.sources, (into) => this.#mixer.mix(into));
    if (!model.line.takesMix(model.before, now)) return;
    model.line.mix(this.#toModel.isSounding ? this.#toModel.packet : OPUS_SILENCE, frameTime, now);
  }

  #sendToListeners({ assistant, recording, listeners, frameTime, now }: MixFrame): void {
    if (!this.#hearEachOther) {
      this.#mixer.clear();
      this.#places.clear();
    }
    const answer = assistant?.pull(frameTime);
    if (answer !== undefined) this.#mixer.add(answer, 1, 1);
    if (recording !== undefined) this.#mixer.add(recording, 1, 1);
    this.#toAll.begin(this.#mixer.sources, (into) => this.#mixer.mix(into));
    this.#beginForSpeakers();
    for (const { id, outlet, line } of listeners) {
      const output = this.#toSpeakers.get(id) ?? this.#toAll;
      const takesMix = line.takesMix(assistant, now);
      if (!output.isSounding) continue;
      if (outlet.format === 'pcm') outlet.send(output.frame.slice());
      else if (takesMix) line.mix(output.packet, frameTime, now);
    }
  }

  /** Who is in the mix has one of its own, also in its pauses: a stream that changed its encoder with every word would crackle. */
  #beginForSpeakers(): void {
    const mixed = new Set(this.#hearEachOther ? [...this.#selection.keys(), ...this.#places.keys()] : []);
    for (const [id, output] of this.#toSpeakers) {
      if (mixed.has(id)) continue;
      output.close();
      this.#toSpeakers.delete(id);
    }
    for (const id of mixed) {
      const output = this.#toSpeakers.get(id) ?? new MixOutput(this.#createEncoder);
      this.#toSpeakers.set(id, output);
      const place = this.#places.get(id);
      if (place === undefined) output.begin(this.#mixer.sources, (into) => this.#mixer.mix(into));
      else output.begin(this.#mixer.sources - 1, (into) => this.#mixer.mixWithout(place, into));
    }
  }
}
