import { AesCmTransform } from './aes-cm-transform.ts';
import { AesGcmTransform } from './aes-gcm-transform.ts';
import { deriveSessionKeys } from './key-derivation.ts';
import type { SrtpKeys } from './srtp-keys.ts';
import type { SrtpTransform } from './srtp-transform.ts';

/** The transform of the profile, under the session keys that follow from the master keys. */
export function createTransform(keys: SrtpKeys): SrtpTransform {
  const { rtp, rtcp } = deriveSessionKeys(keys);
  return keys.profile === 'AEAD_AES_128_GCM' ? new AesGcmTransform(rtp, rtcp) : new AesCmTransform(rtp, rtcp);
}
