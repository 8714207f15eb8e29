import { decodeJson, parseValue, VoiceBridgeError } from '@voice-bridge/core';
import * as z from 'zod/mini';
import { postRemote, type RemoteServer, readAll, remoteEndpoint } from '../remote/remote-endpoint.ts';
import { wavFile } from '../tts/wav-pcm.ts';
import type { SttEngine, SttResult } from './stt-engine.ts';

const ROUTE = '/audio/transcriptions';
const NAME = 'The transcription server';
const DEFAULT_MODEL = 'whisper-1';
const SAMPLE_RATE_HZ = 16_000;
const MAX_SAMPLES = 60 * SAMPLE_RATE_HZ;
const MAX_ANSWER_BYTES = 1_000_000;
/** Below this there is nothing to hear, and recognisers that were never trained on nothing make words up. */
const AUDIBLE = 64;
/** What Whisper writes for sound without words: `[BLANK_AUDIO]`, `(silence)`. */
const ANNOTATION = /^(?:\s*(?:\[[^\]]*\]|\([^)]*\)))+\s*$/;

const answerSchema = z.object({ text: z.string() });

/** Recognises free speech with any server that has OpenAI's `POST /audio/transcriptions`: whisper.cpp, speaches, OpenAI. */
export function createOpenAiStt(server: RemoteServer): SttEngine {
  const endpoint = remoteEndpoint(NAME, ROUTE, server, MAX_ANSWER_BYTES);
  const closing = new AbortController();
  return {
    name: 'openai',
    async recognise(pcm, _vocabulary, signal): Promise<SttResult> {
      if (pcm.length > MAX_SAMPLES) throw new TypeError('An utterance lasts at most 60 s');
      if (signal.aborted || closing.signal.aborted)
        throw new VoiceBridgeError('aborted', 'The recognition was given up');
      if (pcm.every((sample) => Math.abs(sample) < AUDIBLE)) return { text: '' };
      const form = new FormData();
      const sound = new Blob([wavFile({ pcm, sampleRateHz: SAMPLE_RATE_HZ })], { type: 'audio/wav' });
      form.set('file', sound, 'speech.wav');
      form.set('model', server.model ?? DEFAULT_MODEL);
      form.set('response_format', 'json');
      const answer = await postRemote(endpoint, form, AbortSignal.any([signal, closing.signal]));
      return { text: readText(new TextDecoder().decode(await readAll(answer))) };
    },
    close: async () => closing.abort(),
  };
}

function readText(answer: string): string {
  const decoded = decodeJson(answer, MAX_ANSWER_BYTES);
  const parsed = decoded.ok ? parseValue(answerSchema, decoded.value) : decoded;
  if (!parsed.ok) throw new VoiceBridgeError('model_error', `${NAME} answered with no transcript: ${parsed.problem}`);
  const text = parsed.value.text.trim();
  return ANNOTATION.test(text) ? '' : text;
}
