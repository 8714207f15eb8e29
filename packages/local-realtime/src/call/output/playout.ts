/** Samples in one 20 ms frame at 24 kHz. */
export const PLAYOUT_FRAME_SAMPLES = 480;
/** Length of one playout frame in ms. */
export const PLAYOUT_FRAME_MS = 20;

const MAX_CATCH_UP_FRAMES = 5;
const RTP_TICKS_PER_FRAME = 960;

/** One piece of speech on its way to the listener. */
export interface PlayoutSegment {
  readonly responseId: string;
  readonly itemId: string;
  /** Mono PCM16 at 24 kHz; not to be changed any more: it is not copied, as copies of whole sentences would soon make the collector stop everybody. */
  readonly pcm: Int16Array;
}

/** One frame that is due. */
export interface PlayoutFrame {
  readonly responseId: string;
  /** The sound it is part of: see {@link frameSound}. */
  readonly pcm: Int16Array;
  /** Where it begins there, in samples. */
  readonly offset: number;
  /** RTP timestamp at 48 kHz on the playout's own line, which begins at 0. */
  readonly timestamp: number;
  /** True for the first frame after a pause (RFC 3551 section 4.1). */
  readonly marker: boolean;
}

/** What {@link Playout.pull} gives. */
export interface PlayoutPull {
  readonly frames: readonly PlayoutFrame[];
  /** True once, when everything has been heard to its end. */
  readonly drained: boolean;
}

/** What had been heard of an item. */
export interface HeardItem {
  readonly itemId: string;
  readonly responseId: string;
  readonly heardMs: number;
}

const NOTHING: PlayoutPull = { frames: [], drained: false };
const DRAINED: PlayoutPull = { frames: [], drained: true };

/**
 * Meters speech out by wall clock: the frame due is `floor((now - start) / 20 ms)`, never a timer count, so that it neither drifts nor bursts.
 * After a stall at most five frames catch up; the rest moves back.
 */
export class Playout {
  readonly #startedAt: number;
  readonly #segments: PlayoutSegment[] = [];
  readonly #heard = new Map<string, { responseId: string; frames: number }>();
  #offset = 0;
  #nextIndex = 0;
  #speaking: 'idle' | 'speaking' = 'idle';

  constructor(now: number) {
    this.#startedAt = now;
  }

  /** Queues a segment; its last frame is padded with silence. */
  push(segment: PlayoutSegment): void {
    if (segment.pcm.length === 0) return;
    if (this.#speaking === 'idle' && this.#segments.length === 0) this.#forgetOthers(segment.responseId);
    this.#segments.push(segment);
    if (!this.#heard.has(segment.itemId))
      this.#heard.set(segment.itemId, { responseId: segment.responseId, frames: 0 });
  }

  /** The frames due by `now`. */
  pull(now: number): PlayoutPull {
    const dueIndex = Math.floor((now - this.#startedAt) / PLAYOUT_FRAME_MS);
    if (this.#segments.length === 0) {
      if (this.#speaking === 'idle' || dueIndex < this.#nextIndex) return NOTHING;
      this.#speaking = 'idle';
      return DRAINED;
    }
    if (this.#speaking === 'speaking' && dueIndex < this.#nextIndex) return NOTHING;
    const idle = this.#speaking === 'idle';
    this.#nextIndex = Math.max(this.#nextIndex, idle ? dueIndex : dueIndex - MAX_CATCH_UP_FRAMES + 1);
    this.#speaking = 'speaking';
    const frames: PlayoutFrame[] = [];
    while (this.#nextIndex <= dueIndex) {
      const segment = this.#segments[0];
      if (segment === undefined) break;
      const { responseId, pcm } = segment;
      const timestamp = (this.#nextIndex * RTP_TICKS_PER_FRAME) % 2 ** 32;
      frames.push({ responseId, pcm, offset: this.#offset, timestamp, marker: idle && frames.length === 0 });
      this.#nextIndex++;
      this.#pass(segment);
    }
    return { frames, drained: false };
  }

  /** The sound of the frame that comes after so many others, while it is queued. */
  frameAhead(frames: number): Int16Array | undefined {
    let at = this.#offset + frames * PLAYOUT_FRAME_SAMPLES;
    for (const { pcm } of this.#segments) {
      if (at < pcm.length) return frameSound({ pcm, offset: at });
      at -= Math.ceil(pcm.length / PLAYOUT_FRAME_SAMPLES) * PLAYOUT_FRAME_SAMPLES;
    }
    return undefined;
  }

  /** When the next frame is due. */
  nextDueAt(now: number): number {
    const index = Math.floor((now - this.#startedAt) / PLAYOUT_FRAME_MS) + 1;
    return this.#startedAt + index * PLAYOUT_FRAME_MS;
  }

  /** Drops everything not yet sent; tells what was heard of each item that was being or to be spoken. */
  clear(): readonly HeardItem[] {
    const heard = Array.from(this.#heard, ([itemId, { responseId, frames }]) => ({
      itemId,
      responseId,
      heardMs: frames * PLAYOUT_FRAME_MS,
    }));
    this.#segments.length = 0;
    this.#offset = 0;
    this.#heard.clear();
    this.#speaking = 'idle';
    return heard;
  }

  /** A frame of the first segment leaves. */
  #pass({ itemId, pcm }: PlayoutSegment): void {
    this.#offset += PLAYOUT_FRAME_SAMPLES;
    const heard = this.#heard.get(itemId);
    if (heard !== undefined) heard.frames++;
    if (this.#offset < pcm.length) return;
    this.#segments.shift();
    this.#offset = 0;
  }

  #forgetOthers(responseId: string): void {
    for (const [itemId, heard] of this.#heard) {
      if (heard.responseId !== responseId) this.#heard.delete(itemId);
    }
  }
}

/** The 20 ms of a frame, filled up with silence where its segment ends. */
export function frameSound({ pcm, offset }: Pick<PlayoutFrame, 'pcm' | 'offset'>): Int16Array {
  const frame = pcm.subarray(offset, offset + PLAYOUT_FRAME_SAMPLES);
  if (frame.length === PLAYOUT_FRAME_SAMPLES) return frame;
  const padded = new Int16Array(PLAYOUT_FRAME_SAMPLES);
  padded.set(frame);
  return padded;
}
