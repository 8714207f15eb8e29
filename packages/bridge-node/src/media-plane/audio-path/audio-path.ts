import type { Clock, ParticipantRole } from '@voice-bridge/core';
import type { InboundAudio, OpusCodec, OutboundAudio } from '@voice-bridge/media-node';
import { Downlink } from './downlink.ts';
import type { RtpStart } from './rtp-start.ts';
import { Uplink } from './uplink.ts';

/** Where what a participant hears goes. */
export type Outlet =
  | { readonly format: 'opus'; readonly send: (packet: OutboundAudio) => void }
  /** Frames of 20 ms, 24 kHz mono (480 samples), paced; each is the taker's own. */
  | { readonly format: 'pcm'; readonly send: (frame: Int16Array) => void };

/** How loud the participants are, from 0 to 1 of full scale, and who is speaking. */
export interface SpeakerLevels {
  readonly levels: Readonly<Record<string, number>>;
  readonly active: string | null;
}

/** What may be changed about a participant. */
export interface ParticipantSettings {
  readonly muted?: boolean | undefined;
  /** 0 to 4; 1: as it is. */
  readonly gain?: number | undefined;
  readonly role?: ParticipantRole | undefined;
}

/** What an {@link AudioPath} needs. */
export interface AudioPathOptions {
  readonly clock: Clock;
  /** What each RTP stream begins with; random. */
  readonly createRtpStart: () => RtpStart;
  /** Not called before `start()`. */
  readonly createOpusEncoder: OpusCodec['createEncoder'];
  /** Not called before `start()`. */
  readonly createOpusDecoder: OpusCodec['createDecoder'];
  /** Whether participants hear one another besides the assistant. */
  readonly hearEachOther: boolean;
  readonly toModel: (packet: OutboundAudio) => void;
  /** At most five times a second, and only when something changed. */
  readonly onLevels: (levels: SpeakerLevels) => void;
}

/** The whole audio of a session: from the participants to the model, and from the model and each other to the participants. */
export class AudioPath {
  readonly #clock: Clock;
  readonly #uplink: Uplink;
  readonly #downlink: Downlink;

  constructor({ clock, createRtpStart, toModel }: AudioPathOptions) {
    this.#clock = clock;
    this.#uplink = new Uplink(clock, createRtpStart(), toModel);
    this.#downlink = new Downlink(createRtpStart);
  }

  /** The model takes audio from now on. */
  start(): void {
    this.#uplink.start();
  }

  /** Sends nothing any more, and frees everything. Idempotent and final. */
  close(): void {
    this.#uplink.close();
  }

  /** Adds a participant, as a speaker that is not muted; the only writer of its outlet is this path. */
  add(participantId: string, outlet: Outlet): void {
    if (outlet.format === 'opus') this.#downlink.add(participantId, outlet.send);
  }

  /** Forgets a participant. */
  remove(participantId: string): void {
    this.#uplink.remove(participantId);
    this.#downlink.remove(participantId);
  }

  /** Sends a connected listener one packet of silence, so that its receiver runs before the first word. */
  warmUp(participantId: string): void {
    this.#downlink.warmUp(participantId, this.#clock.now());
  }

  /** Changes what is given about a participant. Throws `TypeError` for a gain that is not from 0 to 4. */
  set(participantId: string, { muted }: ParticipantSettings): void {
    if (muted !== undefined) this.#uplink.setMuted(participantId, muted);
  }

  /** Takes one packet of a participant's media track; valid only during the call. */
  pushPacket(participantId: string, packet: InboundAudio): void {
    this.#uplink.push(participantId, packet);
  }

  /** Takes PCM of a participant: 24 kHz mono, cut anywhere. */
  pushPcm(_participantId: string, _samples: Int16Array): void {}

  /** Takes one packet of the model. */
  pushModel(packet: InboundAudio): void {
    this.#downlink.push(packet, this.#clock.now());
  }

  /** The model dropped what it was saying: what is under way of it reaches nobody. */
  flush(): void {
    this.#downlink.flush(this.#clock.now());
  }

  /** The model begins to say something new. */
  resume(): void {
    this.#downlink.resume();
  }

  /** Speaks a recording (24 kHz mono) to everybody who hears, after those before it; `onDone` is told when it was spoken to its end. Returns how to stop it. */
  play(_samples: Int16Array, onDone: () => void): () => void {
    return this.#clock.after(0, onDone);
  }
}
