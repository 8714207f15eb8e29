import { Emitter, type EventSource, type Unsubscribe } from '@voice-bridge/core';
import { EVENTS_CHANNEL_LABEL, encodeServerEvent } from '@voice-bridge/core/openai';
import type { MediaChannel, MediaConnection } from '@voice-bridge/media-node';
import { problemFrom } from '../openai/problem.ts';
import { readClientMessage } from '../openai/read-client-message.ts';
import type { CallOptions } from './call-options.ts';
import { Recognition } from './input/recognition.ts';
import { SpeechInput } from './input/speech-input.ts';
import type { TurnDetectionEffect } from './input/step-turn-detection.ts';
import { Answering } from './output/answering.ts';
import { SpeechOutput } from './output/speech-output.ts';
import { Timers } from './timers.ts';
import type { CallEffect, CallInput, CallState } from './turn/call-state.ts';
import { newCallState, stepCall } from './turn/step-call.ts';

const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
const LAST_EVENT_MS = 250;
/** One WebRTC call: the connection, its `oai-events` channel and its turn loop, from offer to end. */
export class Call implements EventSource<{ closed: [] }> {
  readonly id: string;
  readonly #options: CallOptions;
  readonly #connection: MediaConnection;
  readonly #input: SpeechInput;
  readonly #output: SpeechOutput;
  readonly #recognition: Recognition;
  readonly #answering: Answering;
  readonly #events = new Emitter<{ closed: [] }>();
  readonly #inputs: CallInput[] = [];
  readonly #timers: Timers;
  #state: CallState;
  #freed = Promise.resolve();
  #phase: 'open' | 'stepping' | 'closed' = 'open';
  #channel: MediaChannel | undefined;
  #preparedFor: readonly string[] = [];

  constructor(options: CallOptions) {
    const { engines, codec, clock } = options;
    this.id = options.id;
    this.#options = options;
    this.#timers = new Timers(clock);
    this.#state = newCallState(options.seed, options.session);
    this.#input = new SpeechInput({
      decoder: codec.createDecoder(16_000),
      vad: engines.createVad(),
      onTurn: (effect) => this.#onTurn(effect),
    });
    this.#input.listen(this.#state.settings.turns);
    this.#output = this.#createOutput();
    this.#recognition = new Recognition({
      stt: engines.stt,
      read: (startMs, endMs) => this.#input.read(startMs, endMs),
      vocabulary: () => ({ phrases: this.#phrases() }),
    });
    this.#answering = this.#createAnswering();
    this.#connection = options.createConnection({
      clock,
      logger: options.logger,
      additionalHostAddresses: options.additionalHostAddresses,
      onAudio: (packet) => this.#isOver || this.#input.push(packet, clock.now()),
    });
    this.#connection.on('channel', (channel) => this.#onChannel(channel));
    this.#connection.on('stateChanged', (state) => {
      if (state.name === 'connected') this.#tick();
      if (state.name === 'closed') this.close();
    });
    this.#timers.after(options.maxDurationMs, () => this.#take({ type: 'expired', afterMs: options.maxDurationMs }));
  }

  /** The tools of the session, as it is now. */
  get tools() {
    return this.#state.settings.tools;
  }

  on<Name extends 'closed'>(event: Name, listener: () => void): Unsubscribe {
    return this.#events.on(event, listener);
  }

  /** Answers the caller's offer. Rejects with `invalid_offer`; the call is over then. */
  async answer(offer: string): Promise<string> {
    try {
      return await this.#connection.answerOffer(offer);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Ends the call; resolves when everything is freed. Idempotent and final. */
  close(): Promise<void> {
    if (this.#phase === 'closed') return this.#freed;
    this.#phase = 'closed';
    this.#timers.close();
    this.#answering.close();
    this.#recognition.close();
    this.#input.close();
    this.#output.close();
    this.#freed = this.#connection
      .close()
      .catch((error: unknown) => this.#log('warn', 'the connection did not close', error));
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
        this.#send(encodeServerEvent(effect.event));
        return;
      case 'recognise':
        this.#recognise(effect.itemId, effect.startMs, effect.endMs);
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
        this.#output.play(effect.segment, clock.now());
        return;
      case 'wakeAt':
        this.#timers.after(effect.at - clock.now(), () => this.#take({ type: 'wake' }));
        return;
      case 'clearSpeaker':
        this.#take({ type: 'speakerCleared', heard: this.#output.clear() });
        return;
      case 'listen':
        this.#input.listen(effect.turns);
        this.#prepare();
        return;
      case 'forgetTurn':
        this.#recognition.dropGuess();
        this.#input.forgetTurn();
        return;
      case 'end':
        // The last event is still on its way.
        this.#timers.after(LAST_EVENT_MS, () => this.close());
        return;
    }
  }

  #phrases(): readonly string[] {
    return this.#options.engines.assistant.phrases(this.#state.settings.tools);
  }

  #prepare(): void {
    const phrases = this.#phrases();
    if (phrases.join('\n') === this.#preparedFor.join('\n')) return;
    this.#preparedFor = phrases;
    this.#options.engines.prepare?.(phrases);
  }

  #onChannel(channel: MediaChannel): void {
    if (channel.label !== EVENTS_CHANNEL_LABEL || this.#channel !== undefined) {
      channel.close();
      return;
    }
    this.#channel = channel;
    channel.on('close', () => this.close());
    this.#take({ type: 'opened' });
    channel.receive((message) => this.#onMessage(message));
  }

  #onMessage(message: string | Uint8Array): void {
    const read = readClientMessage(message);
    this.#take(read.type === 'problem' ? read : { ...read, heardMs: this.#input.heardMs });
  }

  #send(text: string): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    if (channel.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.#log('warn', 'the caller does not read its events; call closed');
      this.close();
      return;
    }
    channel.send(text);
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

  #recognise(itemId: string, startMs: number, endMs: number): void {
    this.#recognition.recognise(startMs, endMs).then(
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
      onFinished: (responseId) => this.#take({ type: 'assistantFinished', responseId }),
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

  #createOutput(): SpeechOutput {
    const { codec, clock, randomUint32 } = this.#options;
    const options = {
      encoder: codec.createEncoder({ sampleRateHz: 24_000 }),
      send: (packet: Parameters<MediaConnection['sendAudio']>[0]) => this.#connection.sendAudio(packet),
      onTurned: (responseId: string) => this.#take({ type: 'speakerTurned', responseId }),
      onDrained: () => this.#take({ type: 'speakerDrained' }),
      firstSequenceNumber: randomUint32() & 0x7fff,
      firstTimestamp: randomUint32(),
    };
    return new SpeechOutput(options, clock.now());
  }

  #tick(): void {
    const now = this.#options.clock.now();
    this.#output.tick(now);
    if (this.#isOver) return;
    this.#input.tick(now);
    if (!this.#isOver) this.#timers.after(this.#output.nextDueAt(now) - now, () => this.#tick());
  }

  #log(level: 'warn' | 'error', message: string, error?: unknown): void {
    this.#options.logger[level]({ callId: this.id, ...(error === undefined ? {} : { error }) }, message);
  }
}
