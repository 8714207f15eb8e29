import { describe, expect, it } from 'vitest';
import { skipWithout } from '../../testing/skip-without.ts';
import { hasRecordings, mixed, noise, recording, spoken } from '../engine-test-support.ts';
import { runFlite } from '../tts/flite-program.ts';
import { createSileroVad } from './silero-vad.ts';
import { framesOf, vadEngineContract } from './vad-engine.contract.ts';

vadEngineContract('silero', createSileroVad, () => spoken('Set the lamp to blue and read my notes.'));

describe('Silero VAD', () => {
  it('computes what onnxruntime-web 1.30 computes from the same model', () => {
    const { pcm } = runFlite('The lamp is blue now.', 'slt', 1);
    const vad = createSileroVad();
    const probabilities = framesOf(pcm).map((frame) => vad.process(frame));
    expect(probabilities.length).toBe(ONNXRUNTIME.length);
    for (const [index, expected] of ONNXRUNTIME.entries()) expect(probabilities[index]).toBeCloseTo(expected, 4);
  });

  it.each([
    ['loud white noise', (n: number) => noise(n, 3_000)],
    [
      'a tone',
      (n: number) => Int16Array.from({ length: n }, (_, i) => 8_000 * Math.sin((2 * Math.PI * 440 * i) / 16_000)),
    ],
    ['clicks', (n: number) => Int16Array.from({ length: n }, (_, i) => (i % 4_000 === 0 ? 20_000 : 0))],
  ])('does not take %s for speech', (_name, sound) => {
    const vad = createSileroVad();
    const probabilities = framesOf(sound(5 * 16_000)).map((frame) => vad.process(frame));
    expect(probabilities.filter((probability) => probability > 0.5)).toEqual([]);
  });

  it('hears a voice through noise 10 dB below it', async () => {
    const voice = await spoken('Set the lamp to blue and read my notes.');
    const vad = createSileroVad();
    const probabilities = framesOf(mixed(voice, noise(voice.length, rms(voice) / 10 ** 0.5))).map((frame) =>
      vad.process(frame),
    );
    expect(probabilities.filter((probability) => probability > 0.5).length).toBeGreaterThan(probabilities.length * 0.6);
  });

  it.skipIf(skipWithout({ recordings: hasRecordings }))(
    'hears a recorded person from the first word to the last',
    () => {
      const vad = createSileroVad();
      const probabilities = framesOf(recording('goforward.raw')).map((frame) => vad.process(frame));
      const first = probabilities.findIndex((probability) => probability > 0.5) * 0.032;
      const last = probabilities.findLastIndex((probability) => probability > 0.5) * 0.032;
      // "go" begins after 0.45 s, "meters" ends after 2.2 s.
      expect(first).toBeGreaterThan(0.35);
      expect(first).toBeLessThan(0.65);
      expect(last).toBeGreaterThan(2);
      expect(last).toBeLessThan(2.4);
    },
  );
});

function rms(pcm: Int16Array): number {
  return Math.sqrt(pcm.reduce((sum, sample) => sum + sample * sample, 0) / pcm.length);
}

/** Of `silero_vad_v6.onnx`, for `The lamp is blue now.` in Flite's voice slt, frame by frame. */
const ONNXRUNTIME = [
  0.00958, 0.00986, 0.00608, 0.00479, 0.00477, 0.00536, 0.06094, 0.74372, 0.81277, 0.90101, 0.97058, 0.9688, 0.99126,
  0.99754, 0.99441, 0.99737, 0.99536, 0.99234, 0.99011, 0.99577, 0.99898, 0.9908, 0.99811, 0.99977, 0.99992, 0.99972,
  0.99994, 0.99968, 0.99987, 0.99994, 0.99995, 0.99978, 0.99988, 0.99972, 0.99971, 0.99971, 0.9994, 0.99944, 0.99954,
  0.99948, 0.9997, 0.99988, 0.99969, 0.99922, 0.96902, 0.40339, 0.09507,
];
