/**
 * The system under test: a real bridge that dials the bench's model, listening on loopback. First argument: the model's URL; second: how it
 * is reached, `webrtc` (default) or `websocket`.
 */
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
process.stdin.on('end', () => process.exit(0)).resume();
process.stdout.write(`ready ${server.url}\n`);
