import type { SrtpKeys, SrtpProfile } from '../srtp/srtp-keys.ts';

/** What of an established DTLS association gives the media keys. */
export interface KeyExporter {
  readonly srtp: { readonly srtpProfile?: number | undefined };
  extractSessionKeys(
    keyLength: number,
    saltLength: number,
  ): { localKey: Uint8Array; localSalt: Uint8Array; remoteKey: Uint8Array; remoteSalt: Uint8Array };
}

interface Profile {
  readonly name: SrtpProfile;
  readonly saltBytes: number;
}

const KEY_BYTES = 16;
/** By their numbers in the handshake (RFC 5764 section 4.1.2, RFC 7714 section 14.2). */
const PROFILES: ReadonlyMap<number, Profile> = new Map([
  [1, { name: 'AES_CM_128_HMAC_SHA1_80', saltBytes: 14 }],
  [7, { name: 'AEAD_AES_128_GCM', saltBytes: 12 }],
]);

/** The SRTP keys of both directions (RFC 5764 section 4.2); undefined when the handshake agreed on no SRTP profile of ours. */
export function exportedKeys(
  association: KeyExporter,
): { readonly localKeys: SrtpKeys; readonly remoteKeys: SrtpKeys } | undefined {
  const profile = PROFILES.get(association.srtp.srtpProfile ?? 0);
  if (profile === undefined) return undefined;
  const { localKey, localSalt, remoteKey, remoteSalt } = association.extractSessionKeys(KEY_BYTES, profile.saltBytes);
  return {
    localKeys: { profile: profile.name, masterKey: localKey, masterSalt: localSalt },
    remoteKeys: { profile: profile.name, masterKey: remoteKey, masterSalt: remoteSalt },
  };
}
