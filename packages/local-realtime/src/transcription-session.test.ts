import { clientSecretResponseSchema } from '@voice-bridge/core/openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { encodeAudio, toBase64 } from './call/sound/audio-format.ts';
import { scriptedEngines } from './engines/scripted-engines.ts';
import { toneText } from './engines/tone-text.ts';
import { type RunningServer, startServer } from './server.ts';
import { RealtimeSocketClient, type RealtimeSocketOptions } from './testing/realtime-socket-client.ts';
import { VirtualSession } from './testing/virtual-session.ts';

const transcribe = 'intent=transcription';
const clients: RealtimeSocketClient[] = [];
let server: RunningServer;

beforeAll(async () => {
  server = await startServer(scriptedEngines({ turns: [] }), {});
});
afterAll(() => server.close());
afterEach(async () => {
  const ended = clients.splice(0);
  await Promise.all(ended.map((client) => client.close()));
  expect(ended.flatMap(({ misfits }) => misfits)).toEqual([]);
});

async function connect(options: Omit<RealtimeSocketOptions, 'url'>) {
  const client = await RealtimeSocketClient.connect({ url: server.url, ...options });
  clients.push(client);
  return client;
}

const silence = (ms: number) => toBase64(new Uint8Array(48 * ms));
const spoken = (text: string) => toBase64(encodeAudio(toneText(text, { sampleRateHz: 24_000 }), 'pcm'));

describe('a session that only transcribes', () => {
  it('tells what was said, turn by turn, and answers nothing', async () => {
    const client = await connect({ query: transcribe });
    expect((await client.waitFor('session.created')).session).toMatchObject({
      type: 'transcription',
      object: 'realtime.transcription_session',
      audio: { input: { format: { type: 'audio/pcm' }, transcription: { model: 'gpt-transcribe' } } },
    });
    for (const text of ['what time is it', 'thank you']) {
      for (const audio of [silence(400), spoken(text), silence(900)]) {
        client.send({ type: 'input_audio_buffer.append', audio });
      }
      const { item_id } = await client.waitFor('input_audio_buffer.committed');
      const { delta } = await client.waitFor('conversation.item.input_audio_transcription.delta');
      const completed = await client.waitFor('conversation.item.input_audio_transcription.completed');
      expect(completed).toMatchObject({ item_id, transcript: text, usage: { type: 'duration' } });
      expect(delta).toBe(text);
    }
    client.send({ type: 'response.create', event_id: 'mine' });
    expect((await client.waitFor('error')).error).toMatchObject({ code: 'unsupported_event', event_id: 'mine' });
    expect(client.events.filter(({ type }) => type.startsWith('response.'))).toEqual([]);
  });

  it('is committed by hand without turn detection', async () => {
    const client = await connect({ query: transcribe });
    const input = { turn_detection: null, transcription: { model: 'gpt-realtime-whisper', language: 'en' } };
    client.send({ type: 'session.update', session: { type: 'transcription', audio: { input } } });
    const { session } = await client.waitFor('session.updated');
    expect(session).toMatchObject({ type: 'transcription', audio: { input: { ...input, format: { rate: 24_000 } } } });
    client.send({ type: 'input_audio_buffer.append', audio: spoken('hello') });
    client.send({ type: 'input_audio_buffer.commit' });
    const { transcript } = await client.waitFor('conversation.item.input_audio_transcription.completed');
    expect(transcript).toBe('hello');
  });

  it('needs turn detection off for the model that transcribes without turns', async () => {
    const client = await connect({ query: transcribe });
    const whisper = { transcription: { model: 'gpt-realtime-whisper' } };
    client.send({ type: 'session.update', session: { type: 'transcription', audio: { input: whisper } } });
    expect((await client.waitFor('error')).error).toMatchObject({
      code: 'invalid_value',
      param: 'session.audio.input.turn_detection',
    });
  });

  it.each([
    [transcribe, { type: 'realtime' as const }, 'a realtime session update event to a transcription session'],
    ['model=m', { type: 'transcription' as const }, 'a transcription session update event to a realtime session'],
  ])('stays what it is: %s', async (query, session, what) => {
    const client = await connect({ query });
    client.send({ type: 'session.update', session });
    expect((await client.waitFor('error')).error).toMatchObject({
      code: 'invalid_parameter',
      message: `Passing ${what} is not allowed.`,
    });
  });

  it('is opened with a key that was minted for one, over a WebSocket as over WebRTC', async () => {
    const session = { type: 'transcription', audio: { input: { transcription: { model: 'whisper-1' } } } };
    const headers = { authorization: 'Bearer test' };
    const body = JSON.stringify({ session });
    const answer = await fetch(`${server.url}/realtime/client_secrets`, { method: 'POST', headers, body });
    const minted = z.parse(clientSecretResponseSchema, await answer.json());
    expect(minted.session).toMatchObject({ ...session, object: 'realtime.transcription_session' });
    const subprotocols = ['realtime', `openai-insecure-api-key.${minted.value}`];
    const client = await connect({ query: transcribe, subprotocols });
    expect((await client.waitFor('session.created')).session).toMatchObject(session);
    await expect(connect({ query: 'model=m', headers: { authorization: `Bearer ${minted.value}` } })).rejects.toThrow(
      '400',
    );
  });
});

it('the keywords of a transcription are expected by the recogniser', async () => {
  const expected: (readonly string[])[] = [];
  const engines = scriptedEngines({ turns: [], heard: ['x'] });
  const stt: typeof engines.stt = {
    ...engines.stt,
    recognise(pcm, { phrases }, signal) {
      expected.push(phrases);
      return engines.stt.recognise(pcm, { phrases }, signal);
    },
  };
  const transcription = { model: 'gpt-transcribe', keywords: ['Purchase order!', '"<x>"'] };
  const session = await VirtualSession.openTranscription({ ...engines, stt }, { audio: { input: { transcription } } });
  await session.append([{ ms: 500, loud: true }]);
  await session.send({ type: 'input_audio_buffer.commit' });
  expect(expected).toEqual([['purchase order', 'x']]);
});
