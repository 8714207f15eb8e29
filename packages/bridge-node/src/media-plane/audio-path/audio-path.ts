import { type Clock, type ParticipantRole, PCM_RATE_HZ } from '@voice-bridge/core';
import { type InboundAudio, OPUS_SILENCE, type OpusCodec, type OutboundAudio } from '@voice-bridge/media-node';
import { AssistantStream } from './assistant-stream.ts';
import { LevelReport, type SpeakerLevels } from './level-report.ts';
import { MixRound } from './mix-round.ts';
import { MixTicker } from './mix-ticker.ts';
import { ModelLine } from './model-line.ts';
import { OpusLine } from './opus-line.ts';
import { OpusSource } from './opus-source.ts';
import type { Outlet } from './outlet.ts';
import { type AudioPlan, type Hearing, planAudio, silentPlan } from './plan-audio.ts';
import { Recordings } from './recordings.ts';
import type { RtpStart } from './rtp-start.ts';
import { Speaker } from './speaker.ts';

export type { SpeakerLevels } from './level-report.ts';
export type { Outlet } from './outlet.ts';

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

interface Participant {
  readonly id: string;
  readonly voice: Speaker;
  readonly outlet: Outlet;
  /** Its outbound stream; that of one who gets PCM carries nothing. */
  readonly line: OpusLine;
  hearing: Hearing;
}

/** Who is present is looked at again after this long, in ms, while anything is mixed. */
const REPLAN_MS = 200;
const MAX_GAIN = 4;
const SILENCE: InboundAudio = { ssrc: 0, sequenceNumber: 0, timestamp: 0, marker: true, payload: OPUS_SILENCE };

/**
 * The whole audio of a session: from the participants to the model, and from the model and each other to the
 * participants. What one sends and another can take as it is passes unopened; everything else is mixed, 20 ms at a time.
 */
export class AudioPath {
  readonly #options: AudioPathOptions;
  readonly #clock: Clock;
  readonly #model: ModelLine;
  readonly #assistant = new AssistantStream();
  readonly #recordings = new Recordings();
  readonly #round: MixRound;
  readonly #ticker: MixTicker;
  readonly #levels: LevelReport;
  readonly #participants = new Map<string, Participant>();
  #plan: AudioPlan = silentPlan;
  #plannedAt = 0;
  /** Whose packets the model gets, or got until the mix took over. */
  #floor: Participant | undefined;
  /** What the assistant says, while that is decoded. */
  #answer: OpusSource | undefined;

  constructor(options: AudioPathOptions) {
    const { clock, createRtpStart, createOpusEncoder, hearEachOther, toModel, onLevels } = options;
    this.#options = options;
    this.#clock = clock;
    this.#levels = new LevelReport(onLevels);
    const look = (now: number) => this.#levels.look(this.#participants, now);
    this.#model = new ModelLine(clock, createRtpStart(), toModel, look);
    this.#round = new MixRound(hearEachOther, createOpusEncoder);
    this.#ticker = new MixTicker(clock, (frameTime) => this.#tick(frameTime));
  }

  /** The model takes audio from now on. */
  start(): void {
    this.#model.start();
    this.#replan();
  }

  /** Sends nothing any more, and frees everything. Idempotent and final. */
  close(): void {
    this.#model.close();
    this.#recordings.clear();
    this.#freeVoices();
    this.#participants.clear();
    this.#replan();
  }

  /** Adds a participant, as a speaker that is not muted; the only writer of its outlet is this path. */
  add(participantId: string, outlet: Outlet): void {
    const send = outlet.format === 'opus' ? outlet.send : () => {};
    const line = new OpusLine(this.#options.createRtpStart(), send);
    const voice = new Speaker(participantId, outlet.format);
    this.#participants.set(participantId, { id: participantId, voice, outlet, line, hearing: 'nothing' });
    this.#replan();
  }

  /** Forgets a participant. */
  remove(participantId: string): void {
    this.#participants.get(participantId)?.voice.free();
    this.#participants.delete(participantId);
    this.#replan();
  }

  /** Sends a connected listener one packet of silence, so that its receiver runs before the first word. */
  warmUp(participantId: string): void {
    const line = this.#participants.get(participantId)?.line;
    if (line?.hasSent === false) line.forward(SILENCE, 'warm-up', this.#clock.now());
  }

  /** Changes what is given about a participant. Throws `TypeError` for a gain that is not from 0 to 4. */
  set(participantId: string, { muted, gain, role }: ParticipantSettings): void {
    if (gain !== undefined && !(gain >= 0 && gain <= MAX_GAIN)) {
      throw new TypeError(`A gain is from 0 to ${MAX_GAIN}, got ${gain}`);
    }
    const voice = this.#participants.get(participantId)?.voice;
    if (voice === undefined) return;
    voice.muted = muted ?? voice.muted;
    voice.gain = gain ?? voice.gain;
    voice.role = role ?? voice.role;
    this.#replan();
  }

  /** Takes one packet of a participant's media track; valid only during the call. */
  pushPacket(participantId: string, packet: InboundAudio): void {
    const participant = this.#participants.get(participantId);
    if (participant === undefined) return;
    const now = this.#clock.now();
    if (participant.voice.arrives) this.#arrive(participant.voice, now);
    participant.voice.pushPacket(packet, now);
    if (participant === this.#floor) this.#model.forward(packet, participantId, now);
    this.#levels.look(this.#participants, now);
  }

  /** Takes PCM of a participant: 24 kHz mono, cut anywhere. What is more than 200 ms ahead of its playout is dropped. */
  pushPcm(participantId: string, samples: Int16Array): void {
    const voice = this.#participants.get(participantId)?.voice;
    if (voice === undefined || samples.length === 0) return;
    const now = this.#clock.now();
    if (voice.arrives) this.#arrive(voice, now);
    voice.pushPcm(samples, now);
  }

  /** Takes one packet of the model; valid only during the call. */
  pushModel(packet: InboundAudio): void {
    const now = this.#clock.now();
    if (!this.#assistant.accepts(now)) return;
    this.#answer?.push(packet, now);
    const { source } = this.#assistant;
    for (const { hearing, line } of this.#participants.values()) {
      if (hearing === 'packets') line.forward(packet, source, now);
    }
  }

  /** The model dropped what it was saying: what is under way of it reaches nobody. One packet of silence ends what was heard of it; without that, a browser's concealment would draw the last sound out. */
  flush(): void {
    const now = this.#clock.now();
    this.#answer?.reset();
    const cut = this.#assistant.flush(now);
    if (cut === undefined) return;
    for (const { hearing, line } of this.#participants.values()) {
      if (hearing !== 'nothing') line.forward(SILENCE, cut, now);
    }
  }

  /** The model begins to say something new. */
  resume(): void {
    this.#assistant.resume();
  }

  /** Speaks a recording (24 kHz mono) to everybody who hears, after those before it; `onDone` is told when it was spoken to its end. Returns how to stop it. */
  play(samples: Int16Array, onDone: () => void): () => void {
    const cancel = this.#recordings.add(samples, onDone);
    this.#replan();
    return () => {
      cancel();
      this.#replan();
    };
  }

  #arrive(voice: Speaker, now: number): void {
    voice.heardAt = now;
    this.#replan();
  }

  /** Decides anew what happens to everybody's audio, and begins it. */
  #replan(): void {
    const now = this.#clock.now();
    const { hearEachOther, createOpusDecoder } = this.#options;
    const voices = [...this.#participants.values()].map(({ voice }) => voice);
    const plan = planAudio(voices, { hearEachOther, isPlaying: this.#recordings.isPlaying }, now);
    const { isOpen, line } = this.#model;
    this.#plan = plan;
    this.#plannedAt = now;
    for (const participant of this.#participants.values()) {
      const { id, voice } = participant;
      participant.hearing = plan.hearing.get(id) ?? 'nothing';
      if (participant.hearing === 'mix') participant.line.turnToMix();
      voice.isPresent = plan.speakers.has(id);
      if (!voice.isPresent) voice.free();
      else if (isOpen && plan.decodesSpeakers) voice.decode(createOpusDecoder);
    }
    if (isOpen && plan.decodesAssistant) this.#answer ??= new OpusSource(createOpusDecoder(PCM_RATE_HZ));
    if (plan.model.name === 'mix') line.turnToMix();
    else this.#floor = plan.model.name === 'packets' ? this.#participants.get(plan.model.from) : undefined;
    this.#settle(now);
  }

  /** Lets the lines that need the mix no longer go back to packets, and the mix rest when nobody needs it. */
  #settle(now: number): void {
    const { model, decodesSpeakers, decodesAssistant } = this.#plan;
    const { isOpen, line: toModel } = this.#model;
    if (model.name !== 'mix') toModel.turnToForward(this.#floor?.id ?? '', this.#floor?.voice.packets, now);
    for (const { hearing, line } of this.#participants.values()) {
      if (hearing === 'packets') line.turnToForward(this.#assistant.source, this.#answer, now);
    }
    const isHeard = this.#mixListeners().length > 0;
    if (!decodesSpeakers && toModel.isForwarding) this.#freeVoices();
    if (!decodesAssistant && !isHeard) {
      this.#answer?.close();
      this.#answer = undefined;
    }
    if (isOpen && (!toModel.isForwarding || isHeard || this.#recordings.isPlaying)) {
      this.#ticker.start();
      return;
    }
    this.#ticker.stop();
    this.#round.release();
  }

  #freeVoices(): void {
    for (const { voice } of this.#participants.values()) voice.free();
  }

  #mixListeners(): Participant[] {
    return [...this.#participants.values()].filter(
      ({ hearing, line }) => hearing === 'mix' || (hearing === 'packets' && !line.isForwarding),
    );
  }

  #tick(frameTime: number): void {
    const wasPlaying = this.#recordings.isPlaying;
    // A recording can wait until everybody is ready; nothing else does.
    const recording = this.#recordings.pull(!this.#mixListeners().some((listener) => listener.line.isTurning));
    const { isOpen, line } = this.#model;
    if (!isOpen) return;
    const now = this.#clock.now();
    const speakers = [...this.#participants.values()].map(({ voice }) => voice).filter(({ isDecoded }) => isDecoded);
    for (const voice of speakers) voice.pull(frameTime);
    this.#round.mix({
      speakers,
      assistant: this.#answer,
      recording,
      model: line.isForwarding ? undefined : { line, before: this.#floor?.voice.packets },
      listeners: this.#mixListeners(),
      frameTime,
      now,
    });
    this.#levels.look(this.#participants, now);
    const hasEnded = wasPlaying && !this.#recordings.isPlaying;
    if (hasEnded || now - this.#plannedAt >= REPLAN_MS) this.#replan();
    else this.#settle(now);
  }
}
