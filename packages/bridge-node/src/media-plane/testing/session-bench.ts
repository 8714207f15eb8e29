import { type Logger, silentLogger } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { loadOpusCodec } from '@voice-bridge/media-node';
import { FakeMediaNetwork } from '@voice-bridge/media-node/testing';
import type { SessionOptions } from '../../seam/session-commands.ts';
import type { SessionEvent, SessionHandle, SessionHost } from '../../seam/session-events.ts';
import { createInProcessHost } from '../hosts/in-process.ts';
import { FakeClient, type FakeClientOptions, profileOf } from './fake-client.ts';
import { FakeModel } from './fake-model.ts';

/** Loaded beforehand: no virtual time passes while it loads. */
const opusCodec = await loadOpusCodec();

/** The key of every bench: nothing that leaves the process may hold it. */
export const CANARY_KEY = 'sk-canary-7d1f0c';

/** A whole media plane in memory: a session on a fake network, in virtual time, with a fake model and fake clients. */
export class SessionBench {
  readonly clock = new ManualClock(1_000);
  readonly network = new FakeMediaNetwork();
  readonly model = new FakeModel(this.network, this.clock);
  readonly host: SessionHost;
  readonly options = sessionOptions;
  readonly events: SessionEvent[] = [];
  /** Every log line, as JSON. */
  readonly logs: string[] = [];
  #handle: SessionHandle | undefined;
  #clients = 0;
  #stalledMs = 0;

  constructor() {
    this.host = createInProcessHost({
      clock: {
        now: () => this.clock.now() + this.#stalledMs,
        after: (delayMs, task) => this.clock.after(delayMs, task),
      },
      logger: this.#logger(),
      createConnection: this.network.createMediaConnection,
      loadOpusCodec: async () => opusCodec,
      fetch: this.model.fetch,
      dialEventsLine: this.model.dialEventsLine,
    });
  }

  get handle(): SessionHandle {
    if (this.#handle === undefined) throw new Error('No session was opened');
    return this.#handle;
  }

  /** Opens the session and lets it come up as far as it can. */
  async open(changes: Partial<SessionOptions> = {}): Promise<this> {
    this.#handle = this.host.open({ ...sessionOptions, ...changes }, (event) => this.events.push(event));
    await this.settle();
    return this;
  }

  /** Joins a client as far as its control channel. */
  async join(participantId = `p${this.#clients + 1}`, options: FakeClientOptions = {}): Promise<FakeClient> {
    this.#clients++;
    const client = new FakeClient(this.network, this.clock, options);
    const offer = await client.connection.createOffer();
    this.handle.send({ type: 'join', participantId, offer, ...profileOf(options) });
    await this.settle();
    const answered = this.got('joinAnswered').find((event) => event.participantId === participantId);
    if (answered !== undefined) await client.connection.acceptAnswer(answered.answer);
    await this.settle();
    return client;
  }

  /** Session events of one type, oldest first. */
  got<Type extends SessionEvent['type']>(type: Type): Extract<SessionEvent, { type: Type }>[] {
    return this.events.filter((event): event is Extract<SessionEvent, { type: Type }> => event.type === type);
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 4; turn++) await this.pass(0);
  }

  /** The process stands still for so long: time passes, what is due or comes meanwhile has to wait. */
  stall(ms: number): void {
    this.#stalledMs += ms;
  }

  /** Lets time pass. */
  async pass(ms: number): Promise<void> {
    await this.clock.advanceAsync(ms);
  }

  #logger(): Logger {
    const log = (fields: unknown, message: string) => {
      this.logs.push(`${message} ${JSON.stringify(fields, errorText)}`);
    };
    return { ...silentLogger, debug: log, info: log, warn: log, error: log };
  }
}

/** Options of a bench's session. */
export const sessionOptions: SessionOptions = {
  sessionId: 'ses_bench',
  conversationId: 'bench',
  upstream: {
    provider: 'openai',
    baseUrl: 'http://model.test/v1',
    apiKey: CANARY_KEY,
    model: 'gpt-realtime-2.1',
    voice: 'marin',
    instructions: 'Be brief.',
    tools: [{ name: 'roll_dice', description: 'Roll dice', parameters: { type: 'object', properties: {} } }],
    connectTimeoutMs: 10_000,
  },
  iceServers: [],
  additionalHostAddresses: [],
  connectTimeoutMs: 15_000,
  hearEachOther: false,
  history: [],
};

function errorText(_key: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message} ${value.stack} ${String(value.cause)}` : value;
}
