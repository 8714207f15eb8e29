import { createVoiceBridge, type VoiceBridgeOptions } from '@voice-bridge/bridge-node';
import { describeLan, type ListeningServer, listen } from '@voice-bridge/bridge-node/node';
import { startDemoModel } from './demo-model.ts';
import { demoPage } from './page.ts';
import { hasPhonePages, phoneFolder, phoneRoutes } from './phone-pages.ts';
import type { DemoInfo } from './src/demo-info.ts';

/** What a demo is made of. */
export interface Demo {
  readonly tools: NonNullable<VoiceBridgeOptions['tools']>;
  readonly instructions: string;
  /** Whether people hear each other, besides the assistant; default false. */
  readonly hearEachOther?: boolean;
  /** Another built page, the button on it that begins, and the paths besides `/` it is at; default this example's. */
  readonly page?: { readonly folder: URL; readonly button: string; readonly routes?: RegExp };
}

const DEFAULT_PORT = 3000;
const PORTS_TO_TRY = 20;

/**
 * Serves the page with an assistant that has these tools, at `HOST` and `PORT`, until it is told to stop. With `--lan` (or
 * `VOICE_BRIDGE_LAN=1`) phones in the network reach it, too.
 */
export async function serveDemo({ tools, instructions, hearEachOther = false, page }: Demo): Promise<void> {
  const model = await startDemoModel(tools);
  const pushToTalk = process.env.VOICE_BRIDGE_PUSH_TO_TALK === '1';
  const fallback = page === undefined ? ownPages(model.info) : demoPage(model.info, page.folder, page.routes);
  const bridge = createVoiceBridge({
    model: pushToTalk ? { ...model.options, turnDetection: null } : model.options,
    instructions,
    tools,
    hearEachOther,
    ...(process.env.VOICE_BRIDGE_AUTHORIZE === 'open' ? { authorize: 'open' as const } : {}),
  });
  const lan = process.argv.includes('--lan') || process.env.VOICE_BRIDGE_LAN === '1';
  const server = await onFreePort((host, port) => listen(bridge, { host, port, fallback, lan }));
  console.log(`${model.sentence}\nOpen ${server.url} and press "${page?.button ?? 'Start talking'}". Ctrl+C stops.`);
  sayLan(server);
  stopOnSignal(async () => {
    await server.close();
    await bridge.close();
    await model.close();
  });
}

/** This example's page, and beside it those for phones where they are built. */
function ownPages(info: DemoInfo): ReturnType<typeof demoPage> {
  if (!hasPhonePages()) return demoPage(info);
  const own = demoPage({ ...info, phone: true });
  const phones = demoPage(info, phoneFolder, phoneRoutes);
  return async (request) => {
    const response = await own(request);
    return response.status === 404 ? phones(request) : response;
  };
}

/** Says how phones reach it, and again when the addresses change. */
function sayLan({ lan }: ListeningServer): void {
  if (lan === undefined) return;
  const say = () => console.log(`\n${describeLan(lan)}`);
  say();
  lan.subscribe(say);
}

async function onFreePort<Server>(listenAt: (host: string, port: number) => Promise<Server>): Promise<Server> {
  const host = process.env.HOST ?? '127.0.0.1';
  const asked = process.env.PORT;
  const first = asked === undefined ? DEFAULT_PORT : Number(asked);
  const last = asked === undefined ? first + PORTS_TO_TRY : first;
  for (let port = first; ; port++) {
    try {
      return await listenAt(host, port);
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!taken || port >= last) throw error;
    }
  }
}

function stopOnSignal(stop: () => Promise<void>): void {
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
}
