import * as z from 'zod';

/** Sample rate of every line, in Hz. */
export const LINE_RATE_HZ = 48_000;

/** What one direction of one of a page's connections carried. */
export interface RecordedLine {
  /** Whether the connection leads to the bridge, or to the other end of a phone link. */
  readonly to: 'bridge' | 'link' | 'microphone';
  /** `said`: into the microphone. */
  readonly direction: 'sent' | 'received' | 'said';
  /** When its first sample was there, in ms since 1970. */
  readonly startMs: number;
  readonly pcm: Int16Array;
}

const takenSchema = z.array(z.object({ name: z.string(), startMs: z.number(), pcm: z.string() }));
const endsSchema = z.tuple([
  z.string(),
  z.enum(['bridge', 'phone', 'microphone']),
  z.enum(['sent', 'received', 'said']),
]);

/** What a page's tap gave. */
export function parseLines(taken: unknown): RecordedLine[] {
  return takenSchema.parse(taken).map(({ name, startMs, pcm }) => {
    const [, to, direction] = endsSchema.parse(name.split(' '));
    return { to: to === 'phone' ? 'link' : to, direction, startMs, pcm: pcmOf(pcm) };
  });
}

/** PCM16 as text, to be handed to a page. */
export function textOf(pcm: Int16Array): string {
  return Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).toString('base64');
}

/** What a desktop sends to the bridge: everybody who is heard. */
export function mixOf(lines: readonly RecordedLine[]): RecordedLine {
  return together(lines.filter(({ to, direction }) => to === 'bridge' && direction === 'sent'));
}

/** What a phone receives. */
export function heardOf(lines: readonly RecordedLine[]): RecordedLine {
  return together(lines.filter(({ direction }) => direction === 'received'));
}

/** The lines of one direction, laid over each other; missing stretches are silence. */
export function together(lines: readonly RecordedLine[]): RecordedLine {
  const [first] = lines;
  if (first === undefined) throw new TypeError('Nothing was recorded');
  const startMs = Math.min(...lines.map((line) => line.startMs));
  const offsetOf = (line: RecordedLine) => Math.round(((line.startMs - startMs) * LINE_RATE_HZ) / 1_000);
  const pcm = new Int16Array(Math.max(...lines.map((line) => offsetOf(line) + line.pcm.length)));
  for (const line of lines) {
    const offset = offsetOf(line);
    for (const [index, sample] of line.pcm.entries()) pcm[offset + index] = (pcm[offset + index] ?? 0) + sample;
  }
  return { ...first, startMs, pcm };
}

/** The stretch of a line between two times, in ms since 1970. */
export function between({ pcm, startMs }: RecordedLine, fromMs: number, toMs: number): Int16Array {
  const at = (ms: number) => Math.max(0, Math.round(((ms - startMs) * LINE_RATE_HZ) / 1_000));
  return pcm.slice(at(fromMs), at(toMs));
}

function pcmOf(base64: string): Int16Array {
  const bytes = Buffer.from(base64, 'base64');
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
