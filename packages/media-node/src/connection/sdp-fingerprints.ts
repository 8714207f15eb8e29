import type { Fingerprint } from './dtls-proof.ts';
import { isFingerprint } from './sdp-limits.ts';
import { attributes, readSdp } from './sdp-text.ts';

/** The fingerprints of a description's session part and of its m-lines in use; those of hashes we do not take are left out. */
export function fingerprintsOf(sdp: string): readonly Fingerprint[] {
  const read = readSdp(sdp);
  if (!read.ok) return [];
  const { session, media } = read.value;
  const lines = [...session, ...media.filter(({ rejected }) => !rejected).flatMap((each) => each.lines)];
  return attributes(lines, 'fingerprint').filter(isFingerprint).flatMap(readFingerprint);
}

function readFingerprint(value: string): readonly Fingerprint[] {
  const [name = '', digits = ''] = value.toLowerCase().split(' ');
  const hash = (['sha-256', 'sha-384', 'sha-512'] as const).find((each) => each === name);
  return hash === undefined ? [] : [{ hash, digest: Buffer.from(digits.replaceAll(':', ''), 'hex') }];
}
