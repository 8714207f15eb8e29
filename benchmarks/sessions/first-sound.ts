import { createVoiceBridge } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import { startScriptedRealtime, toneText } from '@voice-bridge/local-realtime/testing';
import { BridgeClient } from 'e2e/integration/support/bridge-client.ts';

const SILENCE_MS = 300;
const AUDIBLE = 300;
const QUESTION = toneText('are you there', { sampleRateHz: 16_000 });
const ANSWER = { type: 'sentence', text: 'Yes, I am here.' } as const;

/** From the last packet of a question to the first that sounds of its answer, at the participant, in ms: how each leg to the scripted model does, in turn. */
export async function firstSounds<Leg extends 'webrtc' | 'websocket'>(
  legs: readonly Leg[],
  runs: number,
): Promise<ReadonlyMap<Leg, readonly number[]>> {
  // On a busy machine a question may fall in two, and each half has an answer.
  const turns = Array.from({ length: 4 * legs.length * (runs + 1) }, () => [ANSWER]);
  const model = await startScriptedRealtime({ turns });
  const ways = await Promise.all(
    legs.map(async (leg) => ({ leg, times: [] as number[], ...(await open(model.url, leg)) })),
  );
  for (let run = 0; run <= runs; run++) {
    for (const { client, times } of ways) {
      const took = await ask(client);
      // The first answer warms up.
      if (run > 0) times.push(took);
    }
  }
  for (const { close } of ways) await close();
  await model.close();
  return new Map(ways.map(({ leg, times }) => [leg, times]));
}

async function open(baseUrl: string, transport: 'webrtc' | 'websocket') {
  const turnDetection = { type: 'server_vad', silence_duration_ms: SILENCE_MS } as const;
  const bridge = createVoiceBridge({ model: { baseUrl, apiKey: 'bench', transport, turnDetection } });
  const server = await listen(bridge, { port: 0 });
  const client = await BridgeClient.connect(server.url, 'first-sound');
  const close = async () => {
    await client.vanish();
    await server.close();
    await bridge.close();
  };
  return { client, close };
}

async function ask(client: BridgeClient): Promise<number> {
  const askedAt = await client.microphone.say(QUESTION);
  await client.waitFor('assistant', ({ state }) => state === 'speaking');
  await client.waitFor('assistant', ({ state }) => state === 'idle' || state === 'listening');
  const sounds = client.loudness(askedAt).find(({ level }) => level > AUDIBLE);
  return (sounds?.at ?? Number.NaN) - askedAt;
}
