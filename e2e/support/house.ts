import {
  createVoiceBridge,
  type ModelOptions,
  type VoiceBridge,
  type VoiceBridgeOptions,
} from '@voice-bridge/bridge-node';
import { type ListeningServer, type ListenOptions, listen } from '@voice-bridge/bridge-node/node';
import { type LocalRealtime, type LocalRealtimeOptions, startLocalRealtime } from '@voice-bridge/local-realtime';
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
  /** The paths it is at besides `/`. */
  readonly pageRoutes?: RegExp;
  /** Where the page is served; default a free port. */
  readonly port?: number;
  /** Whether local networks reach it, too. */
  readonly lan?: NonNullable<ListenOptions['lan']>;
  /** STUN and TURN servers of bridge and pages; default none. */
  readonly iceServers?: NonNullable<VoiceBridgeOptions['iceServers']>;
  /** What the model is made of; default: what runs on this machine. */
  readonly engines?: NonNullable<LocalRealtimeOptions['engines']>;
}

/** The demo as a user runs it, in this process: local model, bridge and page on one origin. */
export interface House {
  readonly url: string;
  readonly bridge: VoiceBridge;
  readonly model: LocalRealtime;
  readonly lan?: ListeningServer['lan'];
  close(): Promise<void>;
}

/** Starts everything on free loopback ports. */
export async function startHouse(options: HouseOptions = {}): Promise<House> {
  const model = await startLocalRealtime({ engines: options.engines ?? 'real' });
  const bridge = createVoiceBridge({
    model: {
      baseUrl: model.url,
      apiKey: options.apiKey ?? 'local',
      ...(options.turnDetection === undefined ? {} : { turnDetection: options.turnDetection }),
    },
    tools: options.tools ?? demoTools,
    hearEachOther: options.hearEachOther ?? false,
    iceServers: options.iceServers ?? [],
  });
  const server = await listen(bridge, {
    host: '127.0.0.1',
    port: options.port ?? 0,
    fallback: demoPage(
      { model: 'local', name: 'Local model', hears: true, hints: ['set the lamp to blue', 'tell me a story'] },
      options.pageFolder,
      options.pageRoutes,
    ),
    lan: options.lan ?? false,
  });
  return {
    url: server.url,
    lan: server.lan,
    bridge,
    model,
    async close() {
      await server.close();
      await bridge.close();
      await model.close();
    },
  };
}
