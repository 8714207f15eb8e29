import { type AssistantRequest, type LocalRealtime, startLocalRealtime } from '@voice-bridge/local-realtime';
import {
  type EngineScript,
  type ServerSettings,
  scriptedEngines,
  testSpeech,
} from '@voice-bridge/local-realtime/testing';
import { cleanup } from '../../support/open-things.ts';

/** Samples per second of {@link AnsweringModel.heard}. */
export const HEARD_RATE_HZ = 16_000;

/** A model that answers from a script. */
export interface AnsweringModel extends LocalRealtime {
  /** All sound that came, over all calls. */
  heard(): Int16Array;
  /** What each answer was made from. */
  readonly requests: readonly AssistantRequest[];
}

/** Starts a model that takes any loud sound for speech, answers from the script in the synthetic voice, and is closed with the test. */
export async function startAnsweringModel(script: Partial<EngineScript> & ServerSettings): Promise<AnsweringModel> {
  const { turns = [], heard: words = [], ...options } = script;
  const frames: Int16Array[] = [];
  const requests: AssistantRequest[] = [];
  const engines = scriptedEngines({ turns, heard: words });
  const model = await startLocalRealtime({
    ...options,
    engines: {
      ...engines,
      createVad: () => {
        const vad = engines.createVad();
        return {
          process(frame) {
            frames.push(frame.slice());
            return vad.process(frame);
          },
          reset: () => vad.reset(),
          close: () => vad.close(),
        };
      },
      tts: {
        name: 'flite',
        speak: ({ text, voice }) => testSpeech(text, 24_000, voice),
        close: async () => {},
      },
      assistant: {
        name: 'scripted',
        phrases: (tools) => engines.assistant.phrases(tools),
        respond(request, signal) {
          requests.push(request);
          return engines.assistant.respond(request, signal);
        },
      },
    },
  });
  cleanup(() => model.close());
  return Object.assign(model, { heard: () => joined(frames), requests });
}

/** The local model as people run it; closed with the test. */
export async function startRealModel(options: ServerSettings = {}): Promise<LocalRealtime> {
  const model = await startLocalRealtime(options);
  cleanup(() => model.close());
  return model;
}

/** A turn of a script that says this. */
export function says(text: string) {
  return [{ type: 'sentence', text }] as const;
}

/** One stretch of sound made of several. */
export function joined(pieces: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Silence, mono PCM16 at 24 kHz. */
export function silence(ms: number): Int16Array {
  return new Int16Array(ms * 24);
}
