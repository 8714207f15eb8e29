import { type InboundAudio, OPUS_SILENCE, type OutboundAudio, RtpForwarder } from '@voice-bridge/media-node';
import type { RtpStart } from './rtp-start.ts';

interface Listener {
  readonly forwarder: RtpForwarder;
  readonly send: (packet: OutboundAudio) => void;
}

/** Packets of a dropped answer that were on their way keep coming for about this long, in ms. */
export const STALE_MS = 200;

/** An answer whose last packet is older than this, in ms, is over: there is nothing to cut. */
const ANSWER_OVER_MS = 100;

const SILENCE: InboundAudio = { ssrc: 0, sequenceNumber: 0, timestamp: 0, marker: true, payload: OPUS_SILENCE };

/** The assistant's audio on its way to every listener: packets pass unopened and unqueued, each listener on a line of its own. */
export class Downlink {
  readonly #createStart: () => RtpStart;
  readonly #listeners = new Map<string, Listener>();
  /** Listeners that nothing was sent to yet. */
  readonly #cold = new Set<string>();
  /** Grows when packets were dropped, so that what follows joins the line as a new source and not behind a loss. */
  #answers = 0;
  #source = 'model 0';
  #staleUntil = Number.NEGATIVE_INFINITY;
  #dropped = false;
  #lastPacketAt = Number.NEGATIVE_INFINITY;

  constructor(createStart: () => RtpStart) {
    this.#createStart = createStart;
  }

  /** Adds a listener; the only writer of its stream is this downlink. */
  add(participantId: string, send: (packet: OutboundAudio) => void): void {
    this.#listeners.set(participantId, { forwarder: new RtpForwarder(this.#createStart()), send });
    this.#cold.add(participantId);
  }

  /** Sends a connected listener one packet of silence, so that its receiver runs before the assistant's first word. `now` in ms. */
  warmUp(participantId: string, now: number): void {
    const listener = this.#listeners.get(participantId);
    if (listener === undefined || !this.#cold.delete(participantId)) return;
    const packet = listener.forwarder.push(SILENCE, 'warm-up', now);
    if (packet !== undefined) listener.send(packet);
  }

  remove(participantId: string): void {
    this.#listeners.delete(participantId);
    this.#cold.delete(participantId);
  }

  /** Hands one packet of the model to everybody, unless it belongs to an answer that was dropped. `now` in ms. */
  push(packet: InboundAudio, now: number): void {
    if (now < this.#staleUntil) {
      this.#dropped = true;
      return;
    }
    if (this.#dropped) this.#beginSource();
    this.#lastPacketAt = now;
    this.#cold.clear();
    for (const { forwarder, send } of this.#listeners.values()) {
      const outbound = forwarder.push(packet, this.#source, now);
      if (outbound !== undefined) send(outbound);
    }
  }

  /**
   * The model dropped what it was saying: what is still under way of it reaches nobody. One packet of silence ends what was
   * heard of it; without that, a browser's concealment would draw the last sound out. `now` in ms.
   */
  flush(now: number): void {
    this.#staleUntil = now + STALE_MS;
    if (now - this.#lastPacketAt > ANSWER_OVER_MS) return;
    this.#lastPacketAt = Number.NEGATIVE_INFINITY;
    this.#beginSource();
    for (const { forwarder, send } of this.#listeners.values()) {
      const outbound = forwarder.push(SILENCE, `cut ${this.#answers}`, now);
      if (outbound !== undefined) send(outbound);
    }
  }

  /** The model begins to say something new. */
  resume(): void {
    this.#staleUntil = Number.NEGATIVE_INFINITY;
  }

  #beginSource(): void {
    this.#dropped = false;
    this.#answers++;
    this.#source = `model ${this.#answers}`;
  }
}
