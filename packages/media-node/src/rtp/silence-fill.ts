import type { InboundAudio, OutboundAudio } from '../connection/media-connection.ts';
import { SILENT_LEVEL } from './audio-level.ts';
import { opusPacketDuration } from './opus-toc.ts';
import { type RtpForwarder, SILENCE_SOURCE } from './rtp-forwarder.ts';
import { wrapSequence, wrapTimestamp } from './sequence.ts';

/** One Opus packet of 20 ms of silence (RFC 6716: CELT, fullband, mono). */
export const OPUS_SILENCE: Uint8Array = Uint8Array.of(0xf8, 0xff, 0xfe);

const FRAME_MS = 20;
const FRAME_SAMPLES = 960;
const UNITS_PER_MS = 48;
/** Without input for this long, in ms, silence begins. */
const SILENCE_AFTER_MS = 60;
/** A packet longer than 20 ms is waited for this much longer than it lasts, in ms. */
const SLACK_MS = 40;
/** After a stalled event loop at most this many frames are made up for; the rest stays a gap in the timestamps. */
const MAX_BURST_FRAMES = 10;

/**
 * Keeps a listener that needs audio fed: 60 ms after the last packet (later after packets longer than 20 ms) it sends
 * silence on the forwarder's line, one frame per 20 ms of wall clock, until a packet passes again.
 */
export class SilenceFill {
  readonly #forwarder: RtpForwarder;
  #silentFrom = 0;
  #frame = 0;
  #sequence = 0;

  /** Silence also begins when nothing comes at all, counted from `now` (ms). */
  constructor(forwarder: RtpForwarder, now: number) {
    this.#forwarder = forwarder;
    this.#silentFrom = now + SILENCE_AFTER_MS;
  }

  /** When the next frame of silence is due unless input comes, in ms. */
  get nextAt(): number {
    return this.#silentFrom + this.#frame * FRAME_MS;
  }

  /**
   * Forwards a packet, as the forwarder does: what is given is valid until the next call. One that passes ends the silence.
   * `lineTime` is the forwarder's time, where it is another: what was held back joins its line as if it were on time.
   */
  push(packet: InboundAudio, sourceId: string, now: number, lineTime = now): OutboundAudio | undefined {
    const outbound = this.#forwarder.push(packet, sourceId, lineTime);
    if (outbound === undefined) return undefined;
    const lastsMs = (opusPacketDuration(packet.payload) ?? FRAME_SAMPLES) / UNITS_PER_MS;
    this.#silentFrom = now + Math.max(SILENCE_AFTER_MS, lastsMs + SLACK_MS);
    this.#frame = 0;
    return outbound;
  }

  /** The silence due by `now`; empty while there is input. */
  pull(now: number): OutboundAudio[] {
    const due = Math.floor((now - this.#silentFrom) / FRAME_MS) + 1;
    const frames: OutboundAudio[] = [];
    for (let frame = Math.max(this.#frame, due - MAX_BURST_FRAMES); frame < due; frame++) {
      const packet = this.#silence(frame);
      const outbound = this.#forwarder.push(packet, SILENCE_SOURCE, this.#silentFrom + frame * FRAME_MS);
      if (outbound !== undefined) frames.push({ ...outbound });
    }
    this.#frame = Math.max(this.#frame, due);
    return frames;
  }

  #silence(frame: number): InboundAudio {
    const timestamp = wrapTimestamp(frame * FRAME_SAMPLES);
    this.#sequence = wrapSequence(this.#sequence + 1);
    return {
      ssrc: 0,
      sequenceNumber: this.#sequence,
      timestamp,
      marker: false,
      payload: OPUS_SILENCE,
      audioLevel: SILENT_LEVEL,
      voiceActivity: false,
    };
  }
}
