import { type MediaStats, VoiceBridgeError } from '@voice-bridge/core';
import { loadOpusCodec, type OpusCodec, type OutboundAudio } from '@voice-bridge/media-node';
import { AppendQueue } from './append-queue.ts';
import { dialLeg } from './dial-leg.ts';
import { EventsChannel } from './events-channel.ts';
import { type DialEventsLine, type DialledEventsLine, type EventsLine, LineRefusal } from './events-line.ts';
import { ModelInput } from './model-input.ts';
import type { ModelEvents, ModelLeg, ModelLegOptions } from './model-leg.ts';
import { ModelOutput } from './model-output.ts';
import { PlayedEvents } from './played-events.ts';
import { refusalError, unreachableError } from './refusal.ts';
import { MAX_QUEUED_MINUTES } from './speech-queue.ts';
import { Stop } from './stop.ts';

/** What a WebSocket leg runs on and where its audio goes. */
export interface WebSocketLegOptions extends ModelLegOptions {
  readonly dialEventsLine: DialEventsLine;
}

/** Room for 15 MiB of base64, which the server takes in one event. */
const MAX_SENT_BYTES = 16 * 1024 * 1024;
/** Room for a retrieved item with its audio. */
const MAX_RECEIVED_BYTES = 32 * 1024 * 1024;
const SAMPLE_RATE_HZ = 24_000;

/** One OpenAI Realtime session over a WebSocket, for servers without UDP: PCM16 in the events, Opus packets outside. */
export class WebSocketLeg implements ModelLeg {
  readonly audioFormat = { type: 'audio/pcm', rate: SAMPLE_RATE_HZ } as const;
  readonly #options: WebSocketLegOptions;
  readonly #stop = new Stop();
  readonly #request = new AbortController();
  #dialled: Promise<DialledEventsLine> | undefined;
  #line: DialledEventsLine | undefined;
  #append: AppendQueue | undefined;
  #input: ModelInput | undefined;
  #output: ModelOutput | undefined;
  #state: 'new' | 'dialling' | 'up' | 'over' = 'new';
  #closed: Promise<void> | undefined;

  constructor(options: WebSocketLegOptions) {
    this.#options = options;
  }

  dial(configure: (events: ModelEvents) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock, logger, session } = this.#options;
    const { connectTimeoutMs } = session.upstream;
    const bounds = { clock, logger, connectTimeoutMs, stop: this.#stop, signal, close: () => this.close() };
    return dialLeg(bounds, () => this.#dial(configure));
  }

  sendAudio(packet: OutboundAudio): void {
    this.#input?.push(packet);
  }

  stats(): readonly MediaStats[] {
    if (this.#line === undefined) return [];
    const { sent, waiting, dropped } = this.#append?.frames ?? { sent: 0, waiting: 0, dropped: 0 };
    const frames = { framesSent: sent, framesWaiting: waiting, framesDropped: dropped };
    const playoutDelay = (this.#output?.waitingMs ?? 0) / 1_000;
    return [{ id: 'websocket', type: 'websocket', ...this.#line.stats(), ...frames, playoutDelay }];
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #dial(configure: (events: ModelEvents) => Promise<void>): Promise<void> {
    this.#state = 'dialling';
    this.#stop.check();
    const codec = await this.#stop.or(loadOpusCodec());
    this.#stop.check();
    this.#dialled = this.#open();
    const line = await this.#stop.or(this.#dialled);
    this.#line = line;
    line.on('close', () => this.#lost());
    const channel = new EventsChannel(line, MAX_SENT_BYTES, this.#options.logger);
    await this.#stop.or(configure(this.#listen(codec, channel)));
    this.#stop.check();
    this.#state = 'up';
    this.#speak(codec, line, channel);
  }

  async #open(): Promise<DialledEventsLine> {
    const { baseUrl, apiKey, model } = this.#options.session.upstream;
    const url = `${baseUrl.replace(/\/+$/, '').replace(/^http/, 'ws')}/realtime?model=${encodeURIComponent(model)}`;
    const target = { url, authorization: `Bearer ${apiKey}`, maxMessageBytes: MAX_RECEIVED_BYTES };
    try {
      return await this.#options.dialEventsLine(target, this.#request.signal);
    } catch (error) {
      if (!(error instanceof LineRefusal)) throw error;
      throw error.status === undefined ? unreachableError(error.systemCode) : refusalError(error.status, error.body);
    }
  }

  /** From now on the assistant is heard. */
  #listen(codec: OpusCodec, channel: EventsChannel): ModelEvents {
    const { clock, onAudio, onWarning } = this.#options;
    const output = new ModelOutput({
      clock,
      encoder: codec.createEncoder({ sampleRateHz: SAMPLE_RATE_HZ }),
      onAudio,
      onHeard: (change, responseId) => events.heard(change, responseId),
      onOverflow: () => onWarning(`More than ${MAX_QUEUED_MINUTES} minutes of an answer waited; the rest is not heard`),
    });
    const events = new PlayedEvents(channel, output);
    this.#output = output;
    return events;
  }

  /** From now on the model hears the users. */
  #speak(codec: OpusCodec, line: EventsLine, channel: EventsChannel): void {
    const { clock, onWarning } = this.#options;
    const append = new AppendQueue(line, channel, () =>
      onWarning('The connection to the speech model is too slow for the audio; what is too old is dropped'),
    );
    this.#append = append;
    this.#input = new ModelInput({
      clock,
      decoder: codec.createDecoder(SAMPLE_RATE_HZ),
      take: (frame) => append.push(frame),
    });
  }

  #lost(): void {
    if (this.#state === 'up') {
      this.#state = 'over';
      this.#release();
      this.#options.onLost();
    } else if (this.#state === 'dialling') {
      this.#stop.stop(new VoiceBridgeError('model_unreachable', 'The speech model hung up while it was dialled'));
    }
  }

  #release(): void {
    this.#input?.close();
    this.#output?.close();
    this.#input = undefined;
    this.#output = undefined;
    this.#line = undefined;
    const droppedMs = this.#append?.droppedMs ?? 0;
    this.#append = undefined;
    if (droppedMs > 0) this.#options.logger.warn({ droppedMs }, 'Audio that never reached the speech model');
  }

  async #close(): Promise<void> {
    this.#state = 'over';
    this.#stop.stop(new VoiceBridgeError('aborted', 'The call to the speech model was closed'));
    this.#release();
    this.#request.abort();
    const line = await this.#dialled?.catch(() => undefined);
    if (line === undefined) return;
    await new Promise<void>((resolve) => {
      line.on('close', resolve);
      line.close();
    });
  }
}
