import { describe, expect, it } from 'vitest';
import { chromiumOffer, firefoxOffer } from '../testing/browser-offers.ts';
import { fakeSdp } from '../testing/fake-sdp.ts';
import { cleanRemoteSdp } from './remote-sdp.ts';
import { validateOffer } from './sdp-limits.ts';

const BOTH = fakeSdp('user', 'actpass', [
  { kind: 'audio', mid: 'a' },
  { kind: 'application', mid: 'd' },
]);

describe('cleanRemoteSdp', () => {
  const candidates = [
    'a=candidate:1 1 udp 2116026367 192.0.2.1 5000 typ host',
    'a=candidate:2 1 UDP 2116026367 2001:db8::1 5000 typ host',
    'a=candidate:3 1 udp 2116026367 1f4712db-ea17.local 5000 typ host',
    'a=candidate:4 1 udp 2116026367 internal.example.com 5000 typ host',
    'a=candidate:5 1 tcp 2116026367 192.0.2.1 9 typ host tcptype active',
    'a=candidate:6 2 udp 2116026367 192.0.2.1 5001 typ host',
    'a=candidate:7 1 udp 2116026367 192.0.2.1 0 typ host',
  ];
  const sdp = `${BOTH}${candidates.join('\r\n')}\r\na=end-of-candidates\r\n`;
  const kept = (dial: boolean) => cleanRemoteSdp(sdp, dial).match(/^a=(candidate:[2-9]|end-of).*$/gm) ?? [];

  it('leaves nothing to dial, and no end of candidates', () => {
    expect(kept(false)).toEqual([]);
    expect(cleanRemoteSdp(sdp, false)).not.toMatch(/candidate/);
    expect(validateOffer(cleanRemoteSdp(sdp, false)).ok).toBe(true);
  });

  it('dials UDP at IP addresses only, when told to: no name is ever looked up', () => {
    expect(kept(true)).toEqual([candidates[1]]);
    expect(cleanRemoteSdp(sdp, true)).toContain(candidates[0]);
  });

  it('[S-0.38] leaves of the audio m-line one Opus format with our parameters, and no extension or feedback', () => {
    for (const [offer, number] of [
      [chromiumOffer, 111],
      [firefoxOffer, 109],
    ] as const) {
      const audio = cleanRemoteSdp(offer, false).split(/^m=/m)[1] ?? '';
      expect(audio).toMatch(new RegExp(`^audio \\d+ UDP/TLS/RTP/SAVPF ${number}\r\n`));
      expect(audio.match(/^a=(rtpmap|fmtp|rtcp-fb|extmap).*$/gm)).toEqual([
        `a=rtpmap:${number} opus/48000/2`,
        `a=fmtp:${number} minptime=10;useinbandfec=1;maxaveragebitrate=64000`,
      ]);
      expect(audio).toMatch(/^a=ssrc:/m);
    }
  });

  it('passes on what was validated and nothing else', () => {
    const first = cleanRemoteSdp(BOTH, false);
    for (const line of [
      'a=mid:z',
      'a=setup:active',
      'a=ice-pwd:another01another01another01',
      'a=fingerprint:active',
      'a=fingerprint',
      'a=rtcp',
      'a=rtcp:x',
      'a=candidate',
      'a=sctpmap',
      'a=ssrc:x',
      'a=ssrc-group',
      'a=msid',
      'a=max-message-size:-1',
      'a=\u0000',
      'c=IN IP4',
    ]) {
      expect(cleanRemoteSdp(`${BOTH}${line}\r\n`, true).replaceAll(/a=candidate.*\r\n/g, '')).toBe(first);
      expect(cleanRemoteSdp(BOTH.replace('t=0 0', `t=0 0\r\n${line}`), false)).toContain('a=group:BUNDLE a d\r\n');
    }
    expect(cleanRemoteSdp(BOTH.replace('a=group', 'a=group:BUNDLE a\r\na=group'), false)).toBe(first);
    expect(cleanRemoteSdp(BOTH.replace('a=sendrecv', 'a=recvonly\r\na=sendrecv'), false)).not.toContain('sendrecv');
  });

  it('writes data channels of the drafts, as aiortc offers them, in the way of RFC 8841', () => {
    const drafted = BOTH.replace('UDP/DTLS/SCTP webrtc-datachannel', 'DTLS/SCTP 5000').replace(
      'a=sctp-port:5000',
      'a=sctpmap:5000 webrtc-datachannel 65535',
    );
    expect(cleanRemoteSdp(drafted, false)).toBe(cleanRemoteSdp(BOTH, false));
  });

  it('opens bundle-only m-lines, and leaves rejected ones rejected', () => {
    const rejected = BOTH.replace('m=application 9', 'm=application 0');
    expect(cleanRemoteSdp(rejected, false)).toContain('m=application 0 UDP');
    expect(cleanRemoteSdp(rejected.replace('a=mid:d', 'a=mid:d\r\na=bundle-only'), false)).toContain(
      'm=application 9 UDP',
    );
  });

  it('gives back nothing for what is no SDP', () => {
    expect(cleanRemoteSdp('hello', true)).toBe('');
  });
});
