/**
 * The system under test: a real bridge that dials the bench's model, listening on loopback. First argument: the model's URL; second: how it
 * is reached, `webrtc` (default) or `websocket`. Each line of its input asks how many packets are missing, by their numbers, of what all
 * people and the model have sent.
 */
import { createInterface } from 'node:readline';
import { createVoiceBridge } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';

const MANY = 10_000;

const [, , baseUrl, transport] = process.argv;
const bridge = createVoiceBridge({
  model: { baseUrl, apiKey: 'bench', transport: transport === 'websocket' ? 'websocket' : 'webrtc' },
  authorize: 'open',
  limits: { sessions: MANY, sessionsPerSubject: MANY },
});
const server = await listen(bridge, { host: '127.0.0.1', port: 0 });
createInterface(process.stdin)
  .on('line', async () => process.stdout.write(`missing ${await missing()}\n`))
  .on('close', () => process.exit(0));
process.stdout.write(`ready ${server.url}\n`);

async function missing(): Promise<number> {
  const sessions = await Promise.all(bridge.sessions.list().map((view) => bridge.sessions.stats(view.conversationId)));
  const entries = sessions.flatMap((stats) =>
    stats === undefined ? [] : [stats.model, ...Object.values(stats.participants)],
  );
  return entries
    .flat()
    .reduce((sum, entry) => sum + (entry.type === 'inbound-rtp' ? Math.abs(entry.packetsLost) : 0), 0);
}
