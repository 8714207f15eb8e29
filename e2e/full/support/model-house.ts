import { createVoiceBridge, type ModelOptions, tool, type VoiceBridge } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import { type ScriptedRealtime, startScriptedRealtime } from '@voice-bridge/local-realtime/testing';
import * as z from 'zod';

/** The key of every house: nothing that is told or logged may hold it. */
export const KEY = 'sk-canary-83b0d2';

/** A bridge and a model that answers from a script. */
export interface House {
  readonly model: ScriptedRealtime;
  readonly bridge: VoiceBridge;
  readonly url: string;
  /** Everything that was logged, told or warned of. */
  readonly told: string[];
  /** Called by the tool `wait`; resolves it. */
  readonly waiting: ((value: string) => void)[];
  close(): Promise<void>;
}

/** Starts both; `greeting` is what the assistant is told to say first. */
export async function startHouse(options: ModelOptions, greeting?: string): Promise<House> {
  const model = await startScriptedRealtime({});
  const told: string[] = [];
  const waiting: ((value: string) => void)[] = [];
  const log = (fields: unknown, message: string) => void told.push(`${message} ${JSON.stringify(fields)}`);
  const bridge = createVoiceBridge({
    model: { baseUrl: model.url, apiKey: KEY, ...options },
    ...(greeting === undefined ? {} : { greeting }),
    logger: { debug: log, info: log, warn: log, error: log },
    tools: {
      wait: tool({
        description: 'Wait',
        input: z.object({}),
        run: () => new Promise<string>((resolve) => waiting.push(resolve)),
      }),
      fail: tool({
        description: 'Fail',
        input: z.object({}),
        run: () => {
          throw new Error('It is broken');
        },
      }),
      double: tool({ description: 'Double', input: z.object({ number: z.number() }), run: ({ number }) => number * 2 }),
    },
  });
  bridge.on('warning', (event) => told.push(JSON.stringify(event)));
  const server = await listen(bridge, { host: '127.0.0.1', port: 0 });
  return {
    model,
    bridge,
    url: server.url,
    told,
    waiting,
    close: async () => {
      await server.close();
      await bridge.close();
      await model.close();
    },
  };
}
