import type { OpusEncoder, OutboundAudio } from '@voice-bridge/media-node';
import { frameSound, type HeardItem, PLAYOUT_FRAME_MS, Playout, type PlayoutSegment } from './playout.ts';
import type { SpareTime, SpareWork } from './spare-time.ts';

/** So much is coded before it is due. */
const MAX_AHEAD_MS = 400;
/** What is due sooner is coded in less than half of the time, and sounds hardly worse: many callers at once are heard in time. */
const SOON_MS = 120;
/** Of the encoder, for what is due soon and for the rest. */
const COMPLEXITY = { soon: 1, later: 5 } as const;

/** What a {@link SpeechOutput} works with. */
export interface SpeechOutputOptions {
  /** Makes one for 24 kHz. */
  readonly createEncoder: () => OpusEncoder;
  /** In which packets are made before they are due. */
  readonly spareTime: SpareTime;
  readonly send: (packet: OutboundAudio) => void;
  /** The first frame of a response left. */
  readonly onTurned: (responseId: string) => void;
  /** Everything queued was heard. */
  readonly onDrained: () => void;
  /** Where sequence numbers (16 bit) and timestamps (32 bit) begin: random (RFC 3550 section 5.1). */
  readonly firstSequenceNumber: number;
  readonly firstTimestamp: number;
}

/** The assistant's voice on its way out: metered by {@link Playout}, coded as Opus ahead of time, one packet per 20 ms. */
export class SpeechOutput implements SpareWork {
  readonly #options: SpeechOutputOptions;
  readonly #playout: Playout;
  /** What is due next, already coded. */
  readonly #coded: Uint8Array[] = [];
  #encoder: OpusEncoder;
  #sequenceNumber: number;
  #responseId: string | undefined;

  constructor(options: SpeechOutputOptions, now: number) {
    this.#options = options;
    this.#playout = new Playout(now);
    this.#encoder = options.createEncoder();
    this.#sequenceNumber = options.firstSequenceNumber;
  }

  /** Queues speech; when nothing is playing, its first packet leaves at once. */
  play(segment: PlayoutSegment, now: number): void {
    this.#playout.push(segment);
    this.tick(now);
  }

  /** Sends the packets that are due. */
  tick(now: number): void {
    const { send, spareTime, onTurned, onDrained, firstTimestamp } = this.#options;
    const { frames, drained } = this.#playout.pull(now);
    for (const frame of frames) {
      if (frame.responseId !== this.#responseId) {
        this.#responseId = frame.responseId;
        onTurned(frame.responseId);
      }
      const timestamp = (firstTimestamp + frame.timestamp) % 2 ** 32;
      send({
        sequenceNumber: this.#sequenceNumber,
        timestamp,
        marker: frame.marker,
        payload: this.#coded.shift() ?? this.#encode(frameSound(frame)),
      });
      this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    }
    if (frames.length > 0 && this.doneAheadMs < MAX_AHEAD_MS / 2) spareTime.add(this);
    if (drained) onDrained();
  }

  /** When the next packet is due. */
  nextDueAt(now: number): number {
    return this.#playout.nextDueAt(now);
  }

  /** How much of what comes next is coded already. */
  get doneAheadMs(): number {
    return this.#coded.length * PLAYOUT_FRAME_MS;
  }

  /** Codes one more packet ahead; false when there is nothing to code, or enough. */
  doSome(): boolean {
    const pcm = this.#playout.frameAhead(this.#coded.length);
    if (pcm === undefined) return false;
    this.#coded.push(this.#encode(pcm));
    return this.doneAheadMs < MAX_AHEAD_MS;
  }

  /** Drops what is queued; tells what had been heard. */
  clear(): readonly HeardItem[] {
    if (this.#coded.length > 0) {
      // What it has coded is never heard: the next packet must not build on it.
      this.#coded.length = 0;
      this.#encoder.close();
      this.#encoder = this.#options.createEncoder();
    }
    return this.#playout.clear();
  }

  close(): void {
    this.#options.spareTime.remove(this);
    this.#playout.clear();
    this.#encoder.close();
  }

  #encode(pcm: Int16Array): Uint8Array {
    this.#encoder.setComplexity(this.doneAheadMs < SOON_MS ? COMPLEXITY.soon : COMPLEXITY.later);
    return this.#encoder.encode(pcm);
  }
}
