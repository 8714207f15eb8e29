#pragma once
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "srtp.h"

/** Sends one datagram of a handshake or of application data. */
typedef void dtls_send(void *owner, const uint8_t *bytes, size_t length);

/** One DTLS 1.2 association (RFC 6347) that also keys SRTP (RFC 5764). */
struct dtls {
  SSL *ssl;
  dtls_send *send;
  void *owner;
  const uint8_t *inbound;
  size_t inbound_bytes;
  bool connected;
};

/** Makes the certificate that all associations share and writes its `sha-256` fingerprint as SDP has it; false on failure. */
bool dtls_prepare(char fingerprint[96]);

/** Begins an association as client or server; datagrams leave through `send`. */
bool dtls_open(struct dtls *dtls, bool client, dtls_send *send, void *owner);

/** Frees it. */
void dtls_close(struct dtls *dtls);

/** Takes one datagram; application data, when there is some, goes to `out` and its length is given. */
int dtls_receive(struct dtls *dtls, const uint8_t *datagram, size_t length, uint8_t *out, size_t capacity);

/** Sends a flight again when its time has come; to be called now and then until `connected`. */
void dtls_tick(struct dtls *dtls);

/** Sends application data. */
void dtls_write(struct dtls *dtls, const uint8_t *bytes, size_t length);

/** Keys both directions of SRTP from a connected association. */
bool dtls_key_srtp(struct dtls *dtls, struct srtp_stream *outbound, struct srtp_stream *inbound);
