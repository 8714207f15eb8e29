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
import type { ModelEvents, ModelLeg, ModelLegOptions } from './model-leg.ts';
import { OpenAiCall } from './openai-call.ts';
import { PushToTalk } from './push-to-talk.ts';
import { sessionConfig } from './session-update.ts';
import { WebSocketLeg } from './websocket-leg.ts';
import { withoutQuotes } from './without-quotes.ts';

/** Characters of a tool result that go out when the whole does not fit into one message. */
const CUT_RESULT_LENGTH = 8_000;

/** An OpenAI Realtime server as an {@link Upstream}: the call, and the conversation in it told in the bridge's words. */
export class OpenAiUpstream implements Upstream {
  readonly #session: SessionOptions;
  readonly #sinks: UpstreamSinks;
  readonly #leg: ModelLeg;
  readonly #pushToTalk: PushToTalk;
  readonly #conversation: Machine<ConversationState, ConversationInput, ConversationEffect>;
  #events: ModelEvents | undefined;
  #ready: () => void = () => {};
  #rejected: (error: VoiceBridgeError) => void = () => {};
  /** Set when the model said that it is about to end the session. */
  #expired: VoiceBridgeError | undefined;
  #greeted = false;
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
    this.#pushToTalk = new PushToTalk(dependencies.clock, (input) => this.#conversation.send(input));
    this.#leg = createLeg(dependencies, {
      session,
      clock: dependencies.clock,
      logger: dependencies.logger,
      onAudio: sinks.onAudio,
      onLost: () => this.#lost(),
      onWarning: (message) => this.#warn('model_error', message),
    });
  }

  async open(signal: AbortSignal): Promise<void> {
    const config = sessionConfig(this.#session.upstream, this.#leg.audioFormat);
    await this.#leg.dial((events) => this.#configure(events, config), signal);
  }

  sendAudio(packet: OutboundAudio): void {
    this.#leg.sendAudio(packet);
  }

  sendText(text: string, author?: string | undefined, imageUrl?: string | undefined): void {
    this.#conversation.send({ type: 'sendText', text, author, imageUrl });
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

  greet(): void {
    const { greeting } = this.#session.upstream;
    if (this.#greeted || greeting === undefined || this.#session.history.length > 0) return;
    this.#greeted = true;
    this.announce(greeting);
  }

  commitInput(author?: string | undefined): void {
    this.#pushToTalk.commit(author);
  }

  clearInput(): void {
    this.#pushToTalk.clear();
  }

  stats(): readonly MediaStats[] {
    return this.#leg.stats();
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#pushToTalk.close();
    return this.#leg.close();
  }

  #configure(events: ModelEvents, session: RealtimeSessionConfig): Promise<void> {
    this.#events = events;
    return new Promise((resolve, reject) => {
      this.#ready = resolve;
      this.#rejected = reject;
      events.receive((event) => {
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
    if (this.#events?.send(event) !== false) return;
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

function createLeg(dependencies: UpstreamDependencies, options: ModelLegOptions): ModelLeg {
  switch (options.session.upstream.transport) {
    case 'websocket':
      return new WebSocketLeg({ ...options, dialEventsLine: dependencies.dialEventsLine });
    default:
      return new OpenAiCall({
        ...options,
        createConnection: dependencies.createConnection,
        fetch: dependencies.fetch,
      });
  }
}
