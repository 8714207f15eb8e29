import { renderUnicodeCompact } from 'uqr';
import type { LanAccess } from './open-lan.ts';

/** What a terminal shows of it: a code for the phone's camera, the URLs, where the certificate is to be had. Holds the owner's token. */
export function describeLan(lan: LanAccess): string {
  const { urls, invitation, certificatePage, fingerprint, isAuthorityNew } = lan;
  if (invitation === undefined) return 'No local network yet: the address for phones is shown as soon as there is one.';
  const certificate = [
    `If the phone warns of the certificate, go on, or install it from ${certificatePage ?? ''}`,
    `  SHA-256 ${fingerprint ?? ''}`,
  ];
  return [
    renderUnicodeCompact(invitation, { border: 2 }),
    'For phones and computers in this network. Whoever has the code or this link may use the assistant:',
    `  ${invitation}`,
    ...(urls.length > 1 ? [`Also at ${urls.slice(1).join(', ')}`] : []),
    ...(fingerprint === undefined ? [] : certificate),
    ...(isAuthorityNew ? [NEW_AUTHORITY] : []),
  ].join('\n');
}

const NEW_AUTHORITY =
  'The certificate that was made here before is good no more, and there is a new one: phones that have the old one installed need this one instead.';
