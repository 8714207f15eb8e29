/** Samples at 48 kHz in one frame, by the configuration in the top five bits of the TOC byte (RFC 6716 section 3.1, table 2). */
const SILK_FRAMES = [480, 960, 1_920, 2_880] as const;
const HYBRID_FRAMES = [480, 960] as const;
const CELT_FRAMES = [120, 240, 480, 960] as const;

/** The longest Opus packet, 120 ms, in samples at 48 kHz (RFC 6716 section 3.2.5). */
export const MAX_OPUS_PACKET_SAMPLES = 5_760;

/**
 * How long one Opus packet lasts, in samples at 48 kHz (120 to 5,760), read from its TOC byte (RFC 6716 section 3.1).
 * Undefined for bytes that are no Opus packet: empty, no frames, or longer than 120 ms.
 */
export function opusPacketDuration(packet: Uint8Array): number | undefined {
  const toc = packet[0];
  if (toc === undefined) return undefined;
  const frames = frameCount(packet, toc & 0x03);
  if (frames === undefined || frames === 0) return undefined;
  const samples = frames * frameSamples(toc >> 3);
  return samples <= MAX_OPUS_PACKET_SAMPLES ? samples : undefined;
}

function frameSamples(configuration: number): number {
  if (configuration < 12) return SILK_FRAMES[configuration & 3] ?? 0;
  if (configuration < 16) return HYBRID_FRAMES[configuration & 1] ?? 0;
  return CELT_FRAMES[configuration & 3] ?? 0;
}

/** Frames per packet by the code in the low two bits; codes 1 and 2 both mean two frames (section 3.2). */
function frameCount(packet: Uint8Array, code: number): number | undefined {
  if (code === 0) return 1;
  if (code < 3) return 2;
  const count = packet[1];
  return count === undefined ? undefined : count & 0x3f;
}
