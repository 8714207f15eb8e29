#include "stun.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

#include "bytes.h"
#include "checksums.h"

enum {
  HEADER_BYTES = 20,
  INTEGRITY_BYTES = 20,
  USERNAME = 0x0006,
  MESSAGE_INTEGRITY = 0x0008,
  XOR_MAPPED_ADDRESS = 0x0020,
  PRIORITY = 0x0024,
  USE_CANDIDATE = 0x0025,
  FINGERPRINT = 0x8028,
  ICE_CONTROLLED = 0x8029,
  ICE_CONTROLLING = 0x802a,
};

static const uint32_t MAGIC_COOKIE = 0x2112a442;
static const uint32_t FINGERPRINT_MASK = 0x5354554e;
/* RFC 8445 section 5.1.2.2: a peer-reflexive candidate. */
static const uint32_t CHECK_PRIORITY = 1862270975;

static size_t append(uint8_t *out, size_t length, uint16_t type, const void *value, uint16_t bytes) {
  put16(out + length, type);
  put16(out + length + 2, bytes);
  memcpy(out + length + 4, value, bytes);
  size_t padding = (4 - bytes % 4) % 4;
  memset(out + length + 4 + bytes, 0, padding);
  return length + 4 + bytes + padding;
}

static size_t begin(uint8_t *out, uint16_t type, const uint8_t transaction[12]) {
  put16(out, type);
  put32(out + 4, MAGIC_COOKIE);
  memcpy(out + 8, transaction, 12);
  return HEADER_BYTES;
}

/* The HMAC counts the message up to the attribute, with a header length that ends behind it (RFC 8489 section 14.5). */
static void integrity(uint8_t *message, size_t before, const char *password, uint8_t out[INTEGRITY_BYTES]) {
  uint16_t stated = get16(message + 2);
  put16(message + 2, (uint16_t)(before + 4 + INTEGRITY_BYTES - HEADER_BYTES));
  HMAC(EVP_sha1(), password, (int)strlen(password), message, before, out, NULL);
  put16(message + 2, stated);
}

static size_t finish(uint8_t *out, size_t length, const char *password) {
  uint8_t digest[INTEGRITY_BYTES];
  integrity(out, length, password, digest);
  length = append(out, length, MESSAGE_INTEGRITY, digest, sizeof digest);
  put16(out + 2, (uint16_t)(length + 8 - HEADER_BYTES));
  uint8_t fingerprint[4];
  put32(fingerprint, crc32_ieee(out, length) ^ FINGERPRINT_MASK);
  return append(out, length, FINGERPRINT, fingerprint, sizeof fingerprint);
}

size_t stun_write_check(uint8_t *out, const uint8_t transaction[12], const struct ice_credentials *local,
                        const struct ice_credentials *remote, bool controlling) {
  size_t length = begin(out, STUN_REQUEST, transaction);
  char user[600];
  int user_length = snprintf(user, sizeof user, "%s:%s", remote->fragment, local->fragment);
  length = append(out, length, USERNAME, user, (uint16_t)user_length);
  uint8_t number[8];
  put32(number, CHECK_PRIORITY);
  length = append(out, length, PRIORITY, number, 4);
  put64(number, 0x6265656e63686d6bULL);
  length = append(out, length, controlling ? ICE_CONTROLLING : ICE_CONTROLLED, number, 8);
  if (controlling) length = append(out, length, USE_CANDIDATE, number, 0);
  return finish(out, length, remote->password);
}

size_t stun_write_response(uint8_t *out, const uint8_t *request, const struct ice_credentials *local,
                           const struct sockaddr_in *source) {
  size_t length = begin(out, STUN_RESPONSE, request + 8);
  uint8_t mapped[8] = {0, 1};
  put16(mapped + 2, (uint16_t)(ntohs(source->sin_port) ^ (MAGIC_COOKIE >> 16)));
  put32(mapped + 4, ntohl(source->sin_addr.s_addr) ^ MAGIC_COOKIE);
  length = append(out, length, XOR_MAPPED_ADDRESS, mapped, sizeof mapped);
  return finish(out, length, local->password);
}

int stun_verify(const uint8_t *message, size_t length, const char *password) {
  uint8_t copy[1500];
  if (length < HEADER_BYTES || length > sizeof copy || get32(message + 4) != MAGIC_COOKIE) return 0;
  memcpy(copy, message, length);
  bool sound = false;
  for (size_t at = HEADER_BYTES; at + 4 <= length;) {
    uint16_t type = get16(copy + at);
    uint16_t bytes = get16(copy + at + 2);
    if (at + 4 + bytes > length) return 0;
    if (type == MESSAGE_INTEGRITY) {
      uint8_t digest[INTEGRITY_BYTES];
      integrity(copy, at, password, digest);
      if (bytes != sizeof digest || CRYPTO_memcmp(digest, copy + at + 4, sizeof digest) != 0) return 0;
      sound = true;
    }
    if (type == FINGERPRINT && get32(copy + at + 4) != (crc32_ieee(message, at) ^ FINGERPRINT_MASK)) return 0;
    at += 4 + bytes + (4 - bytes % 4) % 4;
  }
  return sound ? get16(message) : 0;
}
