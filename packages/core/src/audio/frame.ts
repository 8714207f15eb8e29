/** Length of one frame inside the bridge, in ms. */
export const FRAME_MS = 20;
/** Rate of the RTP timestamps of Opus, whatever it was recorded at (RFC 7587 section 4.1). */
export const OPUS_CLOCK_HZ = 48_000;
/** Rate of PCM on WebSockets and in the OpenAI protocol (`audio/pcm`). */
export const PCM_RATE_HZ = 24_000;

/** Samples of one 20 ms frame at `sampleRateHz`. */
export function frameSamples(sampleRateHz: number): number {
  return (sampleRateHz * FRAME_MS) / 1_000;
}
