import { type Parsed, parsedOk, parsedProblem } from '@voice-bridge/core';

/** Largest SDP text taken, in bytes of UTF-8. */
export const MAX_SDP_BYTES = 65_536;
/** Most m-lines taken. */
export const MAX_MEDIA_LINES = 8;
const MAX_LINE_LENGTH = 2_048;

/** One m-section of an SDP text (RFC 8866 section 5). */
export interface SdpMedia {
  /** `audio`, `video`, `application`, … */
  readonly kind: string;
  /** Port 0, and not because another m-line brings the transport (`a=bundle-only`, RFC 9143 section 6). */
  readonly rejected: boolean;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly lines: readonly string[];
}

/** An SDP text cut into its session part and its m-sections, nothing interpreted yet. */
export interface SdpText {
  readonly session: readonly string[];
  readonly media: readonly SdpMedia[];
}

/** Cuts an SDP text into sections, within the limits on bytes, lines and m-lines. Never throws. */
export function readSdp(sdp: string): Parsed<SdpText> {
  if (sdp.length > MAX_SDP_BYTES || Buffer.byteLength(sdp) > MAX_SDP_BYTES) {
    return parsedProblem(`The SDP is larger than ${MAX_SDP_BYTES} bytes`);
  }
  const lines = sdp.split(/\r\n|\n/);
  if (lines.at(-1) === '') lines.pop();
  if (lines[0] !== 'v=0') return parsedProblem('The SDP does not begin with v=0');
  const badLine = lines.findIndex((line) => !/^[a-z]=/.test(line) || line.length > MAX_LINE_LENGTH);
  if (badLine >= 0) return parsedProblem(`Line ${badLine + 1} of the SDP is no SDP line`);
  const starts = lines.flatMap((line, index) => (line.startsWith('m=') ? [index] : []));
  if (starts.length === 0) return parsedProblem('The SDP has no m-line');
  if (starts.length > MAX_MEDIA_LINES) return parsedProblem(`The SDP has more than ${MAX_MEDIA_LINES} m-lines`);
  const media: SdpMedia[] = [];
  for (const [position, start] of starts.entries()) {
    const section = readMedia(lines.slice(start, starts[position + 1]));
    if (section === undefined) return parsedProblem(`Line ${start + 1} of the SDP is no m-line`);
    media.push(section);
  }
  return parsedOk({ session: lines.slice(0, starts[0]), media });
}

function readMedia(lines: readonly string[]): SdpMedia | undefined {
  const match = /^m=(\w+) (\d{1,5})(?:\/\d+)? ([A-Z/]+)((?: \S+)+)$/.exec(lines[0] ?? '');
  if (match === null) return undefined;
  const [, kind = '', port = '', protocol = '', formats = ''] = match;
  if (Number(port) > 65_535) return undefined;
  const rejected = Number(port) === 0 && !lines.includes('a=bundle-only');
  return { kind, rejected, protocol, formats: formats.trim().split(' '), lines };
}

/** The values of every `a=name:value` line among `lines`; an `a=name` line counts as an empty value. */
export function attributes(lines: readonly string[], name: string): readonly string[] {
  const prefix = `a=${name}:`;
  return lines.flatMap((line) => {
    if (line.startsWith(prefix)) return [line.slice(prefix.length)];
    return line === `a=${name}` ? [''] : [];
  });
}
