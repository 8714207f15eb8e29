import {
  type CancelTimer,
  type Clock,
  isVoiceBridgeError,
  type Logger,
  Machine,
  PROTOCOL_VERSION,
  type ServerControlMessage,
  toVoiceBridgeError,
  VoiceBridgeError,
} from '@voice-bridge/core';
import type { OpusCodec } from '@voice-bridge/media-node';
import type { JoinCommand, SessionCommand, SessionOptions } from '../../seam/session-commands.ts';
import type { SessionEvent, SessionHandle, SessionStats } from '../../seam/session-events.ts';
import { AudioPath, type SpeakerLevels } from '../audio-path/audio-path.ts';
import type { RtpStart } from '../audio-path/rtp-start.ts';
import type { Participant, ParticipantSinks } from '../participant/participant.ts';
import type { Upstream, UpstreamSinks } from '../upstream/upstream.ts';
import { RecordingPlays } from './recording-plays.ts';
import type { SessionEffect, SessionEnding, SessionInput, SessionState, UpstreamCommand } from './session-state.ts';
import { openingSession, stepSession } from './session-step.ts';
import { SessionView } from './session-view.ts';
import { settledWithin } from './settled-within.ts';

/** What a session needs besides its options. */
export interface SessionDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly loadOpusCodec: () => Promise<OpusCodec>;
  /** What each RTP stream begins with; random. */
  readonly createRtpStart: () => RtpStart;
  readonly createParticipant: (options: SessionOptions, join: JoinCommand, sinks: ParticipantSinks) => Participant;
  readonly createUpstream: (options: SessionOptions, sinks: UpstreamSinks) => Upstream;
}

const RELEASE_MS = 5_000;

/** One live conversation: its model, its participants and the audio between them. Driven by commands, tells events, `closed` last and always. */
export class BridgeSession implements SessionHandle {
  readonly #options: SessionOptions;
  readonly #dependencies: SessionDependencies;
  readonly #onEvent: (event: SessionEvent) => void;
  readonly #abort = new AbortController();
  readonly #upstream: Upstream;
  readonly #audio: AudioPath;
  readonly #view = new SessionView();
  readonly #participants = new Map<string, Participant>();
  /** Participants that are gone from the session and not yet freed. */
  readonly #leaving = new Set<Promise<void>>();
  readonly #machine: Machine<SessionState, SessionInput, SessionEffect>;
  readonly #plays: RecordingPlays;
  #codec: OpusCodec | undefined;
  #cancelJoinDeadline: CancelTimer = () => {};

  /** Dials the model at once. */
  constructor(options: SessionOptions, dependencies: SessionDependencies, onEvent: (event: SessionEvent) => void) {
    this.#options = options;
    this.#dependencies = dependencies;
    this.#onEvent = onEvent;
    const { clock, createRtpStart } = dependencies;
    this.#machine = new Machine({
      initial: openingSession(options.joinTimeoutMs === undefined ? 'ends' : 'waits'),
      step: stepSession,
      perform: (effect: SessionEffect) => this.#try(effect),
      clock,
    });
    this.#upstream = dependencies.createUpstream(options, {
      onAudio: (packet) => this.#audio.pushModel(packet),
      onEvent: (event) => this.#machine.send({ type: 'upstreamEvent', event }),
    });
    this.#audio = new AudioPath({
      clock,
      createRtpStart,
      createOpusEncoder: (settings) => this.#opus().createEncoder(settings),
      createOpusDecoder: (sampleRateHz) => this.#opus().createDecoder(sampleRateHz),
      hearEachOther: options.hearEachOther,
      toModel: (packet) => this.#upstream.sendAudio(packet),
      onLevels: (levels) => this.#machine.send({ type: 'levels', levels }),
    });
    this.#plays = new RecordingPlays(
      (samples, onDone) => this.#audio.play(samples, onDone),
      (playId) => this.#emit({ type: 'played', playId }),
    );
    this.#dial();
  }

  send(command: SessionCommand): void {
    this.#machine.send({ type: 'command', command });
  }

  #dial(): void {
    Promise.all([this.#loadCodec(), this.#upstream.open(this.#abort.signal)]).then(
      () => this.#machine.send({ type: 'upstreamOpened' }),
      (error: unknown) => {
        const { code, message } = toVoiceBridgeError(error, 'model_error', 'The speech model could not be reached');
        if (!isVoiceBridgeError(error))
          this.#dependencies.logger.error({ code }, 'Dialling the model failed unexpectedly');
        this.#machine.send({ type: 'upstreamFailed', code, message });
      },
    );
  }

  async #loadCodec(): Promise<void> {
    this.#codec = await this.#dependencies.loadOpusCodec();
  }

  #opus(): OpusCodec {
    if (this.#codec === undefined) throw new VoiceBridgeError('internal', 'The Opus codec is not loaded yet');
    return this.#codec;
  }

  // One effect that fails must not keep the others from being done: the last of them may be the end.
  #try(effect: SessionEffect): void {
    try {
      this.#perform(effect);
    } catch (error) {
      this.#dependencies.logger.error({ effect: effect.type, error }, 'A session could not do what it had decided');
      if (effect.type !== 'admit') return;
      const { code, message } = toVoiceBridgeError(error, 'internal', 'The offer could not be answered');
      const event = { type: 'refused', code, message } as const;
      this.#machine.send({ type: 'participantEvent', participantId: effect.join.participantId, event });
    }
  }

  #perform(effect: SessionEffect): void {
    switch (effect.type) {
      case 'emit':
        this.#emit(effect.event);
        break;
      case 'admit':
        this.#admit(effect.join);
        break;
      case 'answerJoin':
        this.#participants.get(effect.participantId)?.takeAnswer(effect.answer);
        break;
      case 'welcome':
        this.#welcome(effect.participantId);
        break;
      case 'setAudio':
        this.#audio.set(effect.participantId, effect.audio);
        break;
      case 'refuse':
        this.#refuse(effect);
        break;
      case 'drop':
        this.#drop(effect.participantId, effect.ending);
        break;
      case 'upstream':
        this.#tellModel(effect.command);
        break;
      case 'toolResult':
        this.#answerTool(effect);
        break;
      case 'toolProgress':
        this.#tellAll(this.#view.toolProgress(effect.callId, effect.progress));
        break;
      case 'play':
        this.#plays.start(effect.playId, effect.samples);
        break;
      case 'stopPlaying':
        this.#plays.stop(effect.playId);
        break;
      case 'tellLevels':
        this.#tellAll(levelsMessage(effect.levels));
        break;
      case 'reportStats':
        this.#emit({ type: 'stats', stats: this.#stats() });
        break;
      case 'flush':
        this.#audio.flush();
        break;
      case 'resume':
        this.#audio.resume();
        break;
      case 'startAudio':
        this.#audio.start();
        break;
      case 'armJoinDeadline':
        this.#armJoinDeadline();
        break;
      case 'release':
        this.#release(effect.ending);
        break;
    }
  }

  #emit(event: SessionEvent): void {
    this.#tellAll(this.#view.apply(event));
    this.#onEvent(event);
  }

  #stats(): SessionStats {
    const participants = [...this.#participants].map(([id, participant]) => [id, participant.stats()] as const);
    return { model: this.#upstream.stats(), participants: Object.fromEntries(participants) };
  }

  #tellAll(message: ServerControlMessage | undefined): void {
    if (message === undefined) return;
    for (const participant of this.#participants.values()) participant.send(message);
  }

  #tellModel(command: UpstreamCommand): void {
    if (command.type === 'sendText') this.#upstream.sendText(command.text, command.participantId, command.imageUrl);
    else if (command.type === 'announce') this.#upstream.announce(command.text);
    else if (command.type === 'commitInput') this.#upstream.commitInput(command.participantId);
    else this.#upstream[command.type]();
  }

  #answerTool({ callId, output, failed }: Extract<SessionEffect, { type: 'toolResult' }>): void {
    const message = this.#view.toolResult(callId, output, failed);
    // A second result for the same call would be a second answer of the model.
    if (message === undefined) return;
    this.#upstream.sendToolResult(callId, output);
    this.#tellAll(message);
  }

  #armJoinDeadline(): void {
    const { connectTimeoutMs, joinTimeoutMs = connectTimeoutMs } = this.#options;
    this.#cancelJoinDeadline = this.#dependencies.clock.after(joinTimeoutMs, () => {
      this.#machine.send({ type: 'nobodyJoined' });
    });
  }

  #admit(join: JoinCommand): void {
    const { participantId } = join;
    const participant = this.#dependencies.createParticipant(this.#options, join, {
      onPacket: (packet) => this.#audio.pushPacket(participantId, packet),
      onPcm: (samples) => this.#audio.pushPcm(participantId, samples),
      onEvent: (event) => this.#machine.send({ type: 'participantEvent', participantId, event }),
    });
    this.#participants.set(participantId, participant);
    this.#audio.add(participantId, participant.outlet);
    participant.start();
  }

  #refuse({ participantId, code, message }: Extract<SessionEffect, { type: 'refuse' }>): void {
    this.#participants.get(participantId)?.send({ type: 'error', code, message });
  }

  #welcome(participantId: string): void {
    const participant = this.#participants.get(participantId);
    if (participant === undefined) return;
    this.#audio.warmUp(participantId);
    const { assistant, transcript, toolCalls, participants } = this.#view.snapshot();
    participant.send({
      type: 'joined',
      protocol_version: PROTOCOL_VERSION,
      session_id: this.#options.sessionId,
      participant_id: participantId,
      conversation_id: this.#options.conversationId,
      assistant,
      transcript,
      history: [...this.#options.history],
      participants,
      ...(this.#options.upstream.turnDetection === null ? { push_to_talk: true } : {}),
    });
    for (const toolCall of toolCalls) participant.send({ type: 'tool_call', tool_call: toolCall });
  }

  #drop(participantId: string, ending: SessionEnding): void {
    const participant = this.#participants.get(participantId);
    if (participant === undefined) return;
    this.#participants.delete(participantId);
    this.#audio.remove(participantId);
    const leaving = participant.close(closedMessage(ending)).catch((error: unknown) => {
      this.#dependencies.logger.warn({ participantId, error }, 'A connection did not close cleanly');
    });
    this.#leaving.add(leaving);
    void leaving.then(() => this.#leaving.delete(leaving));
  }

  #release(ending: SessionEnding): void {
    this.#abort.abort();
    this.#cancelJoinDeadline();
    this.#audio.close();
    for (const participantId of [...this.#participants.keys()]) this.#drop(participantId, ending);
    const everything = [...this.#leaving, this.#upstream.close()];
    void settledWithin(everything, RELEASE_MS, this.#dependencies.clock).then((inTime) => {
      if (!inTime) this.#dependencies.logger.warn({ sessionId: this.#options.sessionId }, 'A session closed slowly');
      this.#machine.send({ type: 'released' });
    });
  }
}

function closedMessage(ending: SessionEnding): ServerControlMessage {
  return { type: 'closed', reason: ending.reason, ...(ending.code === undefined ? {} : { code: ending.code }) };
}

function levelsMessage({ levels, active }: SpeakerLevels): ServerControlMessage {
  const list = Object.entries(levels).map(([participant_id, level]) => ({ participant_id, level }));
  return { type: 'levels', levels: list, active };
}
