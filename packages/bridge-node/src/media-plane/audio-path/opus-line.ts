import { FRAME_MS } from '@voice-bridge/core';
import {
  type InboundAudio,
  OPUS_SILENCE,
  type OutboundAudio,
  RtpForwarder,
  SilenceFill,
} from '@voice-bridge/media-node';
import type { OpusSource } from './opus-source.ts';
import type { RtpStart } from './rtp-start.ts';

/** The mix as a source of a line. */
const MIX = 'mix';
/** After this long without a packet, in ms, a line that turns to the mix waits no longer. */
const WAIT_MS = 60;
/** What comes later than this after the packet before, in ms, does not go on where that ended. */
const GOES_ON_MS = 200;
const UNITS_PER_MS = 48;

/**
 * One outbound Opus stream, and its only writer: unopened packets of a source, or frames of the mix. It turns from packets
 * to the mix when the mix, which is later, has played all that was forwarded, and back by forwarding what the mix had not
 * played yet: nothing is lost or heard twice, and the line of timestamps goes on without a gap.
 */
export class OpusLine {
  readonly #forwarder: RtpForwarder;
  readonly #send: (packet: OutboundAudio) => void;
  #fill: SilenceFill | undefined;
  #state: 'forwarding' | 'turning' | 'mixing' = 'forwarding';
  /** The newest packet forwarded; not a number until there was one. */
  #ssrc = 0;
  #sequenceNumber = 0;
  #sentAt = Number.NaN;
  /** The forwarder's time of the newest packet of any kind. */
  #lineTime = Number.NaN;
  #joinTime = 0;
  #selected = '';
  #frames = 0;
  #frameTime = 0;

  constructor(start: RtpStart, send: (packet: OutboundAudio) => void) {
    this.#forwarder = new RtpForwarder(start);
    this.#send = send;
  }

  /** Whether packets pass unopened. */
  get isForwarding(): boolean {
    return this.#state === 'forwarding';
  }

  /** Whether the mix is to take over and has not caught up yet. */
  get isTurning(): boolean {
    return this.#state === 'turning';
  }

  /** Whether frames of the mix go out. */
  get isMixing(): boolean {
    return this.#state === 'mixing';
  }

  /** Whether anything was ever sent. */
  get hasSent(): boolean {
    return !Number.isNaN(this.#lineTime);
  }

  /** From `now` (ms) on the other side is never left without audio: whoever asks the result for it in time gets silence to send. */
  keepFed(now: number): SilenceFill {
    this.#fill = new SilenceFill(this.#forwarder, now);
    return this.#fill;
  }

  /** Forwards one packet, unless the line is on its way to the mix. */
  forward(packet: InboundAudio, sourceId: string, now: number): void {
    if (this.#state === 'forwarding') this.#forward(packet, sourceId, now, now);
  }

  /** The mix takes over as soon as it has caught up: no packet is forwarded from now on. */
  turnToMix(): void {
    if (this.#state === 'forwarding') this.#state = 'turning';
  }

  /** Whether the frame that is being mixed goes out here. `forwarded` is the source whose packets were forwarded before. */
  takesMix(forwarded: OpusSource | undefined, now: number): boolean {
    if (this.#state !== 'turning') return this.#state === 'mixing';
    const caughtUp = forwarded?.hasPlayedBeyond(this.#ssrc, this.#sequenceNumber) ?? false;
    if (!caughtUp && now - this.#sentAt < WAIT_MS) return false;
    this.#state = 'mixing';
    this.#joinTime = caughtUp ? this.#timeToGoOn(now) : now;
    this.#select(MIX);
    return true;
  }

  /** Sends one encoded frame of the mix, of the playout time `frameTime` (ms). Only when `takesMix` says so. */
  mix(payload: Uint8Array, frameTime: number, now: number): void {
    const timestamp = Math.round(frameTime * UNITS_PER_MS) % 2 ** 32;
    const sequenceNumber = this.#frames++ & 0xffff;
    const packet = { ssrc: 0, sequenceNumber, timestamp, marker: false, payload };
    this.#push(packet, MIX, now, this.#joinTime);
    this.#joinTime = Number.POSITIVE_INFINITY;
    this.#frameTime = frameTime;
  }

  /**
   * Packets of a source pass again: first those that the mix had not played, right behind what it had. Not yet while one
   * of them has been played in part.
   */
  turnToForward(sourceId: string, source: OpusSource | undefined, now: number): void {
    if (this.#state === 'forwarding') {
      this.#select(sourceId);
      return;
    }
    if (source?.isBetweenPackets === false) return;
    if (source === undefined || source.isPaused) this.#endMix(now);
    this.#select(sourceId);
    this.#state = 'forwarding';
    let lineTime = this.#timeToGoOn(now);
    for (const packet of source?.held() ?? []) {
      this.#forward(packet, sourceId, now, lineTime);
      lineTime = now;
    }
  }

  /** Lets a source that was left have the line again. */
  #select(sourceId: string): void {
    if (sourceId === this.#selected) return;
    this.#selected = sourceId;
    this.#forwarder.select(sourceId);
  }

  /** One frame of silence, so that nobody's concealment draws the last sound out; who is kept fed gets it anyway. */
  #endMix(now: number): void {
    if (this.#state !== 'mixing' || this.#fill !== undefined || now - this.#lineTime > WAIT_MS) return;
    this.mix(OPUS_SILENCE, this.#frameTime + FRAME_MS, now);
  }

  /** The forwarder's time for a packet that belongs right behind the one before, however late it is. */
  #timeToGoOn(now: number): number {
    return now - this.#lineTime <= GOES_ON_MS ? this.#lineTime : now;
  }

  #forward(packet: InboundAudio, sourceId: string, now: number, lineTime: number): void {
    if (!this.#push(packet, sourceId, now, lineTime)) return;
    const { ssrc, sequenceNumber } = packet;
    const isOlder = ssrc === this.#ssrc && ((sequenceNumber - this.#sequenceNumber) << 16) >> 16 < 0;
    if (!isOlder || Number.isNaN(this.#sentAt)) {
      this.#ssrc = ssrc;
      this.#sequenceNumber = sequenceNumber;
    }
    this.#sentAt = now;
  }

  #push(packet: InboundAudio, sourceId: string, now: number, at: number): boolean {
    const lineTime = Math.min(at, now);
    const fill = this.#fill;
    const outbound =
      fill === undefined
        ? this.#forwarder.push(packet, sourceId, lineTime)
        : fill.push(packet, sourceId, now, lineTime);
    if (outbound === undefined) return false;
    this.#lineTime = lineTime;
    this.#send(outbound);
    return true;
  }
}
