import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { anySignal } from '../engine-test-support.ts';
import { type RemoteTestServer, startJsonTestServer } from '../remote/remote-test-server.ts';
import { readToneText, toneText } from '../tone-text.ts';
import { createFliteTts } from './flite-tts.ts';
import { createOpenAiTts } from './openai-tts.ts';
import { ttsEngineContract } from './tts-engine.contract.ts';
import { wavFile } from './wav-pcm.ts';

const requestSchema = z.strictObject({
  model: z.string(),
  input: z.string(),
  voice: z.string(),
  speed: z.number(),
  response_format: z.literal('wav'),
});
type SpeechRequest = z.infer<typeof requestSchema>;
type Sound = { readonly type: string; readonly bytes: Uint8Array };

const flite = createFliteTts();
let server: RemoteTestServer;
let asked: SpeechRequest;
let answer: ((request: SpeechRequest) => Sound) | undefined;

beforeAll(async () => {
  server = await startJsonTestServer(requestSchema, async (request, response) => {
    asked = request;
    const { type, bytes } = answer?.(asked) ?? (await spokenByFlite(asked));
    return response.writeHead(200, { 'content-type': type }).end(bytes);
  });
});
beforeEach(() => {
  answer = undefined;
});
afterAll(() => server.close());

async function spokenByFlite({ input, voice, speed }: SpeechRequest): Promise<Sound> {
  const pcm = await flite.speak({ text: input, voice, speed }, anySignal());
  return { type: 'audio/wav', bytes: wavFile({ pcm, sampleRateHz: 24_000 }) };
}

const create = () => createOpenAiTts({ url: server.url });

ttsEngineContract('a speech server', create);

it('asks for the voice of the session, at its speed', async () => {
  const tts = createOpenAiTts({ url: server.url, model: 'kokoro' });
  await tts.speak({ text: 'Hello.', voice: 'cedar', speed: 1.2 }, anySignal());
  expect(asked).toEqual({ model: 'kokoro', input: 'Hello.', voice: 'cedar', speed: 1.2, response_format: 'wav' });
  expect(server.requests.at(-1)?.path).toBe('/v1/audio/speech');
});

it.each([8_000, 16_000, 22_050, 24_000, 44_100, 48_000])('takes a voice at %i Hz', async (sampleRateHz) => {
  answer = ({ input }) => ({
    type: 'audio/wav',
    bytes: wavFile({ pcm: toneText(input, { sampleRateHz }), sampleRateHz }),
  });
  const pcm = await create().speak({ text: 'hello you', voice: 'marin' }, anySignal());
  expect(readToneText(pcm, 24_000)).toBe('hello you');
  expect(pcm.length / 24).toBeCloseTo(9 * 60, -1);
});

it('takes sound without a header for 24 kHz', async () => {
  answer = ({ input }) => ({
    type: 'audio/pcm',
    bytes: new Uint8Array(toneText(input, { sampleRateHz: 24_000 }).buffer),
  });
  expect(readToneText(await create().speak({ text: 'pcm', voice: 'x' }, anySignal()), 24_000)).toBe('pcm');
});

it.each([
  ['audio/mpeg', Uint8Array.of(0xff, 0xfb, 1, 2)],
  ['audio/wav', new TextEncoder().encode('RIFFnonsense')],
  ['audio/wav', wavFile({ pcm: new Int16Array(480), sampleRateHz: 1 })],
  ['audio/wav', wavFile({ pcm: new Int16Array(480), sampleRateHz: 4_000_000 })],
  ['text/html', new TextEncoder().encode('<html>')],
])('rejects what it cannot read: %s', async (type, bytes) => {
  answer = () => ({ type, bytes });
  await expect(create().speak({ text: 'x', voice: 'x' }, anySignal())).rejects.toMatchObject({ code: 'model_error' });
});
