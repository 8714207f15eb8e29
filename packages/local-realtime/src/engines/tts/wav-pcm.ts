/** Mono PCM16 and its rate. */
export interface WavPcm {
  readonly pcm: Int16Array;
  readonly sampleRateHz: number;
}

const HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const WRITTEN_HEADER_BYTES = 44;

/** Reads a mono 16-bit RIFF WAVE file. Throws `TypeError` for anything else; a `data` part longer than the file ends with the file. */
export function parseWav(bytes: Uint8Array): WavPcm {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || tag(view, 0) !== 'RIFF' || tag(view, 8) !== 'WAVE')
    throw new TypeError('Not a WAVE file');
  let sampleRateHz = 0;
  for (let place = HEADER_BYTES; place + CHUNK_HEADER_BYTES <= bytes.length; ) {
    const start = place + CHUNK_HEADER_BYTES;
    const length = view.getUint32(place + 4, true);
    if (tag(view, place) === 'fmt ' && length >= 16 && start + 16 <= bytes.length) {
      const [format, channels, bits] = [
        view.getUint16(start, true),
        view.getUint16(start + 2, true),
        view.getUint16(start + 14, true),
      ];
      if (format !== 1 || channels !== 1 || bits !== 16) throw new TypeError('Not a mono 16-bit PCM WAVE file');
      sampleRateHz = view.getUint32(start + 4, true);
    }
    if (tag(view, place) === 'data' && sampleRateHz > 0) {
      const samples = Math.floor(Math.min(length, bytes.length - start) / 2);
      return { pcm: Int16Array.from({ length: samples }, (_, n) => view.getInt16(start + n * 2, true)), sampleRateHz };
    }
    place = start + length + (length % 2);
  }
  throw new TypeError('The WAVE file holds no sound');
}

function tag(view: DataView, place: number): string {
  return String.fromCharCode(
    view.getUint8(place),
    view.getUint8(place + 1),
    view.getUint8(place + 2),
    view.getUint8(place + 3),
  );
}

/** A mono 16-bit RIFF WAVE file. */
export function wavFile({ pcm, sampleRateHz }: WavPcm): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(WRITTEN_HEADER_BYTES + pcm.length * 2);
  const view = new DataView(bytes.buffer);
  const ascii = (text: string, place: number) => bytes.set(new TextEncoder().encode(text), place);
  ascii('RIFF', 0);
  view.setUint32(4, bytes.length - CHUNK_HEADER_BYTES, true);
  ascii('WAVEfmt ', 8);
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  ascii('data', 36);
  view.setUint32(40, pcm.length * 2, true);
  pcm.forEach((sample, n) => {
    view.setInt16(WRITTEN_HEADER_BYTES + n * 2, sample, true);
  });
  return bytes;
}
