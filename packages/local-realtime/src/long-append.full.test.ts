import { expect, it } from 'vitest';
import { toBase64 } from './call/sound/audio-format.ts';
import { scriptedEngines } from './engines/scripted-engines.ts';
import { createSileroVad } from './engines/vad/silero-vad.ts';
import { startServer } from './server.ts';
import { RealtimeSocketClient } from './testing/realtime-socket-client.ts';

/** The most that one event may carry: four minutes of silence, and over four seconds of work for the detector. */
const LONGEST = toBase64(new Uint8Array((15 * 1024 * 1024 * 3) / 4));
const MOST_MS = 1_000;

const engines = { ...scriptedEngines({ turns: [] }), createVad: createSileroVad };

it('a session may end in the middle of the longest append', async () => {
  const server = await startServer(engines, { faults: { expireAfterMs: 1_000 } });
  const client = await RealtimeSocketClient.connect({ url: server.url });
  client.send({ type: 'input_audio_buffer.append', audio: LONGEST });
  client.send({ type: 'input_audio_buffer.clear' });
  await client.until(() => client.closed !== undefined, 'close');
  expect(client.closed?.code).toBe(1_001);
  expect(client.events.map(({ type }) => type)).toEqual(['session.created', 'error']);
  await server.close();
});

it('the longest append does not hold up another session', async () => {
  const server = await startServer(engines, {});
  const [busy, other] = [
    await RealtimeSocketClient.connect({ url: server.url }),
    await RealtimeSocketClient.connect({ url: server.url }),
  ];
  busy.send({ type: 'input_audio_buffer.append', audio: LONGEST });
  busy.send({ type: 'input_audio_buffer.clear' });
  const waits: number[] = [];
  while (busy.events.every(({ type }) => type !== 'input_audio_buffer.cleared')) {
    const began = performance.now();
    other.send({ type: 'input_audio_buffer.clear' });
    await other.waitFor('input_audio_buffer.cleared');
    waits.push(performance.now() - began);
  }
  expect(waits.length).toBeGreaterThan(20);
  expect(Math.max(...waits)).toBeLessThan(MOST_MS);
  await Promise.all([busy.close(), other.close()]);
  await server.close();
});
