import { ReplayWindow } from './replay-window.ts';

/** What is remembered of one SSRC: which indices were used, in RTP and in RTCP. */
export interface SrtpStream {
  readonly ssrc: number;
  readonly rtp: ReplayWindow;
  readonly rtcp: ReplayWindow;
}

/** SSRCs that one direction of a connection may have. */
export const MAX_STREAMS = 8;

/** The streams of one direction, at most {@link MAX_STREAMS}. */
export class SrtpStreams {
  readonly #streams: SrtpStream[] = [];
  #latest: SrtpStream | undefined;

  get size(): number {
    return this.#streams.length;
  }

  find(ssrc: number): SrtpStream | undefined {
    if (this.#latest?.ssrc === ssrc) return this.#latest;
    for (const stream of this.#streams) {
      if (stream.ssrc !== ssrc) continue;
      this.#latest = stream;
      return stream;
    }
    return undefined;
  }

  /** Whether another SSRC would be taken. */
  get isFull(): boolean {
    return this.#streams.length >= MAX_STREAMS;
  }

  /** A new stream; only when not full. */
  add(ssrc: number): SrtpStream {
    const stream = { ssrc, rtp: new ReplayWindow(), rtcp: new ReplayWindow() };
    this.#streams.push(stream);
    return stream;
  }
}
