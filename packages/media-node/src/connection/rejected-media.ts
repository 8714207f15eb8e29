import { midOf } from './sdp-limits.ts';
import { readSdp, type SdpMedia } from './sdp-text.ts';

/**
 * The answer with every m-line rejected that the offer had rejected (RFC 3264 section 6): the WebRTC library answers a
 * rejected data-channel m-line as if it were in use, which no other side takes.
 */
export function rejectedAsOffered(answer: string, offer: string): string {
  const [ours, theirs] = [readSdp(answer), readSdp(offer)];
  if (!ours.ok || !theirs.ok) return answer;
  const offered = theirs.value.media;
  const sections = ours.value.media.map((media, index) => (offered[index]?.rejected ? rejection(media) : media.lines));
  const rejected = ours.value.media.filter((_, index) => offered[index]?.rejected).map(midOf);
  const session = ours.value.session.map((line) => withoutMembers(line, rejected));
  return `${[...session, ...sections.flat()].join('\r\n')}\r\n`;
}

function rejection(media: SdpMedia): readonly string[] {
  const { kind, protocol, formats, lines } = media;
  const line = `m=${kind} 0 ${protocol} ${formats.join(' ')}`;
  // The library on the other side reads the port of a rejected m-line too.
  const port = lines.filter((each) => each.startsWith('a=sctp-port:'));
  return [line, 'c=IN IP4 0.0.0.0', `a=mid:${midOf(media)}`, 'a=inactive', ...port];
}

function withoutMembers(line: string, mids: readonly string[]): string {
  if (!line.startsWith('a=group:BUNDLE ')) return line;
  return line
    .split(' ')
    .filter((word) => !mids.includes(word))
    .join(' ');
}
