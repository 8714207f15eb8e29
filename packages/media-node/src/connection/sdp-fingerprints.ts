import type { Fingerprint } from './dtls-proof.ts';
import { isFingerprint } from './sdp-limits.ts';
import { attributes, readSdp } from './sdp-text.ts';

/** The fingerprints of a description's m-lines in use; where one has none, the session's (RFC 8122 section 5). Those of hashes we do not take are left out. */
export function fingerprintsOf(sdp: string): readonly Fingerprint[] {
  const read = readSdp(sdp);
  if (!read.ok) return [];
  const { session, media } = read.value;
  const ofSession = attributes(session, 'fingerprint');
  const used = media
    .filter(({ rejected }) => !rejected)
    .flatMap(({ lines }) => {
      const own = attributes(lines, 'fingerprint');
      return own.length > 0 ? own : ofSession;
    });
  return used.filter(isFingerprint).flatMap(readFingerprint);
}

function readFingerprint(value: string): readonly Fingerprint[] {
  const [name = '', digits = ''] = value.toLowerCase().split(' ');
  const hash = (['sha-256', 'sha-384', 'sha-512'] as const).find((each) => each === name);
  return hash === undefined ? [] : [{ hash, digest: Buffer.from(digits.replaceAll(':', ''), 'hex') }];
}
