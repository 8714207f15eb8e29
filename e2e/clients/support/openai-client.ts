import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { LocalRealtime } from '@voice-bridge/local-realtime';
import type { OpenAIRealtimeError } from 'openai/realtime/index';
import type { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket';
import type { OpenAIRealtimeWS } from 'openai/realtime/ws';
import type { RealtimeServerEvent } from 'openai/resources/realtime/realtime';
import { cleanup } from '../../support/open-things.ts';
import { overNative, overWs, trust } from '../snippets/openai.ts';
import { joined } from './answering-model.ts';
import { Watch } from './watch.ts';

/** An event that `openai` knows by its type. */
export type EventOf<Type extends RealtimeServerEvent['type']> = Extract<RealtimeServerEvent, { type: Type }>;

/** What is opened: a session of its own, by default, or a call's sideband. */
export type OpenAIClientOptions = { readonly callID?: string; readonly reconnect?: boolean };

/** A Realtime WebSocket class of `openai`, with everything that came kept. */
export interface OpenAIClient {
  readonly realtime: OpenAIRealtimeWS | OpenAIRealtimeWebSocket;
  readonly events: readonly RealtimeServerEvent[];
  /** What it told as `error`: of the server, of the connection, and of events that it could not read. */
  readonly errors: readonly OpenAIRealtimeError[];
  /** What it told of its own reconnecting. */
  readonly recovery: readonly string[];
  /** The code the WebSocket was closed with. */
  closed(): Promise<number>;
  /** All sound so far, mono PCM16 at 24 kHz. */
  sound(): Int16Array;
  /** Sends sound, mono PCM16 at 24 kHz. */
  append(pcm: Int16Array): void;
  /** Types a line, and asks for an answer. */
  ask(text: string, output?: 'text' | 'audio'): void;
  /** Resolves with the first event of this type after the last that was waited for. */
  event<Type extends RealtimeServerEvent['type']>(type: Type): Promise<EventOf<Type>>;
  /** Resolves as soon as `find` gives something. */
  until<Found>(find: () => Found | undefined): Promise<Found>;
}

/** Either class of `openai`, opened against a model that serves TLS; resolves when the session is there, and closes with the test. */
export type OpenAIClass = (model: LocalRealtime, options?: OpenAIClientOptions) => Promise<OpenAIClient>;

/** The class over the `ws` package. */
export const openWs: OpenAIClass = (model, options = {}) => {
  const realtime = overWs(model.url, model.certPem ?? '', target(options));
  return watched(realtime, (onClose) => realtime.socket.on('close', (code) => onClose(code)));
};

/** The class over the runtime's own WebSocket. */
export const openNative: OpenAIClass = (model, options = {}) => {
  trustDuringTest(model);
  const realtime = overNative(model.url, target(options));
  return watched(realtime, (onClose) => realtime.socket.addEventListener('close', ({ code }) => onClose(code)));
};

/** Lets this process trust the model's certificate until the end of the test. */
export function trustDuringTest(model: LocalRealtime): void {
  const before = getCACertificates('default');
  trust(model.certPem ?? '');
  cleanup(() => setDefaultCACertificates(before));
}

function target({ callID, reconnect = false }: OpenAIClientOptions) {
  return callID === undefined ? { model: 'gpt-realtime', reconnect, reconnectInitialDelay: 20 } : { callID };
}

async function watched(
  realtime: OpenAIRealtimeWS | OpenAIRealtimeWebSocket,
  listen: (onClose: (code: number) => void) => unknown,
): Promise<OpenAIClient> {
  const watch = new Watch();
  const events: RealtimeServerEvent[] = [];
  const errors: OpenAIRealtimeError[] = [];
  const recovery: string[] = [];
  const pieces: Int16Array[] = [];
  const codes: number[] = [];
  const keep = <Thing>(list: Thing[], thing: Thing) => {
    list.push(thing);
    watch.look();
  };
  realtime.on('event', (event) => keep(events, event));
  realtime.on('error', (error) => keep(errors, error));
  realtime.on('reconnecting', () => keep(recovery, 'reconnecting'));
  realtime.on('reconnected', () => keep(recovery, 'reconnected'));
  realtime.on('response.output_audio.delta', ({ delta }) => {
    pieces.push(new Int16Array(Uint8Array.from(Buffer.from(delta, 'base64')).buffer));
  });
  listen((code) => keep(codes, code));
  cleanup(() => realtime.close());
  const until: OpenAIClient['until'] = (find) =>
    watch.until(find, () => [events.map(({ type }) => type), errors.map(({ message }) => message), codes]);
  let seen = 0;
  const client: OpenAIClient = {
    realtime,
    events,
    errors,
    recovery,
    closed: () => until(() => codes[0]),
    sound: () => joined(pieces),
    append: (pcm) =>
      realtime.send({
        type: 'input_audio_buffer.append',
        audio: Buffer.from(Int16Array.from(pcm).buffer).toString('base64'),
      }),
    ask(text, output = 'text') {
      realtime.send({
        type: 'conversation.item.create',
        item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
      });
      realtime.send({ type: 'response.create', response: { output_modalities: [output] } });
    },
    async event(type) {
      const isIt = (event: RealtimeServerEvent): event is EventOf<typeof type> => event.type === type;
      const [index, event] = await until(() => {
        const i = events.findIndex((each, at) => at >= seen && isIt(each));
        const found = events[i];
        return found !== undefined && isIt(found) ? ([i, found] as const) : undefined;
      });
      seen = index + 1;
      return event;
    },
    until,
  };
  await client.event('session.created');
  return client;
}
