/** Rates Opus can decode to and encode from (RFC 6716 section 2). */
export type OpusSampleRate = 8_000 | 12_000 | 16_000 | 24_000 | 48_000;

/** Turns one stream of Opus packets into mono PCM16; keeps state from packet to packet. */
export interface OpusDecoder {
  readonly sampleRateHz: OpusSampleRate;
  /** Decodes one packet of 2.5 to 120 ms. Throws `TypeError` for bytes that are no Opus packet. The result is the caller's. */
  decode(packet: Uint8Array): Int16Array;
  /** Rebuilds the packet lost *before* `next` from its in-band FEC, `durationMs` long; conceals when it carries none. */
  decodeLost(next: Uint8Array, durationMs: number): Int16Array;
  /** Conceals `durationMs` of loss (PLC). */
  conceal(durationMs: number): Int16Array;
  close(): void;
}

/** Turns mono PCM16 into Opus packets with in-band FEC. */
export interface OpusEncoder {
  readonly sampleRateHz: OpusSampleRate;
  /** Encodes exactly one 10, 20, 40 or 60 ms frame. The result is the caller's. */
  encode(pcm: Int16Array): Uint8Array;
  /** From the next frame on: 0 to 10; less takes less time, 1 less than half of 5. Throws `TypeError` for another number. */
  setComplexity(complexity: number): void;
  close(): void;
}

/** How an encoder is set. */
export interface OpusEncoderOptions {
  readonly sampleRateHz: OpusSampleRate;
  /** Default 32,000 bit/s. */
  readonly bitrate?: number;
  /** Expected loss for FEC, 0 to 100; default 10. */
  readonly expectedLossPercent?: number;
  /** 0 to 10; default 5. */
  readonly complexity?: number;
}

/** The codec, loaded once per process or worker. */
export interface OpusCodec {
  createDecoder(sampleRateHz: OpusSampleRate): OpusDecoder;
  createEncoder(options: OpusEncoderOptions): OpusEncoder;
}
