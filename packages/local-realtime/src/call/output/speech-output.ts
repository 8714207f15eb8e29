import type { OpusEncoder, OutboundAudio } from '@voice-bridge/media-node';
import { type HeardItem, Playout, type PlayoutSegment } from './playout.ts';

/** What a {@link SpeechOutput} works with. */
export interface SpeechOutputOptions {
  /** At 24 kHz; closed with the output. */
  readonly encoder: OpusEncoder;
  readonly send: (packet: OutboundAudio) => void;
  /** The first frame of a response left. */
  readonly onTurned: (responseId: string) => void;
  /** Everything queued was heard. */
  readonly onDrained: () => void;
  /** Where sequence numbers (16 bit) and timestamps (32 bit) begin: random (RFC 3550 section 5.1). */
  readonly firstSequenceNumber: number;
  readonly firstTimestamp: number;
}

/** The assistant's voice on its way out: metered by {@link Playout}, coded as Opus, one packet per 20 ms. */
export class SpeechOutput {
  readonly #options: SpeechOutputOptions;
  readonly #playout: Playout;
  #sequenceNumber: number;
  #responseId: string | undefined;

  constructor(options: SpeechOutputOptions, now: number) {
    this.#options = options;
    this.#playout = new Playout(now);
    this.#sequenceNumber = options.firstSequenceNumber;
  }

  /** Queues speech; when nothing is playing, its first packet leaves at once. */
  play(segment: PlayoutSegment, now: number): void {
    this.#playout.push(segment);
    this.tick(now);
  }

  /** Sends the packets that are due. */
  tick(now: number): void {
    const { encoder, send, onTurned, onDrained, firstTimestamp } = this.#options;
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
        payload: encoder.encode(frame.pcm),
      });
      this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    }
    if (drained) onDrained();
  }

  /** When the next packet is due. */
  nextDueAt(now: number): number {
    return this.#playout.nextDueAt(now);
  }

  /** Drops what is queued; tells what had been heard. */
  clear(): readonly HeardItem[] {
    return this.#playout.clear();
  }

  close(): void {
    this.#options.encoder.close();
  }
}
