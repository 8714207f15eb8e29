import { type ResampleRate, Resampler, VoiceBridgeError } from '@voice-bridge/core';
import {
  postRemote,
  type RemoteAnswer,
  type RemoteServer,
  readAll,
  remoteEndpoint,
} from '../remote/remote-endpoint.ts';
import { TTS_SAMPLE_RATE_HZ, type TtsEngine } from './tts-engine.ts';
import { parseWav, type WavPcm } from './wav-pcm.ts';

const ROUTE = '/audio/speech';
const NAME = 'The speech server';
const DEFAULT_MODEL = 'tts-1';
const SLOWEST = 0.25;
const FASTEST = 1.5;
/** About five minutes at 48 kHz. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const RAW_PCM = new Set(['audio/pcm', 'audio/l16', 'application/octet-stream']);
/** A rate outside would make minutes out of a short answer, or hours. */
const RATES = { least: 8_000, most: 192_000 } as const;
const FILTERED_RATES: readonly ResampleRate[] = [8_000, 12_000, 16_000, 24_000, 48_000];

/** Speaks with any server that has OpenAI's `POST /audio/speech`: speaches, Kokoro-FastAPI, OpenAI. The session's voice name is passed on. */
export function createOpenAiTts(server: RemoteServer): TtsEngine {
  const endpoint = remoteEndpoint(NAME, ROUTE, server, MAX_ANSWER_BYTES);
  const closing = new AbortController();
  return {
    name: 'openai',
    async speak({ text, voice, speed = 1 }, signal) {
      if (!(speed >= SLOWEST && speed <= FASTEST)) {
        throw new TypeError(`Speed is ${SLOWEST} to ${FASTEST}, got ${speed}`);
      }
      if (signal.aborted || closing.signal.aborted) throw new VoiceBridgeError('aborted', 'The sentence was given up');
      if (!/[\p{L}\p{N}]/u.test(text)) return new Int16Array(0);
      const model = server.model ?? DEFAULT_MODEL;
      const body = JSON.stringify({ model, input: text, voice, speed, response_format: 'wav' });
      const answer = await postRemote(endpoint, body, AbortSignal.any([signal, closing.signal]));
      const { pcm, sampleRateHz } = readSound(answer, await readAll(answer));
      return resample(pcm, sampleRateHz);
    },
    close: async () => closing.abort(),
  };
}

/** A WAVE file, or what OpenAI calls `pcm`: 24 kHz, 16 bit, mono, without a header. */
function readSound({ contentType }: RemoteAnswer, bytes: Uint8Array): WavPcm {
  if (new TextDecoder().decode(bytes.subarray(0, 4)) === 'RIFF') {
    try {
      const sound = parseWav(bytes);
      if (sound.sampleRateHz < RATES.least || sound.sampleRateHz > RATES.most)
        throw new TypeError('No rate of a voice');
      return sound;
    } catch (cause) {
      throw new VoiceBridgeError(
        'model_error',
        `${NAME} answered with a WAVE file that is not mono 16-bit PCM at 8 to 192 kHz`,
        {
          cause,
        },
      );
    }
  }
  if (!RAW_PCM.has(contentType)) {
    throw new VoiceBridgeError(
      'model_error',
      `${NAME} answered with ${contentType || 'something'}, not with a WAVE file`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = Math.floor(bytes.length / 2);
  const pcm = Int16Array.from({ length: samples }, (_, n) => view.getInt16(n * 2, true));
  return { pcm, sampleRateHz: TTS_SAMPLE_RATE_HZ };
}

function resample(pcm: Int16Array, fromHz: number): Int16Array {
  if (fromHz === TTS_SAMPLE_RATE_HZ) return pcm;
  const filtered = FILTERED_RATES.find((rate) => rate === fromHz);
  return filtered === undefined ? interpolate(pcm, fromHz) : filter(pcm, filtered);
}

/** The whole sentence without the delay that a stream would have. */
function filter(pcm: Int16Array, fromHz: ResampleRate): Int16Array {
  const resampler = new Resampler(fromHz, TTS_SAMPLE_RATE_HZ);
  const padded = new Int16Array(pcm.length + Math.ceil(resampler.delaySeconds * fromHz));
  padded.set(pcm);
  const late = Math.round(resampler.delaySeconds * TTS_SAMPLE_RATE_HZ);
  return resampler.process(padded).slice(late, late + Math.round((pcm.length * TTS_SAMPLE_RATE_HZ) / fromHz));
}

/** Straight lines between samples: enough for a voice at 22.05 or 44.1 kHz, and quick. */
function interpolate(pcm: Int16Array, fromHz: number): Int16Array {
  const step = fromHz / TTS_SAMPLE_RATE_HZ;
  return Int16Array.from({ length: Math.round(pcm.length / step) }, (_, n) => {
    const place = n * step;
    const left = pcm[Math.floor(place)] ?? 0;
    const right = pcm[Math.floor(place) + 1] ?? left;
    return Math.round(left + (right - left) * (place % 1));
  });
}
