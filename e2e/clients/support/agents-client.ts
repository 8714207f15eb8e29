import { type OpenAIRealtimeWebSocket, RealtimeAgent, type RealtimeSession, type tool } from '@openai/agents-realtime';
import { cleanup } from '../../support/open-things.ts';
import { sessionInNode } from '../snippets/agents.ts';
import { joined } from './answering-model.ts';
import { logTransport, type RawEvent, type TransportLog } from './transport-log.ts';
import { Watch } from './watch.ts';

/** What the agent is and where it connects. */
export interface AgentsClientOptions {
  /** Base URL of the model, ending in `/v1`. */
  readonly url: string;
  readonly tools?: ReturnType<typeof tool>[];
}

/** A session of agents-realtime over a WebSocket in Node, with everything that came kept. */
export interface AgentsClient {
  readonly session: RealtimeSession;
  readonly transport: OpenAIRealtimeWebSocket;
  readonly log: TransportLog;
  /** What the session told as `error`. */
  readonly errors: readonly unknown[];
  /** All sound so far, mono PCM16 at 24 kHz. */
  sound(): Int16Array;
  /** Connects, also again after the connection ended. */
  connect(): Promise<void>;
  /** The user speaks: mono PCM16 at 24 kHz, and a second of silence. */
  say(pcm: Int16Array): void;
  /** Resolves with the first event of this type after the last that was waited for. */
  event(type: string): Promise<RawEvent>;
  /** Resolves as soon as `find` gives something. */
  until<Found>(find: () => Found | undefined): Promise<Found>;
}

const SILENCE = new Int16Array(24_000);

/** Makes a client that is not connected yet; it closes with the test. */
export function agentsClient(options: AgentsClientOptions): AgentsClient {
  const watch = new Watch();
  const agent = new RealtimeAgent({ name: 'tester', instructions: 'Be brief.', tools: options.tools ?? [] });
  const { transport, session } = sessionInNode(agent, options.url);
  const log = logTransport(transport, () => watch.look());
  const errors: unknown[] = [];
  const pieces: Int16Array[] = [];
  session.on('error', (error) => {
    errors.push(error);
    watch.look();
  });
  session.on('audio', ({ data }) => pieces.push(new Int16Array(data)));
  for (const change of ['history_updated', 'agent_tool_end', 'audio_interrupted'] as const) {
    session.on(change, () => watch.look());
  }
  transport.on('disconnected', () => watch.look());
  cleanup(() => session.close());
  const until: AgentsClient['until'] = (find) => watch.until(find, () => [log.events.map(({ type }) => type), errors]);
  let seen = 0;
  return {
    session,
    transport,
    log,
    errors,
    sound: () => joined(pieces),
    connect: () => session.connect({ apiKey: 'test' }),
    say(pcm) {
      for (const sound of [pcm, SILENCE]) session.sendAudio(new Int16Array(sound).buffer);
    },
    until,
    async event(type) {
      const [index, event] = await until(() =>
        [...log.events.entries()].find(([i, each]) => i >= seen && each.type === type),
      );
      seen = index + 1;
      return event;
    },
  };
}
