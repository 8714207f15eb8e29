import { bytesToPcm16, pcm16ToBytes, type ResampleRate, Resampler } from '@voice-bridge/core';
import { TTS_SAMPLE_RATE_HZ } from '../../engines/tts/tts-engine.ts';
import { decodeG711, encodeG711 } from './g711.ts';

/** How audio is coded in events: mono PCM16 little-endian at 24 kHz, or G.711 at 8 kHz. */
export type AudioFormat = 'pcm' | 'pcmu' | 'pcma';

/** Samples per second of a format. */
export function sampleRateOf(format: AudioFormat): 8_000 | 24_000 {
  return format === 'pcm' ? 24_000 : 8_000;
}

/** Bytes one ms of a format takes. */
export function bytesPerMs(format: AudioFormat): number {
  return format === 'pcm' ? 48 : 8;
}

/** Bytes of a format as PCM16 at the format's own rate; a last odd byte of PCM is left out. */
export function decodeAudio(bytes: Uint8Array, format: AudioFormat): Int16Array {
  return format === 'pcm' ? bytesToPcm16(bytes) : decodeG711(bytes, format);
}

/** A whole piece of mono PCM16 at `rateHz` in a format: neither shorter nor later. */
export function encodeAudio(
  pcm: Int16Array,
  format: AudioFormat,
  rateHz: ResampleRate = TTS_SAMPLE_RATE_HZ,
): Uint8Array {
  const resampled = resampleWhole(pcm, rateHz, sampleRateOf(format));
  return format === 'pcm' ? pcm16ToBytes(resampled) : encodeG711(resampled, format);
}

/** A whole piece at another rate, without the filter's delay. */
export function resampleWhole(pcm: Int16Array, fromHz: ResampleRate, toHz: ResampleRate): Int16Array {
  if (fromHz === toHz) return pcm;
  const resampler = new Resampler(fromHz, toHz);
  const padded = new Int16Array(pcm.length + Math.ceil(resampler.delaySeconds * fromHz));
  padded.set(pcm);
  const late = Math.round(resampler.delaySeconds * toHz);
  return resampler.process(padded).slice(late, late + Math.ceil((pcm.length * toHz) / fromHz));
}

/** Bytes as the base64 of an event. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** The bytes of base64 text, padded or not; undefined when it is none. */
export function fromBase64(text: string): Uint8Array | undefined {
  return /^[A-Za-z0-9+/_-]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
