#pragma once
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SRTP_KEY_BYTES = 16, SRTP_SALT_BYTES = 14, SRTP_TAG_BYTES = 10 };

/** One direction of SRTP with AES_CM_128_HMAC_SHA1_80 (RFC 3711), for one SSRC. */
struct srtp_stream {
  EVP_CIPHER_CTX *cipher;
  EVP_MAC_CTX *mac;
  uint8_t salt[SRTP_SALT_BYTES];
  uint32_t rollover;
  uint16_t highest;
  bool started;
};

/** Derives the session keys (section 4.3.1); false when OpenSSL refuses. */
bool srtp_open(struct srtp_stream *stream, const uint8_t key[SRTP_KEY_BYTES], const uint8_t salt[SRTP_SALT_BYTES]);

/** Frees what {@link srtp_open} made. */
void srtp_close(struct srtp_stream *stream);

/** Encrypts and tags an RTP packet in place; the buffer has room for the tag. Gives the new length. */
size_t srtp_protect(struct srtp_stream *stream, uint8_t *packet, size_t length);

/** Checks and decrypts in place; gives the RTP length, or 0 for a packet that is not genuine. */
size_t srtp_unprotect(struct srtp_stream *stream, uint8_t *packet, size_t length);

/** Bytes of an RTP header with its CSRCs and extension, or 0 when the packet is shorter (RFC 3550 section 5.1). */
size_t rtp_header_bytes(const uint8_t *packet, size_t length);
