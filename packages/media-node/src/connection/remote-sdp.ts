import { isIP } from 'node:net';
import { opusPayloadType } from './sdp-limits.ts';
import { readSdp, type SdpMedia } from './sdp-text.ts';

/** What both sides of every connection speak (RFC 7587): packets carry what FEC needs, and may be as short as 10 ms. */
export const OPUS_PARAMETERS = 'minptime=10;useinbandfec=1';

const FORMAT_LINES = /^a=(rtpmap|fmtp|rtcp-fb|extmap|rid|simulcast)[:-]/;

/**
 * Rewrites a valid remote description into what the WebRTC library may see; the library answers with what it read.
 * - Audio: the one Opus format with our parameters. No header extension and no feedback, transport-cc above all.
 * - No `a=end-of-candidates`: with only `.local` names before it, the library gives ICE up before any check arrives.
 * - No candidates, unless they are to be dialled, and then UDP ones at IP addresses only: nobody makes us resolve names.
 * - Bundle-only m-lines get a port, as the library takes port 0 for a rejection.
 */
export function cleanRemoteSdp(sdp: string, dialCandidates: boolean): string {
  const read = readSdp(sdp);
  if (!read.ok) return '';
  const lines = [...read.value.session, ...read.value.media.flatMap(cleanMedia)].filter((line) => {
    if (line.startsWith('a=end-of-candidates')) return false;
    return !line.startsWith('a=candidate:') || (dialCandidates && isDialable(line));
  });
  return `${lines.join('\r\n')}\r\n`;
}

function cleanMedia(media: SdpMedia): readonly string[] {
  if (media.rejected) return media.lines;
  const [first = '', ...rest] = media.lines;
  const mediaLine = first.replace(/^(m=\w+) 0 /, '$1 9 ');
  const payloadType = media.kind === 'audio' ? opusPayloadType(media) : undefined;
  if (payloadType === undefined) return [mediaLine, ...rest];
  return [
    mediaLine.replace(media.formats.join(' '), `${payloadType}`),
    ...rest.filter((line) => !FORMAT_LINES.test(line)),
    `a=rtpmap:${payloadType} opus/48000/2`,
    `a=fmtp:${payloadType} ${OPUS_PARAMETERS}`,
  ];
}

/** RFC 8839 section 5.1: `a=candidate:<foundation> <component> <transport> <priority> <address> <port> typ <type> …` */
function isDialable(line: string): boolean {
  const [, component, transport = '', , address = '', port] = line.split(' ');
  return component === '1' && transport.toLowerCase() === 'udp' && isIP(address) !== 0 && Number(port) > 0;
}
