import { isDialableAddress } from './dialable-address.ts';
import type { DialPolicy } from './media-connection.ts';
import { bundleMembers, isFingerprint, midOf, opusPayloadType, sctpPort } from './sdp-limits.ts';
import { attributes, readSdp, type SdpMedia, type SdpText } from './sdp-text.ts';

/**
 * What both sides of every connection speak (RFC 7587): packets carry what FEC needs, may be as short as 10 ms, and hold
 * up to 64 kbit/s: at the 32 a browser chooses itself, hissing sounds do not reach the recogniser as they were said.
 */
export const OPUS_PARAMETERS = 'minptime=10;useinbandfec=1;maxaveragebitrate=64000';

/** Attributes that are read once, the first time they come: what was checked is what the library sees. */
const SINGLE =
  /^a=(?:mid:[\w+/=.-]+|ice-ufrag:[\w+/]+|ice-pwd:[\w+/]+|setup:[a-z]+|sctp-port:\d+|max-message-size:\d{1,9}|ice-lite|rtcp-mux|rtcp-rsize|sendrecv|sendonly|recvonly|inactive)$/;
const SSRC = /^a=ssrc:\d{1,10} cname:[!-~]{1,256}$/;
const CANDIDATE =
  /^a=candidate:[\w+/]{1,32} 1 udp \d{1,10} (\S+) (\d{1,5}) typ (?:host|srflx|prflx|relay)(?: [!-~]+ [!-~]+)*$/i;
const DIRECTIONS: readonly string[] = ['a=sendrecv', 'a=sendonly', 'a=recvonly', 'a=inactive'];
/** Most remote candidates dialled: each costs a check on every address of ours. */
export const MAX_DIALLED = 16;
const NO_LINES: ReadonlySet<string> = new Set();
const SESSION_HEAD = ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=-', 't=0 0'] as const;

/**
 * Rewrites a valid remote description into what the WebRTC library may see; the library answers with what it read.
 * - Only attributes we know, well-formed, and once where they count once: nothing the validation has not seen gets
 *   through, so that a description that was found valid is understood.
 * - Audio: the one Opus format with our parameters. No header extension and no feedback, transport-cc above all.
 * - No `a=end-of-candidates`: with only `.local` names before it, the library gives ICE up before any check arrives.
 * - No candidates but those that may be dialled, UDP only, and no more than {@link MAX_DIALLED} of them.
 * - Data channels as RFC 8841 writes them.
 * - Bundle-only m-lines get a port, as the library takes port 0 for a rejection.
 */
export function cleanRemoteSdp(sdp: string, policy: DialPolicy): string {
  const read = readSdp(sdp);
  if (!read.ok) return '';
  const { session, media } = read.value;
  const dialled = dialledCandidates(media, policy);
  const lines = [
    ...SESSION_HEAD,
    ...bundleLine(read.value),
    ...knownAttributes(session, NO_LINES),
    ...media.flatMap((each) => cleanMedia(each, dialled)),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** The one group of all m-lines in use, in its own order. */
function bundleLine({ session, media }: SdpText): readonly string[] {
  const mids = media.filter(({ rejected }) => !rejected).map(midOf);
  const members = bundleMembers(session, mids);
  return members === undefined ? [] : [`a=group:BUNDLE ${members.filter((mid) => mids.includes(mid)).join(' ')}`];
}

function cleanMedia(media: SdpMedia, dialled: ReadonlySet<string>): readonly string[] {
  const { kind, protocol, rejected } = media;
  if (kind === 'application' && !rejected) return cleanData(media, dialled);
  const payloadType = kind === 'audio' && !rejected ? opusPayloadType(media) : undefined;
  const formats = payloadType === undefined ? media.formats.join(' ') : `${payloadType}`;
  const opus = [`a=rtpmap:${payloadType} opus/48000/2`, `a=fmtp:${payloadType} ${OPUS_PARAMETERS}`];
  return [
    `m=${kind} ${rejected ? 0 : 9} ${protocol} ${formats}`,
    'c=IN IP4 0.0.0.0',
    ...knownAttributes(media.lines, dialled),
    ...(payloadType === undefined ? [] : opus),
  ];
}

function cleanData(media: SdpMedia, dialled: ReadonlySet<string>): readonly string[] {
  const attributes = knownAttributes(media.lines, dialled).filter((line) => !line.startsWith('a=sctp-port:'));
  return [
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    ...attributes,
    `a=sctp-port:${sctpPort(media) ?? 0}`,
  ];
}

function knownAttributes(lines: readonly string[], dialled: ReadonlySet<string>): readonly string[] {
  const taken = new Set<string>();
  return lines.filter((line) => {
    if (!SINGLE.test(line)) return isFingerprintLine(line) || SSRC.test(line) || dialled.has(line);
    const name = DIRECTIONS.includes(line) ? 'direction' : line.split(':', 1).join();
    if (taken.has(name)) return false;
    taken.add(name);
    return true;
  });
}

function isFingerprintLine(line: string): boolean {
  const [value] = attributes([line], 'fingerprint');
  return value !== undefined && isFingerprint(value);
}

/** The first candidate lines that may be dialled; m-lines that share a transport repeat them. */
function dialledCandidates(media: readonly SdpMedia[], policy: DialPolicy): ReadonlySet<string> {
  const candidates = media.flatMap(({ lines }) => lines.filter((line) => isDialable(line, policy)));
  return new Set([...new Set(candidates)].slice(0, MAX_DIALLED));
}

/** RFC 8839 section 5.1: `a=candidate:<foundation> <component> <transport> <priority> <address> <port> typ <type> …` */
function isDialable(line: string, policy: DialPolicy): boolean {
  const [, address = '', port] = CANDIDATE.exec(line) ?? [];
  return isDialableAddress(address, policy) && Number(port) > 0 && Number(port) <= 65_535;
}
