import { attributes, readSdp } from '../connection/sdp-text.ts';

const FINGERPRINT = Array.from({ length: 32 }, () => 'AB').join(':');

/** The m-lines of a {@link fakeSdp}, in order. */
export interface FakeMediaLine {
  readonly kind: 'audio' | 'application';
  readonly mid: string;
  /** Of Opus; default 111. */
  readonly payloadType?: number | undefined;
}

/** SDP that passes `validateOffer` (or, with another `setup`, answers one), and names its author in the ICE user name. */
export function fakeSdp(ufrag: string, setup: 'actpass' | 'active', media: readonly FakeMediaLine[]): string {
  const common = (mid: string) => [
    'c=IN IP4 0.0.0.0',
    'a=candidate:1 1 udp 2116026367 127.0.0.1 9 typ host',
    `a=ice-ufrag:${ufrag}`,
    'a=ice-pwd:0123456789012345678901',
    `a=fingerprint:sha-256 ${FINGERPRINT}`,
    `a=setup:${setup}`,
    `a=mid:${mid}`,
  ];
  const sections = media.map(({ kind, mid, payloadType = 111 }) => {
    if (kind === 'application') {
      return ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', ...common(mid), 'a=sctp-port:5000'];
    }
    return [
      `m=audio 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
      ...common(mid),
      'a=sendrecv',
      'a=rtcp-mux',
      `a=rtpmap:${payloadType} opus/48000/2`,
      `a=fmtp:${payloadType} minptime=10;useinbandfec=1`,
    ];
  });
  const group = `a=group:BUNDLE ${media.map(({ mid }) => mid).join(' ')}`;
  return ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0', group, ...sections.flat(), ''].join('\r\n');
}

/** The first ICE user name fragment of an SDP text. */
export function ufragOf(sdp: string): string | undefined {
  const read = readSdp(sdp);
  if (!read.ok) return undefined;
  return attributes([...read.value.session, ...read.value.media.flatMap((media) => media.lines)], 'ice-ufrag')[0];
}

/** The audio and data-channel m-lines of an SDP text, in their order. */
export function mediaLinesOf(sdp: string): readonly FakeMediaLine[] {
  const read = readSdp(sdp);
  if (!read.ok) return [];
  return read.value.media.flatMap(({ kind, rejected, lines }) => {
    const mid = attributes(lines, 'mid')[0] ?? '';
    if (rejected || (kind !== 'audio' && kind !== 'application')) return [];
    const rtpmap = attributes(lines, 'rtpmap').find((value) => /^\d+ opus\//i.test(value));
    return [{ kind, mid, payloadType: rtpmap === undefined ? undefined : Number.parseInt(rtpmap, 10) }];
  });
}
