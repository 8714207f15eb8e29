import { createVoiceBridge, tool } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import { type LocalRealtime, startLocalRealtime } from '@voice-bridge/local-realtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { BridgeClient } from '../integration/support/bridge-client.ts';
import { spoken } from '../integration/support/voice.ts';
import { hasRecogniser } from '../support/recognise.ts';
import { skipWithout } from '../support/skip.ts';
import { modelLegContract } from './support/model-leg.contract.ts';

const TRANSPORTS = ['webrtc', 'websocket'] as const;
const skip = skipWithout({ 'the recogniser (pocketsphinx)': hasRecogniser });

describe.each(TRANSPORTS)('the speech model over %s', (transport) => {
  modelLegContract(transport);
});

describe.skipIf(skip)('a model that really listens and really speaks', () => {
  let model: LocalRealtime;
  let voice: { lamp: Int16Array };

  beforeAll(async () => {
    model = await startLocalRealtime();
    voice = await spoken(model.url, { lamp: 'set the lamp to green' });
  });

  afterAll(() => model.close());

  it.each(TRANSPORTS)(
    'understands speech over %s, has the tool run and says the result [S-1.20]',
    async (transport) => {
      const colours: string[] = [];
      const bridge = createVoiceBridge({
        model: { baseUrl: model.url, transport },
        tools: {
          set_lamp: tool({
            description: 'Switch the lamp to a colour',
            input: z.object({ colour: z.enum(['red', 'green', 'blue']).describe('The colour') }),
            run: ({ colour }) => {
              colours.push(colour);
              return { say: `The lamp is ${colour} now.` };
            },
          }),
        },
      });
      const server = await listen(bridge, { host: '127.0.0.1', port: 0 });
      const client = await BridgeClient.connect(server.url, 'spoken');
      try {
        const saidAt = await client.microphone.say(voice.lamp);
        await client.waitFor('tool_call', ({ tool_call: call }) => call.state === 'done');
        await client.waitFor('assistant', ({ state }) => state === 'speaking');
        await client.waitFor('assistant', ({ state }) => state === 'idle');
        expect(colours).toEqual(['green']);
        expect(client.lastLine('assistant')).toBe('The lamp is green now.');
        expect(client.loudness(saidAt).filter(({ level }) => level > 500).length).toBeGreaterThan(20);
      } finally {
        await client.vanish();
        await server.close();
        await bridge.close();
      }
      await expect.poll(() => model.callCount).toBe(0);
    },
  );
});
