import { createVoiceBridge } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import { Resampler } from '@voice-bridge/core';
import { startLocalRealtime } from '@voice-bridge/local-realtime';
import { scriptedEngines } from '@voice-bridge/local-realtime/testing';
import { scriptMicrophone } from 'e2e/support/microphone.ts';
import { cleanup, closeAll } from 'e2e/support/open-things.ts';
import { openPageIn, startTalking } from 'e2e/support/talking-page.ts';
import { demoPage } from 'example-voice-assistant/page';

const RATE_HZ = 16_000;
const WINDOW = RATE_HZ / 5;
const MAX_SHIFT = RATE_HZ / 100;
const QUIET = 200;

const SENTENCES = [
  'tell me a story',
  'take a note water the plants',
  'what can you do',
  'turn the lamp green',
  'start a timer for ten seconds',
  'read my notes',
];

/**
 * What the model hears against what was said, per 200 ms of speech: the best correlation at the delay of the stream, give or take 10 ms.
 * The codec is in it: Opus does not carry hissing sounds wave by wave.
 * The browser's echo cancellation, noise suppression and gain control are off, as they change the waveform on purpose.
 */
export async function uplinkCorrelations(): Promise<number[]> {
  const sentences = SENTENCES.map((say) => ({ say }));
  const microphone = await scriptMicrophone([{ silenceMs: 5_000 }, ...sentences, { silenceMs: 1_500 }]);
  cleanup(() => microphone.remove());
  const heard: Int16Array[] = [];
  const engines = scriptedEngines({ turns: [] });
  const model = await startLocalRealtime({
    engines: {
      ...engines,
      createVad: () => ({
        process: (frame) => {
          heard.push(frame.slice());
          return 0;
        },
        reset() {},
        close() {},
      }),
    },
  });
  cleanup(() => model.close());
  const bridge = createVoiceBridge({ model: { baseUrl: model.url, apiKey: 'local' } });
  const server = await listen(bridge, {
    port: 0,
    fallback: demoPage({ model: 'local', name: 'Local model', hears: true, hints: [] }),
  });
  cleanup(async () => {
    await server.close();
    await bridge.close();
  });
  const { page, context } = await openPageIn(server, { microphone: microphone.path });
  await context.addInitScript(() => {
    const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = () =>
      getUserMedia({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
  });
  await page.reload();
  await startTalking(page);
  await new Promise((resolve) => setTimeout(resolve, microphone.spans.at(-1)?.endMs ?? 0));
  await closeAll();
  return correlations(to16k(microphone.pcm), joined(heard));
}

function correlations(said: Float64Array, heard: Float64Array): number[] {
  const delay = bestShift(said, heard);
  const values: number[] = [];
  for (let at = 0; at + WINDOW <= said.length; at += WINDOW) {
    const window = said.subarray(at, at + WINDOW);
    if (window.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) < QUIET) continue;
    let best = -1;
    for (let shift = -MAX_SHIFT; shift <= MAX_SHIFT; shift++) {
      const from = at + delay + shift;
      if (from >= 0 && from + WINDOW <= heard.length) {
        best = Math.max(best, correlate(window, heard.subarray(from, from + WINDOW)));
      }
    }
    values.push(best);
  }
  return values;
}

/** The delay of the whole stream, in samples: found on the envelopes first, then on the waveforms around it. */
function bestShift(said: Float64Array, heard: Float64Array): number {
  const step = RATE_HZ / 200;
  const a = envelope(said, step);
  const b = envelope(heard, step);
  let coarse = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let shift = -a.length; shift < b.length; shift++) {
    let sum = 0;
    for (let i = Math.max(0, -shift); i < a.length && i + shift < b.length; i++)
      sum += (a[i] ?? 0) * (b[i + shift] ?? 0);
    if (sum > most) {
      most = sum;
      coarse = shift * step;
    }
  }
  let fine = coarse;
  most = Number.NEGATIVE_INFINITY;
  for (let shift = coarse - 2 * step; shift <= coarse + 2 * step; shift++) {
    let sum = 0;
    for (let i = Math.max(0, -shift); i < said.length && i + shift < heard.length; i++) {
      sum += (said[i] ?? 0) * (heard[i + shift] ?? 0);
    }
    if (sum > most) {
      most = sum;
      fine = shift;
    }
  }
  return fine;
}

function envelope(sound: Float64Array, step: number): Float64Array {
  return Float64Array.from({ length: Math.floor(sound.length / step) }, (_, i) =>
    sound.subarray(i * step, (i + 1) * step).reduce((sum, sample) => sum + Math.abs(sample), 0),
  );
}

function correlate(a: Float64Array, b: Float64Array): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb || 1);
}

function joined(pieces: readonly Int16Array[]): Float64Array {
  const all = new Float64Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function to16k(pcm: Int16Array): Float64Array {
  const resampler = new Resampler(48_000, RATE_HZ);
  return Float64Array.from(resampler.process(pcm));
}
