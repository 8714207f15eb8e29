import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chromiumOffer, firefoxOffer } from '../testing/browser-offers.ts';
import { fakeSdp } from '../testing/fake-sdp.ts';
import { validateAnswer, validateOffer } from './sdp-limits.ts';

const BOTH = fakeSdp('user', 'actpass', [
  { kind: 'audio', mid: 'a' },
  { kind: 'application', mid: 'd' },
]);

function problem(sdp: string): string {
  const parsed = validateOffer(sdp);
  return parsed.ok ? 'none' : parsed.problem;
}

describe('validateOffer', () => {
  it('reads what browsers offer', () => {
    expect(validateOffer(chromiumOffer)).toEqual({
      ok: true,
      value: { audio: { mid: '0', payloadType: 111, audioLevelId: 1 }, data: { mid: '1' }, candidates: 0 },
    });
    expect(validateOffer(firefoxOffer)).toEqual({
      ok: true,
      value: { audio: { mid: '0', payloadType: 109, audioLevelId: 1 }, data: { mid: '1' }, candidates: 4 },
    });
  });

  it.each([
    ['1', 1],
    ['14/sendrecv', 14],
    ['200', 200],
    ['15', undefined],
    ['0', undefined],
    ['256', undefined],
    ['3/recvonly', undefined],
    ['4096', undefined],
  ] as const)('reads the id of the audio level from %s', (id, audioLevelId) => {
    const offer = chromiumOffer.replace('a=extmap:1 ', `a=extmap:${id} `);
    expect(validateOffer(offer)).toMatchObject({ ok: true, value: { audio: { audioLevelId } } });
  });

  it('takes audio alone, data alone, bare line feeds, and fingerprint and credentials of the session', () => {
    expect(problem(fakeSdp('user', 'actpass', [{ kind: 'audio', mid: '0' }]))).toBe('none');
    expect(problem(fakeSdp('user', 'actpass', [{ kind: 'application', mid: '0' }]))).toBe('none');
    expect(problem(BOTH.replaceAll('\r\n', '\n'))).toBe('none');
    const fingerprint = /a=fingerprint.*\r\n/.exec(BOTH)?.[0] ?? '';
    expect(problem(BOTH.replaceAll(fingerprint, '').replace('t=0 0\r\n', `t=0 0\r\n${fingerprint}`))).toBe('none');
  });

  it('takes a bundle-only m-line as one that is offered', () => {
    const bundled = BOTH.replace('m=application 9', 'm=application 0').replace('a=mid:d', 'a=mid:d\r\na=bundle-only');
    expect(validateOffer(bundled)).toMatchObject({ ok: true, value: { data: { mid: 'd' } } });
  });

  it('ignores m-lines that were rejected before', () => {
    const rejected = 'm=video 0 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:v\r\n';
    expect(problem(BOTH + rejected)).toBe('none');
  });

  it.each([
    ['nothing', '', 'The SDP does not begin with v=0'],
    ['no text', 'hello', 'The SDP does not begin with v=0'],
    ['no m-line', 'v=0\r\n', 'The SDP has no m-line'],
    ['over 64 kB', BOTH + 'a=x\r\n'.repeat(14_000), 'The SDP is larger than 65536 bytes'],
    ['a broken line', `${BOTH}oops\r\n`, 'Line 27 of the SDP is no SDP line'],
    ['an endless line', `${BOTH}a=${'x'.repeat(3_000)}\r\n`, 'Line 27 of the SDP is no SDP line'],
    ['a broken m-line', BOTH.replace('m=audio 9', 'm=audio x'), 'Line 6 of the SDP is no m-line'],
    ['a port that is none', BOTH.replace('m=audio 9', 'm=audio 70000'), 'Line 6 of the SDP is no m-line'],
    ['nine m-lines', BOTH + 'm=audio 0 RTP/SAVPF 0\r\n'.repeat(7), 'The SDP has more than 8 m-lines'],
    [
      'all rejected',
      BOTH.replaceAll(/^m=(\w+) 9/gm, 'm=$1 0'),
      'Neither an audio nor a data-channel m-line is offered',
    ],
    ['video', `${BOTH}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n`, 'An m-line of kind video is not taken'],
    ['no Opus', BOTH.replace('opus/48000/2', 'PCMU/8000'), 'The audio m-line offers no opus/48000/2'],
    ['mono Opus', BOTH.replace('opus/48000/2', 'opus/48000'), 'The audio m-line offers no opus/48000/2'],
    ['an RTCP number', BOTH.replaceAll('111', '72'), 'The audio m-line offers no opus/48000/2'],
    ['no rtcp-mux', BOTH.replace('a=rtcp-mux\r\n', ''), 'The audio m-line lacks a=rtcp-mux'],
    ['plain RTP', BOTH.replace('UDP/TLS/RTP/SAVPF', 'RTP/AVP'), 'Audio over RTP/AVP is not taken'],
    ['no sctp-port', BOTH.replace('a=sctp-port:5000\r\n', ''), 'The data-channel m-line has no a=sctp-port'],
    [
      'a map of SCTP to another number',
      BOTH.replace('webrtc-datachannel', '5000').replace('a=sctp-port:5000', 'a=sctpmap:5001 webrtc-datachannel 1024'),
      'The data-channel m-line has no a=sctp-port',
    ],
    ['odd data', BOTH.replace('UDP/DTLS/SCTP', 'TCP/X'), 'Data channels over TCP/X are not taken'],
    [
      'an sctp-port that is no number',
      BOTH.replace('a=sctp-port:5000', 'a=sctp-port:0x1388'),
      'The data-channel m-line has no a=sctp-port',
    ],
    ['a protocol of odd letters', `${BOTH}m=video 0 udp 96\r\n`, 'Line 27 of the SDP is no m-line'],
    [
      'the mid of a rejected m-line',
      `${BOTH}m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:a\r\n`,
      'Two m-lines have the same mid',
    ],
    ['no mid', BOTH.replace('a=mid:a\r\n', ''), 'An m-line has no mid'],
    ['equal mids', BOTH.replace('a=mid:d', 'a=mid:a'), 'Two m-lines have the same mid'],
    ['no bundle', BOTH.replace('BUNDLE a d', 'BUNDLE a'), 'The m-lines are not in one BUNDLE group'],
    ['no user name', BOTH.replaceAll(/a=ice-ufrag.*\r\n/g, ''), 'The ICE user name fragment is missing or malformed'],
    ['short user name', BOTH.replaceAll('ufrag:user', 'ufrag:u'), 'The ICE user name fragment is missing or malformed'],
    ['no password', BOTH.replaceAll(/a=ice-pwd.*\r\n/g, ''), 'The ICE password is missing or malformed'],
    [
      'short password',
      BOTH.replaceAll(/a=ice-pwd.*\r\n/g, 'a=ice-pwd:12\r\n'),
      'The ICE password is missing or malformed',
    ],
    ['no role', BOTH.replaceAll(/a=setup.*\r\n/g, ''), 'The DTLS role (a=setup) must be actpass or passive'],
    ['role active', BOTH.replaceAll('actpass', 'active'), 'The DTLS role (a=setup) must be actpass or passive'],
  ])('refuses %s', (_, sdp, expected) => {
    expect(problem(sdp)).toBe(expected);
  });

  it.each([
    ['missing', ''],
    ['of another hash', 'a=fingerprint:sha-1 AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA\r\n'],
    ['too short', 'a=fingerprint:sha-256 AB:AB\r\n'],
    ['no hex', `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'XY').join(':')}\r\n`],
  ])('refuses a fingerprint that is %s', (_, line) => {
    expect(problem(BOTH.replaceAll(/a=fingerprint.*\r\n/g, line))).toMatch(/^A DTLS fingerprint/);
  });

  it('refuses a crowd of candidates or fingerprints', () => {
    const crowd = (line: RegExp, count: number) => BOTH.replace(line, (found) => found.repeat(count));
    expect(problem(crowd(/a=candidate.*\r\n/, 63))).toBe('none');
    expect(problem(crowd(/a=candidate.*\r\n/, 64))).toBe('More than 64 candidates');
    expect(problem(crowd(/a=fingerprint.*\r\n/, 9))).toMatch(/^A DTLS fingerprint/);
  });

  it('never throws and takes its time in check, whatever the bytes', () => {
    const lines = [...new Set(`${chromiumOffer}${firefoxOffer}${BOTH}`.split('\r\n'))];
    const mixed = fc.array(fc.oneof(fc.constantFrom(...lines), fc.string({ unit: 'binary' })), {
      maxLength: 60,
      size: 'max',
    });
    fc.assert(
      fc.property(mixed, (chosen) => {
        expect(typeof validateOffer(['v=0', ...chosen, ''].join('\r\n')).ok).toBe('boolean');
      }),
    );
    const [formats, groups] = [' 1'.repeat(30_000), 'a=group:BUNDLE x\r\n'.repeat(3_600)];
    expect(leastMs(() => validateOffer(`v=0\r\nm=audio 9 RTP/SAVPF${formats}`))).toBeLessThan(250);
    expect(leastMs(() => validateOffer(`v=0\r\n${groups}`))).toBeLessThan(250);
  });

  it('takes no longer for many formats beside many names of formats than for the names alone', () => {
    const offer = (formats: number) =>
      BOTH.replace(/(m=audio .*) \d+\r\n/, `$1${' 198'.repeat(formats)}\r\n`).replace(
        /a=rtpmap.*\r\n/,
        'a=rtpmap:199 opus/48000/2\r\n'.repeat(2_200),
      );
    const [few, many] = [offer(1), offer(500)];
    expect(problem(many)).toBe('The audio m-line offers no opus/48000/2');
    expect(leastMs(() => validateOffer(many))).toBeLessThan(3 * leastMs(() => validateOffer(few)));
  });
});

/** The shortest of several runs: what it takes when nothing else runs. */
function leastMs(run: () => void): number {
  const times = Array.from({ length: 20 }, () => {
    const startedAt = performance.now();
    run();
    return performance.now() - startedAt;
  });
  return Math.min(...times);
}

describe('validateAnswer', () => {
  it('wants the DTLS role decided', () => {
    expect(validateAnswer(BOTH).ok).toBe(false);
    expect(validateAnswer(BOTH.replaceAll('actpass', 'active')).ok).toBe(true);
    expect(validateAnswer(BOTH.replaceAll('actpass', 'passive')).ok).toBe(true);
  });
});
