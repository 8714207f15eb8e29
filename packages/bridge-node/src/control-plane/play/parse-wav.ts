import { type Parsed, parsedOk, parsedProblem } from '@voice-bridge/core';

/** The sound of a file: one channel, -1 to 1. */
export interface WavSound {
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
}

const HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const FORMAT_BYTES = 16;
const SUBFORMAT_OFFSET = 24;
const INTEGERS = 1;
const FLOATS = 3;
const EXTENSIBLE = 0xfffe;

interface Format {
  readonly kind: number;
  readonly channels: number;
  readonly sampleRateHz: number;
  readonly bits: number;
}

type ReadSample = (view: DataView, place: number) => number;

/**
 * Reads a RIFF WAVE file of integers (8, 16, 24 or 32 bits) or floats (32 bits), with any number of channels, which are averaged.
 * A `data` part longer than the file, as streams write it, ends with the file.
 */
export function parseWav(bytes: Uint8Array): Parsed<WavSound> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || tagAt(view, 0) !== 'RIFF' || tagAt(view, 8) !== 'WAVE') {
    return parsedProblem('it is not a WAVE file');
  }
  let format: Format | undefined;
  for (let place = HEADER_BYTES; place + CHUNK_HEADER_BYTES <= bytes.length; ) {
    const start = place + CHUNK_HEADER_BYTES;
    const length = view.getUint32(place + 4, true);
    const tag = tagAt(view, place);
    if (tag === 'fmt ' && start + FORMAT_BYTES <= bytes.length) format = formatAt(view, start, length);
    if (tag === 'data') return soundAt(view, start, Math.min(length, bytes.length - start), format);
    place = start + length + (length % 2);
  }
  return parsedProblem('it holds no sound');
}

function formatAt(view: DataView, start: number, length: number): Format {
  const kind = view.getUint16(start, true);
  const isExtended =
    kind === EXTENSIBLE && length >= SUBFORMAT_OFFSET + 2 && start + SUBFORMAT_OFFSET + 2 <= view.byteLength;
  return {
    kind: isExtended ? view.getUint16(start + SUBFORMAT_OFFSET, true) : kind,
    channels: view.getUint16(start + 2, true),
    sampleRateHz: view.getUint32(start + 4, true),
    bits: view.getUint16(start + 14, true),
  };
}

function soundAt(view: DataView, start: number, length: number, format: Format | undefined): Parsed<WavSound> {
  if (format === undefined) return parsedProblem('its sound comes before its format');
  const { kind, channels, sampleRateHz, bits } = format;
  const read = readerOf(kind, bits);
  if (read === undefined || channels === 0) return parsedProblem(`its encoding (${kind}, ${bits} bits) is not PCM`);
  const step = bits / 8;
  const samples = new Float32Array(Math.floor(length / (step * channels)));
  for (let index = 0; index < samples.length; index++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      sum += read(view, start + (index * channels + channel) * step);
    }
    samples[index] = sum / channels;
  }
  return parsedOk({ samples, sampleRateHz });
}

function readerOf(kind: number, bits: number): ReadSample | undefined {
  if (kind === FLOATS) return bits === 32 ? (view, place) => view.getFloat32(place, true) : undefined;
  if (kind !== INTEGERS) return undefined;
  switch (bits) {
    case 8:
      return (view, place) => (view.getUint8(place) - 128) / 128;
    case 16:
      return (view, place) => view.getInt16(place, true) / 32_768;
    case 24:
      return (view, place) => (view.getUint16(place, true) + view.getInt8(place + 2) * 65_536) / 8_388_608;
    case 32:
      return (view, place) => view.getInt32(place, true) / 2_147_483_648;
    default:
      return undefined;
  }
}

function tagAt(view: DataView, place: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(place + offset)));
}
