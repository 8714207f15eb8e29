import { loadOpusCodec, type OpusCodec, opusPacketDuration } from '@voice-bridge/media-node';
import { expect, it } from 'vitest';
import { talkOverBadNetwork } from '../testing/bad-network.ts';
import { amplitudeOf, joinSound } from '../testing/tones.ts';

const MINUTES = 10;
const LOOP_PACKETS = 500;
const PITCHES = [110, 130, 155, 185, 220, 260];

it('six people over bad lines for ten minutes, with the real codec: no more is made up than was lost and 1 %, the delay is bounded, the mix is loud', async () => {
  const codec = await loadOpusCodec();
  const voices = PITCHES.map((pitch) => encodedVoice(codec, pitch));
  const ears = codec.createDecoder(24_000);
  const lastHeard: Int16Array[] = [];
  const { sent, lost, mixed, madeUp, longestDelays } = talkOverBadNetwork({
    minutes: MINUTES,
    codec,
    packetOf: (speaker, index) => voices[speaker]?.[index % LOOP_PACKETS] ?? new Uint8Array(0),
    toModel: ({ payload }) => {
      expect(opusPacketDuration(payload)).toBe(960);
      lastHeard.push(ears.decode(payload));
      if (lastHeard.length > 500) lastHeard.shift();
    },
  });
  const madeUpOverLost = (madeUp - lost) / sent;
  console.info({ sent, lost, madeUp, madeUpOverLost, longestDelays: longestDelays.map(Math.round) });
  expect(lost / sent).toBeGreaterThan(0.045);
  expect(madeUpOverLost).toBeLessThanOrEqual(0.01);
  expect(Math.max(...longestDelays)).toBeLessThanOrEqual(200);
  expect(mixed).toBeGreaterThanOrEqual(MINUTES * 3_000);
  const sound = joinSound(lastHeard);
  const heard = PITCHES.filter((pitch) => amplitudeOf(pitch, sound.subarray(0, 24_000)) > 300);
  expect(heard.length).toBeGreaterThanOrEqual(4);
});

/** Ten seconds of a steady voice, that sounds a little different all the time, so that no packet is like another. */
function encodedVoice(codec: OpusCodec, pitch: number): Uint8Array[] {
  const encoder = codec.createEncoder({ sampleRateHz: 24_000, complexity: 0 });
  const packets = Array.from({ length: LOOP_PACKETS }, (_, packet) => {
    const pcm = Int16Array.from({ length: 480 }, (_, i) => {
      const t = (packet * 480 + i) / 24_000;
      const phase = 2 * Math.PI * pitch * t;
      return 3_000 * (1 + 0.3 * Math.sin(0.7 * pitch * t)) * (Math.sin(phase) + Math.sin(2 * phase) / 2);
    });
    return encoder.encode(pcm);
  });
  encoder.close();
  return packets;
}
