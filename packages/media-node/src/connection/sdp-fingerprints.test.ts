import { describe, expect, it } from 'vitest';
import { fingerprintsOf } from './sdp-fingerprints.ts';

const line = (byte: string, octets = 32, hash = 'sha-256') =>
  `a=fingerprint:${hash} ${Array.from({ length: octets }, () => byte).join(':')}`;
const description = (session: readonly string[], ...media: readonly (readonly string[])[]) =>
  [
    ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', ...session],
    ...media.flatMap((lines) => ['m=audio 9 UDP/TLS/RTP/SAVPF 111', 'c=IN IP4 0.0.0.0', ...lines]),
    '',
  ].join('\r\n');
const firstBytes = (sdp: string) => fingerprintsOf(sdp).map(({ hash, digest }) => `${hash} ${digest[0]}`);

describe('fingerprintsOf', () => {
  it("takes an m-line's own fingerprints, and the session's where it has none", () => {
    expect(firstBytes(description([line('01')], [line('02')]))).toEqual(['sha-256 2']);
    expect(firstBytes(description([line('01')], []))).toEqual(['sha-256 1']);
    expect(firstBytes(description([line('01', 64, 'sha-512')], [line('02')], []))).toEqual(['sha-256 2', 'sha-512 1']);
  });
});
