import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import Ws from 'ws';
import type { EventsChannel } from '../call/events-channel.ts';
import { serveWebSockets } from './web-sockets.ts';

const PING_EVERY_MS = 20;

let server: Server;
let url: string;
let end: () => void;
let channels: EventsChannel[];

beforeEach(async () => {
  server = createServer();
  channels = [];
  const take = (channel: EventsChannel) => void channels.push(channel);
  end = serveWebSockets(server, async () => ({ type: 'admitted', take }), PING_EVERY_MS);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `ws://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1/realtime?model=m`;
});

afterEach(() => {
  end();
  server.close();
});

function connect(options: { readonly autoPong: boolean }): Promise<Ws> {
  const client = new Ws(url, [], { ...options, headers: { authorization: 'Bearer k' } });
  return new Promise((resolve, reject) => client.once('open', () => resolve(client)).once('error', reject));
}

const pings = (client: Ws, count: number) =>
  new Promise<void>((resolve) => {
    let left = count;
    client.on('ping', () => --left === 0 && resolve());
  });

it('ends a client that answers no ping, and tells its call', async () => {
  const silent = await connect({ autoPong: false });
  const told = new Promise<void>((resolve) => channels[0]?.on('close', resolve));
  const code = await new Promise((resolve) => silent.once('close', resolve));
  expect(code).toBe(1_006);
  await told;
});

it('keeps a client that answers', async () => {
  const client = await connect({ autoPong: true });
  await pings(client, 5);
  expect(client.readyState).toBe(Ws.OPEN);
  client.terminate();
});

it('does not ask one whose messages are held back', async () => {
  const held = await connect({ autoPong: false });
  const other = await connect({ autoPong: true });
  channels[0]?.hold?.(true);
  await pings(other, 5);
  expect(held.readyState).toBe(Ws.OPEN);
  held.terminate();
  other.terminate();
});
