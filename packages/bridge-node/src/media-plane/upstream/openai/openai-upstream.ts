import { type ErrorCode, Machine, type MediaStats, VoiceBridgeError } from '@voice-bridge/core';
import {
  type ClientEvent,
  type ConversationEffect,
  type ConversationInput,
  type ConversationState,
  initialConversation,
  type RealtimeSessionConfig,
  stepConversation,
} from '@voice-bridge/core/openai';
import type { OutboundAudio } from '@voice-bridge/media-node';
import type { SessionOptions } from '../../../seam/session-commands.ts';
import type { Upstream, UpstreamDependencies, UpstreamSinks } from '../upstream.ts';
import type { EventsChannel } from './events-channel.ts';
import { OpenAiCall } from './openai-call.ts';
import { sessionConfig } from './session-update.ts';
import { withoutQuotes } from './without-quotes.ts';

/** Characters of a tool result that go out when the whole does not fit into one message. */
const CUT_RESULT_LENGTH = 8_000;

/** An OpenAI Realtime server as an {@link Upstream}: the call, and the conversation in it told in the bridge's words. */
export class OpenAiUpstream implements Upstream {
  readonly #session: SessionOptions;
  readonly #sinks: UpstreamSinks;
  readonly #call: OpenAiCall;
  readonly #conversation: Machine<ConversationState, ConversationInput, ConversationEffect>;
  #channel: EventsChannel | undefined;
  #ready: () => void = () => {};
  #rejected: (error: VoiceBridgeError) => void = () => {};
  /** Set when the model said that it is about to end the session. */
  #expired: VoiceBridgeError | undefined;
  #closed = false;

  constructor(session: SessionOptions, dependencies: UpstreamDependencies, sinks: UpstreamSinks) {
    this.#session = session;
    this.#sinks = sinks;
    this.#conversation = new Machine({
      initial: initialConversation,
      step: stepConversation,
      perform: (effect: ConversationEffect) => this.#perform(effect),
      clock: dependencies.clock,
    });
    this.#call = new OpenAiCall({
      session,
      ...dependencies,
      onAudio: sinks.onAudio,
      onLost: () => this.#lost(),
    });
  }

  async open(signal: AbortSignal): Promise<void> {
    const config = sessionConfig(this.#session.upstream);
    await this.#call.dial((channel) => this.#configure(channel, config), signal);
  }

  sendAudio(packet: OutboundAudio): void {
    this.#call.sendAudio(packet);
  }

  sendText(text: string): void {
    this.#conversation.send({ type: 'sendText', text });
  }

  sendToolResult(callId: string, output: string): void {
    this.#conversation.send({ type: 'toolResult', callId, output });
  }

  announce(text: string): void {
    this.#conversation.send({ type: 'announce', text });
  }

  interrupt(): void {
    this.#conversation.send({ type: 'interrupt' });
  }

  stats(): readonly MediaStats[] {
    return this.#call.stats();
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#call.close();
  }

  #configure(channel: EventsChannel, session: RealtimeSessionConfig): Promise<void> {
    this.#channel = channel;
    return new Promise((resolve, reject) => {
      this.#ready = resolve;
      this.#rejected = reject;
      channel.receive((event) => {
        if (event.type === 'session.created') {
          this.#conversation.send({ type: 'opened', session, history: this.#session.history });
        }
        this.#conversation.send({ type: 'serverEvent', event });
      });
    });
  }

  #perform(effect: ConversationEffect): void {
    if (this.#closed) return;
    switch (effect.type) {
      case 'send':
        this.#send(effect.event);
        break;
      case 'ready':
        this.#ready();
        break;
      case 'rejected':
        this.#rejected(new VoiceBridgeError(effect.code, this.#plain(effect.message)));
        break;
      case 'warning':
        this.#warn(effect.code, this.#plain(effect.message));
        break;
      default:
        this.#sinks.onEvent(effect);
        break;
    }
  }

  #warn(code: ErrorCode, message: string): void {
    if (code === 'session_expired') this.#expired = new VoiceBridgeError(code, message);
    this.#sinks.onEvent({ type: 'warning', code, message });
  }

  #send(event: ClientEvent): void {
    if (this.#channel?.send(event) !== false) return;
    if (event.type === 'session.update') {
      this.#rejected(
        new VoiceBridgeError('model_rejected', 'The instructions and tools are too large for one message'),
      );
    } else if (event.type === 'conversation.item.create' && event.item.type === 'function_call_output') {
      // A call without a result would leave the model waiting for good.
      const output = event.item.output.slice(0, CUT_RESULT_LENGTH);
      if (output !== event.item.output) this.#send({ ...event, item: { ...event.item, output } });
    }
  }

  #lost(): void {
    if (this.#closed) return;
    this.#closed = true;
    const error = this.#expired ?? new VoiceBridgeError('model_closed', 'The connection to the speech model ended');
    this.#sinks.onEvent({ type: 'closed', error });
  }

  // A server may quote what it was sent.
  #plain(message: string): string {
    return withoutQuotes(message, this.#session.upstream);
  }
}
