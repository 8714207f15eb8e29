import { createVoiceBridge } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import { startDemoModel } from './demo-model.ts';
import { demoPage } from './page.ts';
import { tools } from './tools.ts';

const DEFAULT_PORT = 3000;
const PORTS_TO_TRY = 20;

const host = process.env.HOST ?? '127.0.0.1';
const askedPort = process.env.PORT;
const model = await startDemoModel(tools);
const fallback = demoPage(model.info);

const bridge = createVoiceBridge({
  model: model.options,
  instructions:
    'You are the voice of the house. Answer in one or two short sentences. Use your tools when asked for a lamp, a note, a timer or dice.',
  tools,
  ...(process.env.VOICE_BRIDGE_AUTHORIZE === 'open' ? { authorize: 'open' as const } : {}),
});

const server = await listenOnFreePort();
console.log(`${model.sentence}\nOpen ${server.url} and press "Start talking". Ctrl+C stops.`);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1);
    stopping = true;
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}

async function listenOnFreePort() {
  const first = askedPort === undefined ? DEFAULT_PORT : Number(askedPort);
  const last = askedPort === undefined ? first + PORTS_TO_TRY : first;
  for (let port = first; ; port++) {
    try {
      return await listen(bridge, { host, port, fallback });
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!taken || port >= last) throw error;
    }
  }
}

async function stop() {
  await server.close();
  await bridge.close();
  await model.close();
}
