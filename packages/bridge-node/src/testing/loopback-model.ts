import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createMediaConnection, type MediaChannel, type MediaConnection } from '@voice-bridge/media-node';
import { systemClock } from '../seam/system-clock.ts';

/** A speech model on this machine that takes calls over real HTTP and WebRTC, says nothing and hangs up when asked. */
export interface LoopbackModel {
  /** Up to and with `/v1`. */
  readonly url: string;
  /** `POST <path>` of every request, oldest first. */
  readonly requests: readonly string[];
  /** Every client event, as JSON text. */
  readonly events: readonly string[];
  /** Sends an event in every call. */
  say(event: object): void;
  close(): Promise<void>;
}

/** How a {@link LoopbackModel} misbehaves. */
export interface LoopbackModelOptions {
  /** Answers every call with this status, and quotes the authorization it was sent. */
  readonly refusal?: number;
  /** Never answers a hang-up. */
  readonly ignoresHangups?: boolean;
}

/** Starts one on a free port. */
export async function startLoopbackModel(options: LoopbackModelOptions = {}): Promise<LoopbackModel> {
  const { refusal, ignoresHangups = false } = options;
  const requests: string[] = [];
  const events: string[] = [];
  const calls = new Map<string, MediaConnection>();
  const channels: MediaChannel[] = [];

  const take = async (request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.method} ${request.url}`);
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    if (refusal !== undefined) {
      const message = `Incorrect API key provided: ${request.headers.authorization}`;
      response.writeHead(refusal, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message, type: 'invalid_request_error', code: 'invalid_api_key' } }));
      return;
    }
    const hangup = /\/calls\/(\w+)\/hangup$/.exec(request.url ?? '')?.[1];
    if (hangup !== undefined) {
      if (ignoresHangups) return;
      await calls.get(hangup)?.close();
      response.writeHead(200).end();
      return;
    }
    const offer = /application\/sdp\r\n\r\n([\s\S]*?)\r\n--/.exec(Buffer.concat(pieces).toString())?.[1] ?? '';
    const connection = createMediaConnection({ clock: systemClock, additionalHostAddresses: ['127.0.0.1'] });
    connection.on('channel', (channel) => listenTo(channel));
    const id = `rtc_${calls.size + 1}`;
    calls.set(id, connection);
    const answer = await connection.answerOffer(offer);
    response.writeHead(201, { 'content-type': 'application/sdp', location: `/v1/realtime/calls/${id}` });
    response.end(answer);
  };
  const listenTo = (channel: MediaChannel) => {
    channels.push(channel);
    const session = { type: 'realtime', object: 'realtime.session', id: 'sess_loopback' };
    const tell = (type: string) => channel.send(JSON.stringify({ type, event_id: `event_${type}`, session }));
    channel.receive((message) => {
      events.push(String(message));
      if (String(message).includes('"session.update"')) tell('session.updated');
    });
    tell('session.created');
  };

  const server = createServer((request, response) => void take(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    events,
    say: (event) => {
      for (const channel of channels) channel.send(JSON.stringify(event));
    },
    async close() {
      await Promise.all([...calls.values()].map((call) => call.close()));
      server.closeAllConnections();
      server.close();
    },
  };
}
