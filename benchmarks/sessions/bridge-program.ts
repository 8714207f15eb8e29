/**
 * The system under test: a real bridge that dials the bench's model, listening on loopback. First argument: the model's URL; second: how it
 * is reached, `webrtc` (default) or `websocket`. Each line of its input asks for its account: sessions, packets that are missing by their
 * numbers of what people and models have sent, and packets that its jitter buffers missed or got too late.
 */
import { createInterface } from 'node:readline';
import { createVoiceBridge } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import { JitterBuffer } from '@voice-bridge/core';

const MANY = 10_000;

const buffers = new Set<JitterBuffer<unknown>>();
const { push } = JitterBuffer.prototype;
Object.defineProperty(JitterBuffer.prototype, 'push', {
  value(this: JitterBuffer<unknown>, ...args: Parameters<typeof push>) {
    buffers.add(this);
    return Reflect.apply(push, this, args);
  },
});

const [, , baseUrl, transport] = process.argv;
const bridge = createVoiceBridge({
  model: { baseUrl, apiKey: 'bench', transport: transport === 'websocket' ? 'websocket' : 'webrtc' },
  authorize: 'open',
  limits: { sessions: MANY, sessionsPerSubject: MANY },
});
const server = await listen(bridge, { host: '127.0.0.1', port: 0 });
createInterface(process.stdin)
  .on('line', async () => process.stdout.write(`account ${await account()}\n`))
  .on('close', () => process.exit(0));
process.stdout.write(`ready ${server.url}\n`);

async function account(): Promise<string> {
  const views = bridge.sessions.list();
  const stats = await Promise.all(views.map(({ conversationId }) => bridge.sessions.stats(conversationId)));
  const entries = stats.flatMap((each) =>
    each === undefined ? [] : [each.model, ...Object.values(each.participants)],
  );
  const missing = entries.flat().map((entry) => (entry.type === 'inbound-rtp' ? Math.abs(entry.packetsLost) : 0));
  const unplayed = [...buffers].map((buffer) => buffer.stats().lost + buffer.stats().late);
  return [views.length, sum(missing), buffers.size, sum(unplayed)].join(' ');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
