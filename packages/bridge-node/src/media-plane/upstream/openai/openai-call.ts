import { isVoiceBridgeError, type MediaStats, VoiceBridgeError } from '@voice-bridge/core';
import { EVENTS_CHANNEL_LABEL } from '@voice-bridge/core/openai';
import {
  MAX_CHANNEL_MESSAGE_BYTES,
  type MediaChannel,
  type MediaConnection,
  type MediaConnectionFactory,
  type OutboundAudio,
} from '@voice-bridge/media-node';
import type { SessionOptions } from '../../../seam/session-commands.ts';
import type { Fetch } from '../upstream.ts';
import { type CallsOptions, type CreatedCall, createCall, hangUpCall } from './calls.ts';
import { describeFailure, dialLeg } from './dial-leg.ts';
import { EventsChannel } from './events-channel.ts';
import type { ModelEvents, ModelLeg, ModelLegOptions } from './model-leg.ts';
import { callSession } from './session-update.ts';
import { Stop } from './stop.ts';

/** What a call runs on and where its audio and events go. */
export interface OpenAiCallOptions extends ModelLegOptions {
  readonly createConnection: MediaConnectionFactory;
  readonly fetch: Fetch;
}

/** How long a hang-up may take, the answer to a call given up while dialling included. */
export const HANG_UP_MS = 2_000;

const LOOPBACK = '127.0.0.1';
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set([LOOPBACK, 'localhost', '[::1]']);

/** One WebRTC call to an OpenAI Realtime server: dialled, configured, hung up. Knows nothing of the conversation in it. */
export class OpenAiCall implements ModelLeg {
  /** The codec is negotiated. */
  readonly audioFormat = undefined;
  readonly #options: OpenAiCallOptions;
  readonly #calls: CallsOptions;
  readonly #stop = new Stop();
  readonly #request = new AbortController();
  #connection: MediaConnection | undefined;
  #created: Promise<CreatedCall> | undefined;
  #state: 'new' | 'dialling' | 'up' | 'over' = 'new';
  #closed: Promise<void> | undefined;

  constructor(options: OpenAiCallOptions) {
    this.#options = options;
    const { baseUrl, apiKey } = options.session.upstream;
    this.#calls = { baseUrl, apiKey, fetch: options.fetch };
  }

  dial(configure: (events: ModelEvents) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { clock, logger, session } = this.#options;
    const { connectTimeoutMs } = session.upstream;
    const bounds = { clock, logger, connectTimeoutMs, stop: this.#stop, signal, close: () => this.close() };
    return dialLeg(bounds, () => this.#dial(configure));
  }

  sendAudio(packet: OutboundAudio): void {
    if (this.#state === 'up') this.#connection?.sendAudio(packet);
  }

  /** How its connection is; empty while it has none. */
  stats(): readonly MediaStats[] {
    return this.#connection?.stats().report ?? [];
  }

  /** Hangs up, at most {@link HANG_UP_MS} long, and frees the connection. Idempotent and final. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #dial(configure: (events: ModelEvents) => Promise<void>): Promise<void> {
    const { session } = this.#options;
    this.#state = 'dialling';
    this.#stop.check();
    const connection = this.#connect();
    const channel = this.#eventsOf(connection);
    const offer = await this.#stop.or(connection.createOffer());
    // Checked in the same breath: what is created must be known to whoever closes.
    this.#stop.check();
    this.#created = createCall(this.#calls, offer, callSession(session.upstream), this.#request.signal);
    const { answer } = await this.#stop.or(this.#created);
    await this.#stop.or(connection.acceptAnswer(await this.#stop.or(answer)));
    await this.#stop.or(connection.whenConnected());
    await this.#stop.or(configure(await this.#stop.or(channel)));
    this.#stop.check();
    this.#state = 'up';
  }

  #connect(): MediaConnection {
    const { session, clock, logger, createConnection, onAudio } = this.#options;
    const connection = createConnection({
      onAudio,
      channels: [EVENTS_CHANNEL_LABEL],
      dialCandidates: true,
      additionalHostAddresses: ownAddresses(session),
      ...(session.portRange === undefined ? {} : { portRange: session.portRange }),
      connectTimeoutMs: session.upstream.connectTimeoutMs,
      clock,
      logger,
    });
    this.#connection = connection;
    connection.on('stateChanged', (state) => {
      if (state.name === 'closed') this.#lost(state.error);
    });
    return connection;
  }

  #eventsOf(connection: MediaConnection): Promise<EventsChannel> {
    return new Promise((resolve) => {
      connection.on('channel', (channel) => {
        if (channel.label !== EVENTS_CHANNEL_LABEL) {
          channel.close();
          return;
        }
        resolve(this.#takeChannel(channel));
      });
    });
  }

  #takeChannel(channel: MediaChannel): EventsChannel {
    channel.on('close', () => this.#lost(undefined));
    return new EventsChannel(channel, MAX_CHANNEL_MESSAGE_BYTES, this.#options.logger);
  }

  #lost(error: VoiceBridgeError | undefined): void {
    if (this.#state === 'up') {
      this.#state = 'over';
      this.#options.onLost();
    } else if (this.#state === 'dialling') {
      this.#stop.stop(describeFailure(error));
    }
  }

  async #close(): Promise<void> {
    this.#state = 'over';
    this.#stop.stop(new VoiceBridgeError('aborted', 'The call to the speech model was closed'));
    await Promise.all([this.#hangUp(), this.#connection?.close()]);
  }

  // A call given up while it is being made may still come to life at the provider: its answer is waited for, then hung up.
  async #hangUp(): Promise<void> {
    if (this.#created === undefined) return;
    const limit = new AbortController();
    const cancel = this.#options.clock.after(HANG_UP_MS, () => {
      this.#request.abort();
      limit.abort();
    });
    try {
      const { callId } = await this.#created;
      if (callId !== undefined) await hangUpCall(this.#calls, callId, limit.signal);
    } catch (error) {
      const code = isVoiceBridgeError(error) ? error.code : 'internal';
      this.#options.logger.debug({ code }, 'There was no call to hang up, or it did not answer');
    } finally {
      cancel();
      this.#request.abort();
    }
  }
}

// A model on this very machine may be reachable over loopback only.
function ownAddresses({ additionalHostAddresses, upstream }: SessionOptions): readonly string[] {
  const local = LOOPBACK_HOSTS.has(new URL(upstream.baseUrl).hostname);
  if (!local || additionalHostAddresses.includes(LOOPBACK)) return additionalHostAddresses;
  return [...additionalHostAddresses, LOOPBACK];
}
