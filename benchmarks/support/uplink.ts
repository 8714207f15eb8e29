import { createVoiceBridge } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import { Resampler } from '@voice-bridge/core';
import { startLocalRealtime } from '@voice-bridge/local-realtime';
import { scriptedEngines } from '@voice-bridge/local-realtime/testing';
import { correlations, highPassed } from 'e2e/support/correlation.ts';
import { scriptMicrophone } from 'e2e/support/microphone.ts';
import { cleanup, closeAll } from 'e2e/support/open-things.ts';
import { goForwardTenMeters } from 'e2e/support/recordings.ts';
import { openPageIn, startTalking } from 'e2e/support/talking-page.ts';
import { demoPage } from 'example-voice-assistant/page';

const RATE_HZ = 16_000;
/** Below are hum and rumble, and of a deep voice the fundamental. */
const SPEECH_FROM_HZ = 150;

const SENTENCES = [
  'tell me a story',
  'take a note water the plants',
  'what can you do',
  'turn the lamp green',
  'start a timer for ten seconds',
  'read my notes',
];

/** Correlations of what the model hears with what was said, per 200 ms, at the delay of the stream, give or take 10 ms. */
export interface UplinkCorrelations {
  /** Of the synthetic sentences, the waveform as it is. */
  readonly synthetic: readonly number[];
  /**
   * Of these and of a person's recording, both sides without what is below 150 Hz: an Opus encoder for speech cuts
   * rumble on purpose (libopus, variable high-pass), and of the recording's pauses rumble is all there is.
   */
  readonly speechBand: readonly number[];
}

/** The browser's echo cancellation, noise suppression and gain control are off, as they change the waveform on purpose. */
export async function uplinkCorrelations(): Promise<UplinkCorrelations> {
  const sentences = SENTENCES.map((say) => ({ say }));
  const microphone = await scriptMicrophone([
    { silenceMs: 5_000 },
    ...sentences,
    { silenceMs: 1_000 },
    { sound: goForwardTenMeters() },
    { silenceMs: 1_500 },
  ]);
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
  const [said, received] = [to16k(microphone.pcm), joined(heard)];
  const sentencesEnd = Math.round(((microphone.spans.at(SENTENCES.length)?.endMs ?? 0) / 1_000) * RATE_HZ);
  const [saidBand, receivedBand] = [said, received].map((sound) => highPassed(sound, SPEECH_FROM_HZ, RATE_HZ));
  return {
    synthetic: correlations(said.subarray(0, sentencesEnd), received, RATE_HZ),
    speechBand: correlations(saidBand ?? said, receivedBand ?? received, RATE_HZ),
  };
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
