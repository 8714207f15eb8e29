import { Emitter, type EventSource, type Unsubscribe } from '@voice-bridge/core';
import { EVENTS_CHANNEL_LABEL, encodeServerEvent } from '@voice-bridge/core/openai';
import { problemFrom } from '../openai/problem.ts';
import type { ClientMessage } from '../openai/read-client-message.ts';
import type { CallOptions } from './call-options.ts';
import { ChannelGroup } from './channel-group.ts';
import type { ChannelEnd, EventsChannel } from './events-channel.ts';
import { AppendedInput } from './input/appended-input.ts';
import { Intake } from './input/intake.ts';
import { Recognition } from './input/recognition.ts';
import { SpeechInput } from './input/speech-input.ts';
import type { TurnDetectionEffect } from './input/step-turn-detection.ts';
import { Answering } from './output/answering.ts';
import { Timers } from './timers.ts';
import { TrackLeg } from './track-leg.ts';
import type { CallEffect, CallInput, CallState } from './turn/call-state.ts';
import { newCallState, stepCall } from './turn/step-call.ts';

const LAST_EVENT_MS = 250;

/**
 * One session from beginning to end: its turn loop, its engines, and everybody who follows its events. Audio comes and goes over a
 * WebRTC track, or in the events themselves.
 */
export class Call implements EventSource<{ closed: [] }> {
  readonly id: string;
  readonly #options: CallOptions;
  readonly #track: TrackLeg | undefined;
  readonly #channels = new ChannelGroup();
  readonly #input: SpeechInput;
  readonly #appended: AppendedInput;
  readonly #intake: Intake;
  readonly #recognition: Recognition;
  readonly #answering: Answering;
  readonly #events = new Emitter<{ closed: [] }>();
  readonly #inputs: CallInput[] = [];
  readonly #timers: Timers;
  #state: CallState;
  #freed = Promise.resolve();
  #phase: 'open' | 'stepping' | 'closed' = 'open';
  #ownChannel: EventsChannel | undefined;
  #preparedFor: readonly string[] = [];

  constructor(options: CallOptions) {
    const { engines, clock } = options;
    this.id = options.id;
    this.#options = options;
    this.#timers = new Timers(clock);
    this.#state = newCallState(options.seed, options.session, options.track === undefined ? 'events' : 'track');
    this.#input = new SpeechInput({ vad: engines.createVad(), onTurn: (effect) => this.#onTurn(effect) });
    this.#input.listen(this.#state.settings.turns);
    this.#appended = new AppendedInput((pcm) => this.#isOver || this.#input.hear(pcm));
    this.#intake = new Intake({
      appended: options.track === undefined ? this.#appended : undefined,
      onMessage: (message) => this.#onMessage(message),
      onWaiting: (waiting) => this.#channels.hold(waiting),
      later: options.later,
    });
    this.#recognition = new Recognition({
      stt: engines.stt,
      read: (startMs, endMs) => this.#input.read(startMs, endMs),
      vocabulary: () => ({ phrases: this.#phrases() }),
    });
    this.#answering = this.#createAnswering();
    this.#track = options.track === undefined ? undefined : this.#createTrack(options.track);
    this.#timers.after(options.maxDurationMs, () => this.#take({ type: 'expired', afterMs: options.maxDurationMs }));
  }

  /** The tools of the session, as it is now. */
  get tools() {
    return this.#state.settings.tools;
  }

  /** How many channels follow the call besides its own. */
  get sidebands(): number {
    return this.#channels.size - (this.#ownChannel === undefined ? 0 : 1);
  }

  on<Name extends 'closed'>(event: Name, listener: () => void): Unsubscribe {
    return this.#events.on(event, listener);
  }

  /** Answers the caller's offer. Rejects with `invalid_offer`; the call is over then. */
  async answer(offer: string): Promise<string> {
    if (this.#track === undefined) throw new TypeError('This call has no track');
    try {
      return await this.#track.answer(offer);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Lets a channel take part. The call ends with its `own` channel; a `sideband` comes and goes. */
  attach(channel: EventsChannel, role: 'own' | 'sideband'): void {
    if (this.#isOver) {
      channel.close();
      return;
    }
    if (role === 'own') this.#ownChannel = channel;
    const number = this.#channels.add(channel, () => {
      if (role === 'own') this.close();
    });
    this.#take({ type: 'opened', channel: number });
    channel.receive((message) => this.#intake.take(message));
  }

  /** Ends the call, for its clients with a reason; resolves when everything is freed. Idempotent and final. */
  close(reason?: ChannelEnd): Promise<void> {
    if (this.#phase === 'closed') return this.#freed;
    this.#phase = 'closed';
    this.#timers.close();
    this.#answering.close();
    this.#recognition.close();
    this.#intake.close();
    this.#input.close();
    this.#channels.close(reason);
    this.#freed = (this.#track?.close() ?? Promise.resolve()).catch((error: unknown) =>
      this.#log('warn', 'the connection did not close', error),
    );
    this.#events.emit('closed');
    return this.#freed;
  }

  get #isOver(): boolean {
    return this.#phase === 'closed';
  }

  #take(input: CallInput): void {
    this.#inputs.push(input);
    if (this.#phase !== 'open') return;
    this.#phase = 'stepping';
    for (;;) {
      const next = this.#inputs.shift();
      if (next === undefined) break;
      const { state, effects } = stepCall(this.#state, next, this.#options.clock.now());
      this.#state = state;
      for (const effect of effects) this.#performSafely(effect);
      if (this.#isOver) return;
    }
    this.#phase = 'open';
  }

  #performSafely(effect: CallEffect): void {
    if (this.#isOver) return;
    try {
      this.#perform(effect);
    } catch (error) {
      this.#log('error', `call closed: ${effect.type} failed`, error);
      this.close();
    }
  }

  #perform(effect: CallEffect): void {
    const { clock } = this.#options;
    switch (effect.type) {
      case 'send':
        this.#send(encodeServerEvent(effect.event), effect.to);
        return;
      case 'recognise':
        this.#take({ type: 'soundKept', itemId: effect.itemId, pcm: this.#input.read(effect.startMs, effect.endMs) });
        this.#recognise(effect.itemId, this.#recognition.recognise(effect.startMs, effect.endMs));
        return;
      case 'recogniseSound':
        this.#recognise(effect.itemId, this.#recognition.recogniseSound(effect.pcm));
        return;
      case 'respond':
        this.#answering.respond(effect.responseId, effect.request);
        return;
      case 'makeSentence':
        this.#answering.makeSentence(effect.responseId, effect.request);
        return;
      case 'stopMaking':
        this.#answering.stop(effect.responseId);
        return;
      case 'play':
        this.#track?.play(effect.segment);
        return;
      case 'wakeAt':
        this.#timers.after(effect.at - clock.now(), () => this.#take({ type: 'wake', heardMs: this.#input.heardMs }));
        return;
      case 'answered':
        if (this.#options.line?.repeatsAnswer()) this.#take({ ...effect, type: 'answerAgain' });
        return;
      case 'clearSpeaker':
        this.#take({ type: 'speakerCleared', heard: this.#track?.clear() ?? [] });
        return;
      case 'listen':
        this.#input.listen(effect.turns);
        this.#appended.listen(effect.format);
        this.#prepare();
        return;
      case 'forgetTurn':
        this.#recognition.dropGuess();
        this.#input.forgetTurn();
        return;
      case 'end':
        // The last event is still on its way.
        this.#timers.after(LAST_EVENT_MS, () => this.close('expired'));
        return;
    }
  }

  #phrases(): readonly string[] {
    const { tools, keywords } = this.#state.settings;
    return [...this.#options.engines.assistant.phrases(tools), ...keywords];
  }

  #prepare(): void {
    const phrases = this.#phrases();
    if (phrases.join('\n') === this.#preparedFor.join('\n')) return;
    this.#preparedFor = phrases;
    this.#options.engines.prepare?.(phrases);
  }

  #onMessage(message: ClientMessage): void {
    if (this.#isOver) return;
    this.#take(message.type === 'problem' ? message : { ...message, heardMs: this.#input.heardMs });
  }

  #send(text: string, to: number | 'all'): void {
    const texts = this.#options.line?.events(text) ?? [text];
    const slow = texts.flatMap((each) => this.#channels.send(each, to));
    if (slow.length > 0) this.#log('warn', 'a client does not read its events; its channel is closed');
  }

  #onTurn(effect: TurnDetectionEffect): void {
    switch (effect.type) {
      case 'started':
        this.#take({ type: 'speechStarted', startMs: effect.startMs });
        return;
      case 'paused':
        this.#recognition.guess(effect.startMs, effect.endMs);
        return;
      case 'resumed':
        this.#recognition.dropGuess();
        return;
      case 'stopped':
        this.#take({ type: 'speechStopped', startMs: effect.startMs, endMs: effect.endMs });
        return;
    }
  }

  #recognise(itemId: string, words: Promise<string>): void {
    words.then(
      (text) => this.#take({ type: 'recognised', itemId, text }),
      (error: unknown) => {
        if (this.#isOver) return;
        this.#log('warn', 'speech was not recognised', error);
        this.#take({
          type: 'recognitionFailed',
          itemId,
          problem: problemFrom(error, 'Speech could not be recognised'),
        });
      },
    );
  }

  #createAnswering(): Answering {
    const { assistant, tts } = this.#options.engines;
    return new Answering(assistant, tts, {
      onSaid: (responseId, output) => this.#take({ type: 'assistantSaid', responseId, output }),
      onFinished: (responseId, outcome) => this.#take({ type: 'assistantFinished', responseId, outcome }),
      onMade: (responseId, pcm) => this.#take({ type: 'sentenceMade', responseId, pcm }),
      onFailed: (responseId, error) => {
        this.#log('error', 'response failed', error);
        this.#take({
          type: 'assistantFailed',
          responseId,
          problem: problemFrom(error, 'The response could not be made'),
        });
      },
    });
  }

  #createTrack(options: NonNullable<CallOptions['track']>): TrackLeg {
    const sinks = {
      onSound: (pcm: Int16Array) => this.#isOver || this.#input.hear(pcm),
      onChannel: (channel: EventsChannel & { readonly label: string }) => {
        if (channel.label !== EVENTS_CHANNEL_LABEL || this.#ownChannel !== undefined) channel.close();
        else this.attach(channel, 'own');
      },
      onTurned: (responseId: string) => this.#take({ type: 'speakerTurned', responseId }),
      onDrained: () => this.#take({ type: 'speakerDrained' }),
      onClosed: () => this.close(),
    };
    return new TrackLeg(options, sinks, this.#options.clock, this.#options.logger);
  }

  #log(level: 'warn' | 'error', message: string, error?: unknown): void {
    this.#options.logger[level]({ callId: this.id, ...(error === undefined ? {} : { error }) }, message);
  }
}
