const SCALE = 32_768;
const MAX = 32_767;

/** Float samples (-1 to 1) as PCM16, rounded; what is louder is clipped, what is no number is silence. */
export function floatToPcm16(samples: Float32Array): Int16Array {
  const pcm = new Int16Array(samples.length);
  for (let index = 0; index < samples.length; index++) {
    pcm[index] = Math.max(-SCALE, Math.min(MAX, Math.round((samples[index] ?? 0) * SCALE)));
  }
  return pcm;
}

/** PCM16 as float samples from -1 (inclusive) to 1 (exclusive). */
export function pcm16ToFloat(pcm: Int16Array): Float32Array {
  const samples = new Float32Array(pcm.length);
  for (let index = 0; index < pcm.length; index++) samples[index] = (pcm[index] ?? 0) / SCALE;
  return samples;
}

/** PCM16 as little-endian bytes, as it travels. */
export function pcm16ToBytes(pcm: Int16Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pcm.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < pcm.length; index++) view.setInt16(index * 2, pcm[index] ?? 0, true);
  return bytes;
}

/** Little-endian bytes as PCM16; a last odd byte is left out (see {@link Pcm16Reader}). */
export function bytesToPcm16(bytes: Uint8Array): Int16Array {
  const pcm = new Int16Array(bytes.length >> 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let index = 0; index < pcm.length; index++) pcm[index] = view.getInt16(index * 2, true);
  return pcm;
}

/** Reads a stream of little-endian PCM16 that may be cut anywhere: an odd byte is carried over to the next piece. */
export class Pcm16Reader {
  #carried: number | undefined;

  /** The whole samples that this piece completes. */
  push(bytes: Uint8Array): Int16Array {
    if (this.#carried === undefined && bytes.length % 2 === 0) return bytesToPcm16(bytes);
    const start = this.#carried === undefined ? 0 : 1;
    const joined = new Uint8Array(start + bytes.length);
    if (this.#carried !== undefined) joined[0] = this.#carried;
    joined.set(bytes, start);
    this.#carried = joined.length % 2 === 1 ? joined[joined.length - 1] : undefined;
    return bytesToPcm16(joined);
  }
}
