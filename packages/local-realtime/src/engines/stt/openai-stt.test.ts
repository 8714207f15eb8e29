import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { anySignal } from '../engine-test-support.ts';
import { type RemoteTestServer, startRemoteTestServer } from '../remote/remote-test-server.ts';
import { readToneText, toneText } from '../tone-text.ts';
import { parseWav } from '../tts/wav-pcm.ts';
import { createOpenAiStt } from './openai-stt.ts';
import { sttEngineContract } from './stt-engine.contract.ts';

const say = async (text: string) => toneText(text, { sampleRateHz: 16_000 });
let server: RemoteTestServer;
let form = new FormData();
let answer: ((heard: string) => string) | undefined;

beforeAll(async () => {
  server = await startRemoteTestServer(async ({ body, contentType }, response) => {
    form = await new Response(Uint8Array.from(body), { headers: { 'content-type': contentType } }).formData();
    const file = form.get('file');
    if (!(file instanceof File)) throw new Error('No file');
    const { pcm, sampleRateHz } = parseWav(new Uint8Array(await file.arrayBuffer()));
    const text = readToneText(pcm, sampleRateHz);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(answer?.(text) ?? JSON.stringify({ text, usage: { type: 'duration', seconds: 1 } }));
  });
});
beforeEach(() => {
  answer = undefined;
});
afterAll(() => server.close());

sttEngineContract('a transcription server', () => createOpenAiStt({ url: server.url }), say);

it('asks as the API wants it: a WAVE file, the model, JSON', async () => {
  await createOpenAiStt({ url: server.url, model: 'large' }).recognise(await say('hi'), { phrases: [] }, anySignal());
  expect(server.requests.at(-1)?.path).toBe('/v1/audio/transcriptions');
  const file = form.get('file');
  expect(file instanceof File && [file.name, file.type]).toEqual(['speech.wav', 'audio/wav']);
  expect([form.get('model'), form.get('response_format')]).toEqual(['large', 'json']);
});

it.each([
  ['  Set the lamp to blue. ', 'Set the lamp to blue.'],
  [' [BLANK_AUDIO]', ''],
  ['(wind blowing) [MUSIC]', ''],
])('takes "%s" for "%s"', async (told, text) => {
  answer = () => JSON.stringify({ text: told });
  const stt = createOpenAiStt({ url: server.url });
  expect(await stt.recognise(await say('x'), { phrases: [] }, anySignal())).toEqual({ text });
});

it.each(['', '<html>', '{}', '{"text":5}'])('rejects when the answer is "%s"', async (told) => {
  answer = () => told;
  const heard = createOpenAiStt({ url: server.url }).recognise(await say('x'), { phrases: [] }, anySignal());
  await expect(heard).rejects.toMatchObject({ code: 'model_error' });
});
