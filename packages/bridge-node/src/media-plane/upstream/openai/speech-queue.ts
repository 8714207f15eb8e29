import { FRAME_MS, frameSamples, PCM_RATE_HZ } from '@voice-bridge/core';

/** Speech that may wait to be heard, in minutes; what the model sends beyond is dropped. */
export const MAX_QUEUED_MINUTES = 5;

const FRAME_SAMPLES = frameSamples(PCM_RATE_HZ);
const SAMPLES_PER_MS = PCM_RATE_HZ / 1_000;
const MAX_QUEUED_SAMPLES = MAX_QUEUED_MINUTES * 60 * PCM_RATE_HZ;
/** Frames that a late look may catch up on; further ones move back, so that nobody gets a burst. */
const MAX_CATCH_UP_FRAMES = 5;

/** Where a piece of speech belongs. */
export interface SpeechPlace {
  readonly responseId: string;
  readonly itemId: string;
  readonly contentIndex: number;
}

/** One frame that is due. */
export interface SpeechFrame {
  readonly responseId: string;
  /** 20 ms of mono PCM16 at 24 kHz. */
  readonly pcm: Int16Array;
  /** Number of the frame on the line of wall-clock time. */
  readonly index: number;
}

/** What happens next to those who listen, in order. */
export type SpeechStep =
  | { readonly type: 'started' | 'stopped'; readonly responseId: string }
  | { readonly type: 'frame'; readonly frame: SpeechFrame }
  /** Nothing follows for now: what sounded last has ended. */
  | { readonly type: 'paused' };

/** What was heard of an item that was cut. */
export interface CutItem extends SpeechPlace {
  readonly heardMs: number;
}

interface QueuedItem {
  readonly place: SpeechPlace;
  readonly pieces: Int16Array[];
  /** Samples of the first piece that were handed out. */
  offset: number;
  waiting: number;
  played: number;
}

type Playing =
  | { readonly name: 'silent' }
  /** `paused`: the model has not sent the rest yet. */
  | { readonly name: 'playing' | 'paused'; readonly responseId: string };

/**
 * Meters speech that comes faster than it is heard out by wall clock, one 20 ms frame each time `floor(now / 20 ms)` grows, so
 * that it neither drifts nor bursts, and knows how much of each item was heard.
 */
export class SpeechQueue {
  readonly #items: QueuedItem[] = [];
  /** Responses of which nothing more comes. */
  readonly #ended = new Set<string>();
  #playing: Playing = { name: 'silent' };
  #waiting = 0;
  #nextIndex = 0;

  /** Whether there is anything to pull, now or later. */
  get isSilent(): boolean {
    return this.#playing.name === 'silent' && this.#items.length === 0;
  }

  /** Speech that waits to be heard, in ms. */
  get waitingMs(): number {
    return this.#waiting / SAMPLES_PER_MS;
  }

  /** Takes more speech; false when it was dropped, as too much waits already. */
  push(place: SpeechPlace, pcm: Int16Array): boolean {
    if (pcm.length === 0) return true;
    if (this.#waiting + pcm.length > MAX_QUEUED_SAMPLES) return false;
    const last = this.#items.at(-1);
    const item = last !== undefined && isSame(last.place, place) ? last : this.#begin(place);
    item.pieces.push(pcm);
    item.waiting += pcm.length;
    this.#waiting += pcm.length;
    return true;
  }

  /** Nothing more comes of a response. */
  endResponse(responseId: string): void {
    const isKnown = this.#isPlaying(responseId) || this.#items.some(({ place }) => place.responseId === responseId);
    if (isKnown) this.#ended.add(responseId);
  }

  /** What is due at `now` (ms). */
  pull(now: number): readonly SpeechStep[] {
    const due = Math.floor(now / FRAME_MS);
    const resumes = this.#playing.name !== 'playing';
    this.#nextIndex = Math.max(this.#nextIndex, resumes ? due : due - MAX_CATCH_UP_FRAMES + 1);
    const steps: SpeechStep[] = [];
    while (this.#nextIndex <= due && this.#pullFrame(steps)) this.#nextIndex++;
    return steps;
  }

  /** Drops everything that was not heard; tells of each item that was not heard whole, and the response that was being heard. */
  cut(): { readonly responseId: string | undefined; readonly items: readonly CutItem[] } {
    const items = this.#items.map(({ place, played }) => ({ ...place, heardMs: Math.floor(played / SAMPLES_PER_MS) }));
    const responseId = this.#playing.name === 'silent' ? undefined : this.#playing.responseId;
    this.#items.length = 0;
    this.#waiting = 0;
    this.#ended.clear();
    this.#playing = { name: 'silent' };
    return { responseId, items };
  }

  #begin(place: SpeechPlace): QueuedItem {
    const item: QueuedItem = { place, pieces: [], offset: 0, waiting: 0, played: 0 };
    this.#items.push(item);
    return item;
  }

  #isPlaying(responseId: string): boolean {
    return this.#playing.name !== 'silent' && this.#playing.responseId === responseId;
  }

  /** Adds the next frame, and what comes with it; false when there is none. */
  #pullFrame(steps: SpeechStep[]): boolean {
    this.#dropHeard();
    const [item] = this.#items;
    if (item === undefined || !this.#isReady(item)) {
      this.#pause(steps);
      return false;
    }
    this.#turnTo(item.place.responseId, steps);
    steps.push({ type: 'frame', frame: { ...take(item), index: this.#nextIndex } });
    this.#waiting -= Math.min(FRAME_SAMPLES, this.#waiting);
    return true;
  }

  /** Items that were heard whole make room for those behind them; the newest stays while its response may go on. */
  #dropHeard(): void {
    for (let [item] = this.#items; item !== undefined && item.waiting === 0; [item] = this.#items) {
      if (this.#items.length === 1 && !this.#ended.has(item.place.responseId)) return;
      this.#items.shift();
    }
  }

  /** A frame that is not full waits for the rest of it, unless there is none. */
  #isReady(item: QueuedItem): boolean {
    const isWhole = this.#items.length > 1 || this.#ended.has(item.place.responseId);
    return item.waiting >= FRAME_SAMPLES || (item.waiting > 0 && isWhole);
  }

  #turnTo(responseId: string, steps: SpeechStep[]): void {
    if (!this.#isPlaying(responseId)) {
      this.#stop(steps);
      steps.push({ type: 'started', responseId });
    }
    this.#playing = { name: 'playing', responseId };
  }

  #pause(steps: SpeechStep[]): void {
    if (this.#playing.name === 'silent') return;
    if (this.#playing.name === 'playing') steps.push({ type: 'paused' });
    const { responseId } = this.#playing;
    if (this.#items.length === 0 && this.#ended.has(responseId)) this.#stop(steps);
    else this.#playing = { name: 'paused', responseId };
  }

  #stop(steps: SpeechStep[]): void {
    if (this.#playing.name === 'silent') return;
    const { responseId } = this.#playing;
    this.#ended.delete(responseId);
    this.#playing = { name: 'silent' };
    steps.push({ type: 'stopped', responseId });
  }
}

/** The next 20 ms of an item, the last of them filled up with silence. */
function take(item: QueuedItem): { responseId: string; pcm: Int16Array } {
  const pcm = new Int16Array(FRAME_SAMPLES);
  let filled = 0;
  for (let [piece] = item.pieces; piece !== undefined && filled < FRAME_SAMPLES; [piece] = item.pieces) {
    const part = piece.subarray(item.offset, item.offset + FRAME_SAMPLES - filled);
    pcm.set(part, filled);
    filled += part.length;
    item.offset += part.length;
    if (item.offset < piece.length) break;
    item.pieces.shift();
    item.offset = 0;
  }
  item.waiting -= filled;
  item.played += filled;
  return { responseId: item.place.responseId, pcm };
}

function isSame(one: SpeechPlace, other: SpeechPlace): boolean {
  return one.itemId === other.itemId && one.contentIndex === other.contentIndex && one.responseId === other.responseId;
}
