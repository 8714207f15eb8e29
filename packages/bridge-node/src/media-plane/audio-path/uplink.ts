import type { CancelTimer, Clock } from '@voice-bridge/core';
import { type InboundAudio, type OutboundAudio, RtpForwarder, SilenceFill } from '@voice-bridge/media-node';
import type { RtpStart } from './rtp-start.ts';

/** While there is input, uplinks look for its end at multiples of this, in ms: many sessions wake the process once and not one by one. */
const LOOK_MS = 10;

/**
 * The users' audio on its way to the model: packets of one speaker at a time pass unopened, the newest speaker first;
 * 60 ms without any, the model gets silence in wall-clock time. The only writer of its stream.
 */
export class Uplink {
  readonly #clock: Clock;
  readonly #send: (packet: OutboundAudio) => void;
  readonly #forwarder: RtpForwarder;
  /** Undefined until the model takes audio. */
  #fill: SilenceFill | undefined;
  #cancelTimer: CancelTimer = () => {};
  #isFilling = false;
  /** Whoever has sent audio, newest last. */
  #speakers: readonly string[] = [];
  readonly #muted = new Set<string>();
  #current: string | undefined;

  constructor(clock: Clock, start: RtpStart, send: (packet: OutboundAudio) => void) {
    this.#clock = clock;
    this.#send = send;
    this.#forwarder = new RtpForwarder(start);
  }

  /** The model takes audio from now on. */
  start(): void {
    this.#fill = new SilenceFill(this.#forwarder, this.#clock.now());
    this.#arm(this.#fill);
  }

  /** Takes one packet of a participant; dropped when somebody else has the floor or it is muted. */
  push(participantId: string, packet: InboundAudio): void {
    if (participantId !== this.#current) {
      if (!this.#speakers.includes(participantId)) this.#choose([...this.#speakers, participantId]);
      if (participantId !== this.#current) return;
    }
    const outbound = this.#fill?.push(packet, participantId, this.#clock.now());
    if (outbound !== undefined) this.#send(outbound);
  }

  /** Keeps a participant's audio from the model, or lets it through again. */
  setMuted(participantId: string, muted: boolean): void {
    if (muted) this.#muted.add(participantId);
    else this.#muted.delete(participantId);
    this.#choose(this.#speakers);
  }

  /** Forgets a participant; an earlier speaker has the floor again. */
  remove(participantId: string): void {
    this.#muted.delete(participantId);
    this.#choose(this.#speakers.filter((speaker) => speaker !== participantId));
  }

  /** Sends nothing any more. */
  close(): void {
    this.#fill = undefined;
    this.#cancelTimer();
  }

  #choose(speakers: readonly string[]): void {
    this.#speakers = speakers;
    const next = speakers.findLast((speaker) => !this.#muted.has(speaker));
    if (next === this.#current) return;
    this.#current = next;
    if (next !== undefined) this.#forwarder.select(next);
  }

  #arm(fill: SilenceFill): void {
    const now = this.#clock.now();
    const together = Math.floor(fill.nextAt / LOOK_MS) * LOOK_MS;
    const lookAt = together > now && !this.#isFilling ? together : fill.nextAt;
    this.#cancelTimer = this.#clock.after(lookAt - now, () => {
      const silence = fill.pull(this.#clock.now());
      this.#isFilling = silence.length > 0;
      for (const packet of silence) this.#send(packet);
      this.#arm(fill);
    });
  }
}
