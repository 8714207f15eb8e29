#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STUN_MAX_BYTES = 256, STUN_REQUEST = 0x0001, STUN_RESPONSE = 0x0101 };

/** One side's ICE credentials (RFC 8839 section 5.4). */
struct ice_credentials {
  char fragment[257];
  char password[257];
};

/** Writes a connectivity check (RFC 8445 section 7.2.2) to `out`, nominating when controlling; gives its length. */
size_t stun_write_check(uint8_t *out, const uint8_t transaction[12], const struct ice_credentials *local,
                        const struct ice_credentials *remote, bool controlling);

/** Writes the success response to `request`, which came from `source`; gives its length. */
size_t stun_write_response(uint8_t *out, const uint8_t *request, const struct ice_credentials *local,
                           const struct sockaddr_in *source);

/** The message type when FINGERPRINT and MESSAGE-INTEGRITY under `password` hold, else 0. */
int stun_verify(const uint8_t *message, size_t length, const char *password);
