/** One end of ours: where it is reached and how it proves itself. */
export interface LocalLeg {
  readonly index: number;
  readonly port: number;
  readonly fragment: string;
  readonly password: string;
}

/** What a description of the other side says, as far as the generator needs it. Extension ids are 0 where absent. */
export interface RemoteLeg {
  readonly address: string;
  readonly port: number;
  readonly fragment: string;
  readonly password: string;
  readonly setup: string;
  readonly payloadType: number;
  readonly extensions: readonly number[];
}

const AUDIO_EXTENSIONS = [
  'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  'urn:ietf:params:rtp-hdrext:sdes:mid',
];
const CHANNEL_SECTION = 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel';
const HEAD = ['v=0', 'o=- 4611732 2 IN IP4 127.0.0.1', 's=-', 't=0 0'];

/**
 * An audio offer with what Chromium's has: header extensions and transport-wide feedback, for whoever takes them; with a
 * data channel when `wants` says so.
 */
export function writeOffer(
  leg: LocalLeg,
  fingerprint: string,
  address: string,
  wants: 'audio' | 'audio and channel' = 'audio',
): string {
  const channel =
    wants === 'audio' ? [] : [CHANNEL_SECTION, ...transport(leg, fingerprint, 'actpass', '1'), 'a=sctp-port:5000'];
  const extensions = AUDIO_EXTENSIONS.map((uri, index) => `a=extmap:${index + 1} ${uri}`);
  return join([
    ...HEAD,
    `a=group:BUNDLE ${channel.length === 0 ? '0' : '0 1'}`,
    'a=msid-semantic: WMS stream',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    ...transport(leg, fingerprint, 'actpass', '0'),
    ...extensions,
    ...audio(leg, 111),
    'a=rtcp-fb:111 transport-cc',
    ...candidate(leg, address),
    ...channel,
  ]);
}

/** The answer of a speech model to an offer of audio and a data channel: no extensions, DTLS begun by us. */
export function writeAnswer(offer: string, leg: LocalLeg, fingerprint: string, address: string): string {
  const sections = offer.split(/\r?\n(?=m=)/).slice(1);
  const mids = sections.map((section) => attribute(section, 'mid'));
  const media = sections.flatMap((section, index) => {
    const first = index === 0 ? candidate(leg, address) : [];
    const own = transport(leg, fingerprint, 'active', mids[index] ?? '');
    if (section.startsWith('m=audio')) {
      const payloadType = opusPayloadType(section);
      return [`m=audio 9 UDP/TLS/RTP/SAVPF ${payloadType}`, ...own, ...audio(leg, payloadType), ...first];
    }
    return [CHANNEL_SECTION, ...own, 'a=sctp-port:5000', ...first];
  });
  return join([...HEAD, `a=group:BUNDLE ${mids.join(' ')}`, ...media]);
}

/** Reads a description that carries candidates; loopback is preferred. Throws when something needed is missing. */
export function readRemote(sdp: string): RemoteLeg {
  const candidates = [...sdp.matchAll(/^a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host/gim)];
  const chosen = candidates.find(([, address]) => address === '127.0.0.1') ?? candidates[0];
  if (chosen === undefined) throw new Error(`No IPv4 candidate in ${sdp}`);
  return {
    address: chosen[1] ?? '',
    port: Number(chosen[2]),
    fragment: attribute(sdp, 'ice-ufrag'),
    password: attribute(sdp, 'ice-pwd'),
    setup: attribute(sdp, 'setup'),
    payloadType: opusPayloadType(sdp),
    extensions: AUDIO_EXTENSIONS.map((uri) => extensionId(sdp, uri)),
  };
}

function transport(leg: LocalLeg, fingerprint: string, setup: string, mid: string): readonly string[] {
  return [
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${leg.fragment}`,
    `a=ice-pwd:${leg.password}`,
    `a=fingerprint:sha-256 ${fingerprint}`,
    `a=setup:${setup}`,
    `a=mid:${mid}`,
  ];
}

function audio(leg: LocalLeg, payloadType: number): readonly string[] {
  return [
    'a=rtcp:9 IN IP4 0.0.0.0',
    'a=sendrecv',
    'a=msid:stream track',
    'a=rtcp-mux',
    `a=rtpmap:${payloadType} opus/48000/2`,
    `a=fmtp:${payloadType} minptime=10;useinbandfec=1`,
    `a=ssrc:${0x10000 + leg.index} cname:generator`,
  ];
}

function candidate(leg: LocalLeg, address: string): readonly string[] {
  return [`a=candidate:1 1 udp 2130706431 ${address} ${leg.port} typ host`, 'a=end-of-candidates'];
}

function opusPayloadType(sdp: string): number {
  return Number(/^a=rtpmap:(\d+) opus\/48000/im.exec(sdp)?.[1] ?? 111);
}

function extensionId(sdp: string, uri: string): number {
  const line = sdp.split(/\r?\n/).find((each) => each.startsWith('a=extmap:') && each.includes(uri));
  return Number(/^a=extmap:(\d+)/.exec(line ?? '')?.[1] ?? 0);
}

function attribute(sdp: string, name: string): string {
  const value = new RegExp(`^a=${name}:(\\S+)`, 'm').exec(sdp)?.[1];
  if (value === undefined) throw new Error(`No a=${name} in ${sdp}`);
  return value;
}

function join(lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n`;
}
