import {
  createVoiceBridge,
  type ModelOptions,
  type VoiceBridge,
  type VoiceBridgeOptions,
} from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import { type LocalRealtime, startLocalRealtime } from '@voice-bridge/local-realtime';
import { demoPage } from 'example-voice-assistant/page';
import { tools as demoTools } from 'example-voice-assistant/tools';

/** How the house is built. */
export interface HouseOptions {
  readonly tools?: NonNullable<VoiceBridgeOptions['tools']>;
  readonly apiKey?: string;
  /** null: push-to-talk. */
  readonly turnDetection?: Exclude<ModelOptions['turnDetection'], undefined>;
  /** Whether people in one session hear each other; default false. */
  readonly hearEachOther?: boolean;
  /** The built page; default the voice assistant's. */
  readonly pageFolder?: URL;
  /** Where the page is served; default a free port. */
  readonly port?: number;
}

/** The demo as a user runs it, in this process: local model, bridge and page on one origin. */
export interface House {
  readonly url: string;
  readonly bridge: VoiceBridge;
  readonly model: LocalRealtime;
  close(): Promise<void>;
}

/** Starts everything on free loopback ports. */
export async function startHouse(options: HouseOptions = {}): Promise<House> {
  const model = await startLocalRealtime({});
  const bridge = createVoiceBridge({
    model: {
      baseUrl: model.url,
      apiKey: options.apiKey ?? 'local',
      ...(options.turnDetection === undefined ? {} : { turnDetection: options.turnDetection }),
    },
    tools: options.tools ?? demoTools,
    hearEachOther: options.hearEachOther ?? false,
  });
  const server = await listen(bridge, {
    host: '127.0.0.1',
    port: options.port ?? 0,
    fallback: demoPage(
      { model: 'local', name: 'Local model', hears: true, hints: ['set the lamp to blue', 'tell me a story'] },
      options.pageFolder,
    ),
  });
  return {
    url: server.url,
    bridge,
    model,
    async close() {
      await server.close();
      await bridge.close();
      await model.close();
    },
  };
}
