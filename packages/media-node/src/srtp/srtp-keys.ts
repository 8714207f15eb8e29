/** The SRTP protection profiles we speak: RFC 5764 section 4.1.2 and RFC 7714 section 14.2. */
export type SrtpProfile = 'AES_CM_128_HMAC_SHA1_80' | 'AEAD_AES_128_GCM';

/** What one direction of a connection is protected with, as the DTLS handshake exports it (RFC 5764 section 4.2). */
export interface SrtpKeys {
  readonly profile: SrtpProfile;
  /** 16 bytes. */
  readonly masterKey: Uint8Array;
  /** 14 bytes for AES_CM_128_HMAC_SHA1_80, 12 bytes for AEAD_AES_128_GCM. */
  readonly masterSalt: Uint8Array;
}
