/** The two ways of ITU-T G.711 to put a sample into 8 bits: µ-law (PCMU) and A-law (PCMA). */
export type G711Law = 'pcmu' | 'pcma';

const MU_BIAS = 0x84;
const MU_CLIP = 32_635;
const SIGN = 0x80;

const DECODED: Readonly<Record<G711Law, Int16Array>> = { pcmu: table(decodeMu), pcma: table(decodeA) };
const ENCODED: Readonly<Record<G711Law, Uint8Array>> = { pcmu: encodings(encodeMu), pcma: encodings(encodeA) };

/** One byte per sample as PCM16 at the same rate. */
export function decodeG711(bytes: Uint8Array, law: G711Law): Int16Array {
  const decoded = DECODED[law];
  return Int16Array.from(bytes, (code) => decoded[code] ?? 0);
}

/** PCM16 as one byte per sample at the same rate. */
export function encodeG711(pcm: Int16Array, law: G711Law): Uint8Array {
  const encoded = ENCODED[law];
  const bytes = new Uint8Array(pcm.length);
  for (let index = 0; index < pcm.length; index++) bytes[index] = encoded[(pcm[index] ?? 0) & 0xffff] ?? 0;
  return bytes;
}

function table(decode: (code: number) => number): Int16Array {
  return Int16Array.from({ length: 256 }, (_, code) => decode(code));
}

/** By the sample's 16 bits, read as an unsigned number. */
function encodings(encode: (sample: number) => number): Uint8Array {
  return Uint8Array.from({ length: 65_536 }, (_, bits) => encode((bits << 16) >> 16));
}

function decodeMu(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + MU_BIAS) << ((bits & 0x70) >> 4)) - MU_BIAS;
  return (bits & SIGN) === 0 ? magnitude : -magnitude;
}

function encodeMu(sample: number): number {
  const biased = Math.min(Math.abs(sample), MU_CLIP) + MU_BIAS;
  const exponent = 24 - Math.clz32(biased);
  const mantissa = (biased >> (exponent + 3)) & 0x0f;
  return ~((sample < 0 ? SIGN : 0) | (exponent << 4) | mantissa) & 0xff;
}

function decodeA(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits & 0x70) >> 4;
  const low = ((bits & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? low : (low + 0x100) << (exponent - 1);
  return (bits & SIGN) === 0 ? -magnitude : magnitude;
}

/** Negative samples go by their one's complement, as in the standard: -1 is the smallest negative step. */
function encodeA(sample: number): number {
  const magnitude = (sample < 0 ? ~sample : sample) >> 4;
  const exponent = Math.max(28 - Math.clz32(magnitude), 0);
  const mantissa = (exponent === 0 ? magnitude : magnitude >> (exponent - 1)) & 0x0f;
  return ((sample < 0 ? 0 : SIGN) | (exponent << 4) | mantissa) ^ 0x55;
}
