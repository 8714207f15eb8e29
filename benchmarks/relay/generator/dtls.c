#include "dtls.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

enum { MTU = 1200, FIRST_RETRANSMISSION_US = 50000 };

static SSL_CTX *context;
static BIO_METHOD *transport;

/* A BIO whose every write is one datagram and whose every read is the datagram at hand. */
static int transport_write(BIO *bio, const char *bytes, int length) {
  struct dtls *dtls = BIO_get_data(bio);
  dtls->send(dtls->owner, (const uint8_t *)bytes, (size_t)length);
  return length;
}

static int transport_read(BIO *bio, char *out, int capacity) {
  struct dtls *dtls = BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  if (dtls->inbound_bytes == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  int length = (int)dtls->inbound_bytes < capacity ? (int)dtls->inbound_bytes : capacity;
  memcpy(out, dtls->inbound, (size_t)length);
  dtls->inbound_bytes = 0;
  return length;
}

static long transport_control(BIO *bio, int command, long number, void *pointer) {
  (void)bio, (void)number, (void)pointer;
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_DGRAM_QUERY_MTU) return MTU;
  return 0;
}

/* Who the other side is does not matter here: it is the relay that was just started. */
static int accept_any(int sound, X509_STORE_CTX *store) {
  (void)sound, (void)store;
  return 1;
}

static X509 *self_signed(EVP_PKEY *key) {
  X509 *certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -86400);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 30 * 86400);
  X509_NAME *name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"relay generator", -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_set_pubkey(certificate, key);
  if (X509_sign(certificate, key, EVP_sha256()) > 0) return certificate;
  X509_free(certificate);
  return NULL;
}

static bool prepare_transport(void) {
  transport = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams");
  return transport != NULL && BIO_meth_set_write(transport, transport_write) &&
         BIO_meth_set_read(transport, transport_read) && BIO_meth_set_ctrl(transport, transport_control);
}

bool dtls_prepare(char fingerprint[96]) {
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = key == NULL ? NULL : self_signed(key);
  context = SSL_CTX_new(DTLS_method());
  if (certificate == NULL || context == NULL || !prepare_transport()) return false;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU);
  bool set = SSL_CTX_use_certificate(context, certificate) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1 &&
             SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 &&
             SSL_CTX_set_tlsext_use_srtp(context, "SRTP_AES128_CM_SHA1_80") == 0;
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned int bytes = 0;
  if (!set || X509_digest(certificate, EVP_sha256(), digest, &bytes) != 1) return false;
  for (unsigned int i = 0; i < bytes; i++) snprintf(fingerprint + 3 * i, 4, i + 1 < bytes ? "%02X:" : "%02X", digest[i]);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return true;
}

/* As Chromium does, and not OpenSSL's 1 s, which would stand for most of the time a set-up takes. */
static unsigned int retransmission_time(SSL *ssl, unsigned int microseconds) {
  (void)ssl;
  return microseconds == 0 ? FIRST_RETRANSMISSION_US : 2 * microseconds;
}

static void handshake(struct dtls *dtls) {
  if (SSL_do_handshake(dtls->ssl) == 1) dtls->connected = true;
}

bool dtls_open(struct dtls *dtls, bool client, dtls_send *send, void *owner) {
  *dtls = (struct dtls){.ssl = SSL_new(context), .send = send, .owner = owner};
  BIO *bio = BIO_new(transport);
  if (dtls->ssl == NULL || bio == NULL) return false;
  BIO_set_data(bio, dtls);
  BIO_set_init(bio, 1);
  SSL_set_bio(dtls->ssl, bio, bio);
  SSL_set_mtu(dtls->ssl, MTU);
  DTLS_set_timer_cb(dtls->ssl, retransmission_time);
  if (client) SSL_set_connect_state(dtls->ssl);
  else SSL_set_accept_state(dtls->ssl);
  handshake(dtls);
  return true;
}

void dtls_close(struct dtls *dtls) {
  SSL_free(dtls->ssl);
  dtls->ssl = NULL;
}

int dtls_receive(struct dtls *dtls, const uint8_t *datagram, size_t length, uint8_t *out, size_t capacity) {
  dtls->inbound = datagram;
  dtls->inbound_bytes = length;
  if (!dtls->connected) handshake(dtls);
  int read = dtls->connected ? SSL_read(dtls->ssl, out, (int)capacity) : 0;
  dtls->inbound_bytes = 0;
  return read > 0 ? read : 0;
}

void dtls_tick(struct dtls *dtls) { DTLSv1_handle_timeout(dtls->ssl); }

void dtls_write(struct dtls *dtls, const uint8_t *bytes, size_t length) {
  SSL_write(dtls->ssl, bytes, (int)length);
}

bool dtls_key_srtp(struct dtls *dtls, struct srtp_stream *outbound, struct srtp_stream *inbound) {
  static const char label[] = "EXTRACTOR-dtls_srtp";
  uint8_t keys[2 * (SRTP_KEY_BYTES + SRTP_SALT_BYTES)];
  if (SSL_get_selected_srtp_profile(dtls->ssl) == NULL) return false;
  if (SSL_export_keying_material(dtls->ssl, keys, sizeof keys, label, sizeof label - 1, NULL, 0, 0) != 1) return false;
  /* Client key, server key, client salt, server salt (RFC 5764 section 4.2). */
  const uint8_t *salts = keys + 2 * SRTP_KEY_BYTES;
  int own = SSL_is_server(dtls->ssl) ? 1 : 0;
  return srtp_open(outbound, keys + own * SRTP_KEY_BYTES, salts + own * SRTP_SALT_BYTES) &&
         srtp_open(inbound, keys + !own * SRTP_KEY_BYTES, salts + !own * SRTP_SALT_BYTES);
}
