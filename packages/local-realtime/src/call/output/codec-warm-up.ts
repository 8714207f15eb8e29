import type { OpusCodec } from '@voice-bridge/media-node';
import { PLAYOUT_FRAME_SAMPLES } from './playout.ts';
import type { SpareTime, SpareWork } from './spare-time.ts';

/** Three seconds, by when a packet costs what it will cost. */
const FRAMES = 150;
/** A hoarse voice: what voices and noise need of the codec. */
const PITCH_SAMPLES = 200;
const PULSE = 12_000;
const DECAY = 0.97;

const warm = new WeakSet<OpusCodec>();

/**
 * The machine compiles a codec while it codes: its first packets take several times as long as all the others, and whoever speaks at
 * that time would be late. So sound for nobody is coded first, in spare time, once for each codec.
 */
export function warmUp(codec: OpusCodec, spareTime: SpareTime): void {
  if (warm.has(codec)) return;
  warm.add(codec);
  spareTime.add(soundForNobody(codec));
}

function soundForNobody(codec: OpusCodec): SpareWork {
  const encoder = codec.createEncoder({ sampleRateHz: 24_000 });
  const pcm = new Int16Array(PLAYOUT_FRAME_SAMPLES);
  let sample = 0;
  let frames = 0;
  return {
    // Whatever else waits is for somebody.
    doneAheadMs: Number.POSITIVE_INFINITY,
    doSome() {
      for (let n = 0; n < pcm.length; n++) {
        const pulse = (frames * pcm.length + n) % PITCH_SAMPLES === 0 ? PULSE : 0;
        sample = sample * DECAY + pulse;
        pcm[n] = sample + ((n * n) % 97);
      }
      encoder.setComplexity(frames % 2 === 0 ? 1 : 5);
      encoder.encode(pcm);
      frames++;
      if (frames < FRAMES) return true;
      encoder.close();
      return false;
    },
  };
}
