import { type Parsed, parsedOk, parsedProblem, VoiceBridgeError } from '@voice-bridge/core';
import { AUDIO_LEVEL_URI } from '../rtp/audio-level.ts';
import { attributes, readSdp, type SdpMedia, type SdpText } from './sdp-text.ts';

/** Most candidates taken in one description. */
export const MAX_CANDIDATES = 64;
const MAX_FINGERPRINTS = 8;
const FINGERPRINT_BYTES: Readonly<Record<string, number>> = { 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 };
/** Ids of header extensions that packets can carry (RFC 8285 section 4). */
const MAX_EXTENSION_ID = 255;
const RESERVED_EXTENSION_ID = 15;
const SCTPMAP = /^(\d{1,5}) webrtc-datachannel(?: \d{1,5})?$/;
const OPUS_RTPMAP = /^(\d{1,3}) opus\/48000\/2$/i;

/** What a valid description carries. At least one of `audio` and `data` is there. */
export interface OfferSummary {
  /** The Opus m-line, with the payload type the other side gave Opus and the id of its audio level (RFC 6464), if any. */
  readonly audio:
    | { readonly mid: string; readonly payloadType: number; readonly audioLevelId: number | undefined }
    | undefined;
  /** The data-channel m-line. */
  readonly data: { readonly mid: string } | undefined;
  readonly candidates: number;
}

/**
 * Checks an offer before anything is opened for it: size, m-lines, Opus, fingerprint, ICE credentials, DTLS role and
 * the number of candidates (none is fine). Gives what it carries, or one sentence on what is wrong. Never throws.
 */
export function validateOffer(sdp: string): Parsed<OfferSummary> {
  return validate(sdp, ['actpass', 'passive']);
}

/** The same for an answer to an offer of ours. */
export function validateAnswer(sdp: string): Parsed<OfferSummary> {
  return validate(sdp, ['active', 'passive']);
}

/** What was read, or `invalid_offer` thrown with what is wrong. */
export function requireValid<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new VoiceBridgeError('invalid_offer', parsed.problem);
  return parsed.value;
}

function validate(sdp: string, setups: readonly string[]): Parsed<OfferSummary> {
  const read = readSdp(sdp);
  if (!read.ok) return read;
  const used = read.value.media.filter((media) => !media.rejected);
  const foreign = used.find((media) => media.kind !== 'audio' && media.kind !== 'application');
  if (foreign !== undefined) return parsedProblem(`An m-line of kind ${foreign.kind} is not taken`);
  const audio = used.filter((media) => media.kind === 'audio');
  const data = used.filter((media) => media.kind === 'application');
  if (used.length === 0) return parsedProblem('Neither an audio nor a data-channel m-line is offered');
  if (audio.length > 1 || data.length > 1) return parsedProblem('More than one m-line of the same kind is offered');
  for (const problem of [
    ...used.map((media) => transportProblem(read.value, media, setups)),
    ...audio.map(audioProblem),
    ...data.map(dataProblem),
    bundleProblem(read.value, used),
  ]) {
    if (problem !== undefined) return parsedProblem(problem);
  }
  const lines = [...read.value.session, ...read.value.media.flatMap((media) => media.lines)];
  const candidates = attributes(lines, 'candidate').length;
  if (candidates > MAX_CANDIDATES) return parsedProblem(`More than ${MAX_CANDIDATES} candidates`);
  return parsedOk({
    audio: audio.map(audioSummary)[0],
    data: data.map((media) => ({ mid: midOf(media) }))[0],
    candidates,
  });
}

function transportProblem(sdp: SdpText, media: SdpMedia, setups: readonly string[]): string | undefined {
  const value = (name: string) => attributes(media.lines, name)[0] ?? attributes(sdp.session, name)[0] ?? '';
  if (!/^[\w+/=.-]{1,64}$/.test(midOf(media))) return 'An m-line has no mid';
  if (!/^[A-Za-z0-9+/]{4,256}$/.test(value('ice-ufrag'))) return 'The ICE user name fragment is missing or malformed';
  if (!/^[A-Za-z0-9+/]{22,256}$/.test(value('ice-pwd'))) return 'The ICE password is missing or malformed';
  if (!setups.includes(value('setup'))) return `The DTLS role (a=setup) must be ${setups.join(' or ')}`;
  const own = attributes(media.lines, 'fingerprint');
  const fingerprints = own.length > 0 ? own : attributes(sdp.session, 'fingerprint');
  if (fingerprints.length > MAX_FINGERPRINTS || !fingerprints.some(isFingerprint)) {
    return 'A DTLS fingerprint (sha-256, sha-384 or sha-512) is missing or malformed';
  }
  return undefined;
}

function audioProblem(media: SdpMedia): string | undefined {
  if (!/^(UDP\/TLS\/)?RTP\/SAVPF$/.test(media.protocol)) return `Audio over ${media.protocol} is not taken`;
  if (!media.lines.includes('a=rtcp-mux')) return 'The audio m-line lacks a=rtcp-mux';
  if (opusPayloadType(media) === undefined) return 'The audio m-line offers no opus/48000/2';
  return undefined;
}

function dataProblem(media: SdpMedia): string | undefined {
  if (!/^(UDP\/|TCP\/)?DTLS\/SCTP$/.test(media.protocol)) return `Data channels over ${media.protocol} are not taken`;
  return sctpPort(media) === undefined ? 'The data-channel m-line has no a=sctp-port' : undefined;
}

function bundleProblem(sdp: SdpText, used: readonly SdpMedia[]): string | undefined {
  const all = sdp.media.map(midOf).filter((mid) => mid !== '');
  if (new Set(all).size < all.length) return 'Two m-lines have the same mid';
  const bundled = used.length === 1 || bundleMembers(sdp.session, used.map(midOf)) !== undefined;
  return bundled ? undefined : 'The m-lines are not in one BUNDLE group';
}

/** The mids of the BUNDLE group (RFC 9143) that has all of `mids`; undefined when there is none. */
export function bundleMembers(session: readonly string[], mids: readonly string[]): readonly string[] | undefined {
  const groups = attributes(session, 'group').map((group) => group.split(' '));
  const group = groups.find(([semantics, ...members]) => {
    return semantics === 'BUNDLE' && mids.every((mid) => members.includes(mid));
  });
  return group?.slice(1);
}

function audioSummary(media: SdpMedia): NonNullable<OfferSummary['audio']> {
  const payloadType = opusPayloadType(media) ?? 0;
  return { mid: midOf(media), payloadType, audioLevelId: audioLevelId(media) };
}

/** The m-line's identification tag (RFC 8843); empty when it has none. */
export function midOf(media: SdpMedia): string {
  return attributes(media.lines, 'mid')[0] ?? '';
}

/** The port of a data-channel m-line: `a=sctp-port` (RFC 8841), or the `a=sctpmap` of the drafts before it, which aiortc offers. */
export function sctpPort(media: SdpMedia): number | undefined {
  const mapped = SCTPMAP.exec(attributes(media.lines, 'sctpmap')[0] ?? '')?.[1];
  const drafted = mapped === media.formats[0] ? mapped : undefined;
  const value = attributes(media.lines, 'sctp-port')[0] ?? drafted ?? '';
  const port = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** The number of the m-line's first Opus format, of those that cannot be mistaken for RTCP (RFC 5761 section 4). */
export function opusPayloadType(media: SdpMedia): number | undefined {
  const opus = new Set(attributes(media.lines, 'rtpmap').flatMap((rtpmap) => OPUS_RTPMAP.exec(rtpmap)?.[1] ?? []));
  const format = media.formats.find((format) => opus.has(format) && !isRtcp(Number(format)));
  return format === undefined ? undefined : Number(format);
}

/** The id of the header extension with the audio level, where it goes both ways (RFC 8285 section 8, RFC 6464 section 4). */
function audioLevelId(media: SdpMedia): number | undefined {
  const ids = attributes(media.lines, 'extmap').flatMap((extmap) => {
    const [id = '', uri = ''] = extmap.replace('/sendrecv ', ' ').split(' ');
    return uri === AUDIO_LEVEL_URI && /^[1-9]\d{0,2}$/.test(id) ? [Number(id)] : [];
  });
  return ids.find((id) => id <= MAX_EXTENSION_ID && id !== RESERVED_EXTENSION_ID);
}

function isRtcp(payloadType: number): boolean {
  return payloadType > 127 || (payloadType >= 64 && payloadType <= 95);
}

/** True for `<hash> <digest>` (RFC 8122) of a hash we take, with as many bytes as it gives. */
export function isFingerprint(value: string): boolean {
  const [hash = '', digest = ''] = value.split(' ');
  const bytes = FINGERPRINT_BYTES[hash.toLowerCase()];
  return bytes !== undefined && new RegExp(`^([0-9A-Fa-f]{2}:){${bytes - 1}}[0-9A-Fa-f]{2}$`).test(digest);
}
