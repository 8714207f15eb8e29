import { expect, it } from 'vitest';
import { withDtx } from './opus-dtx.ts';

const sdpOf = (...lines: string[]) => `${lines.join('\r\n')}\r\n`;

it('lets whoever reads the description be silent, and changes nothing else', () => {
  const before = sdpOf(
    'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 0',
    'a=rtpmap:111 opus/48000/2',
    'a=rtpmap:63 red/48000/2',
    'a=fmtp:63 111/111',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=rtpmap:0 PCMU/8000',
  );
  const after = before.replace('useinbandfec=1', 'useinbandfec=1;usedtx=1');
  expect(withDtx(before)).toBe(after);
  expect(withDtx(after)).toBe(after);
});

it("follows Firefox's payload type", () => {
  const sdp = sdpOf('a=rtpmap:109 opus/48000/2', 'a=fmtp:109 maxplaybackrate=48000;stereo=1');
  expect(withDtx(sdp)).toContain('a=fmtp:109 maxplaybackrate=48000;stereo=1;usedtx=1\r\n');
});

it.each([sdpOf('a=rtpmap:0 PCMU/8000'), sdpOf('a=rtpmap:111 opus/48000/2'), ''])(
  'leaves alone what has no parameters of Opus: %o',
  (sdp) => {
    expect(withDtx(sdp)).toBe(sdp);
  },
);
