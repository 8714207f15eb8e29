#include "srtp.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include "bytes.h"

enum { LABEL_CIPHER = 0, LABEL_MAC = 1, LABEL_SALT = 2, MAC_KEY_BYTES = 20 };

/* AES in counter mode over zeros is the key stream (RFC 3711 section 4.3.3, key derivation rate 0). */
static bool derive(const uint8_t *key, const uint8_t *salt, uint8_t label, uint8_t *out, int bytes) {
  uint8_t counter[16] = {0};
  memcpy(counter, salt, SRTP_SALT_BYTES);
  counter[7] ^= label;
  memset(out, 0, (size_t)bytes);
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  int written = 0;
  bool done = EVP_EncryptInit_ex(context, EVP_aes_128_ctr(), NULL, key, counter) == 1 &&
              EVP_EncryptUpdate(context, out, &written, out, bytes) == 1;
  EVP_CIPHER_CTX_free(context);
  return done;
}

bool srtp_open(struct srtp_stream *stream, const uint8_t key[SRTP_KEY_BYTES], const uint8_t salt[SRTP_SALT_BYTES]) {
  uint8_t cipher_key[SRTP_KEY_BYTES], mac_key[MAC_KEY_BYTES];
  memset(stream, 0, sizeof *stream);
  if (!derive(key, salt, LABEL_CIPHER, cipher_key, sizeof cipher_key)) return false;
  if (!derive(key, salt, LABEL_MAC, mac_key, sizeof mac_key)) return false;
  if (!derive(key, salt, LABEL_SALT, stream->salt, sizeof stream->salt)) return false;
  stream->cipher = EVP_CIPHER_CTX_new();
  EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
  stream->mac = EVP_MAC_CTX_new(mac);
  EVP_MAC_free(mac);
  OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA1", 0),
                             OSSL_PARAM_construct_end()};
  return EVP_EncryptInit_ex(stream->cipher, EVP_aes_128_ctr(), NULL, cipher_key, NULL) == 1 &&
         EVP_MAC_init(stream->mac, mac_key, sizeof mac_key, parameters) == 1;
}

void srtp_close(struct srtp_stream *stream) {
  EVP_CIPHER_CTX_free(stream->cipher);
  EVP_MAC_CTX_free(stream->mac);
  stream->cipher = NULL;
  stream->mac = NULL;
}

size_t rtp_header_bytes(const uint8_t *packet, size_t length) {
  if (length < 12 || packet[0] >> 6 != 2) return 0;
  size_t bytes = 12 + 4u * (packet[0] & 0x0f);
  if (packet[0] & 0x10) {
    if (length < bytes + 4) return 0;
    bytes += 4 + 4u * get16(packet + bytes + 2);
  }
  return bytes <= length ? bytes : 0;
}

static void crypt(struct srtp_stream *stream, uint8_t *packet, size_t header, size_t length, uint32_t rollover) {
  uint8_t counter[16] = {0};
  memcpy(counter, stream->salt, SRTP_SALT_BYTES);
  for (int i = 0; i < 4; i++) counter[4 + i] ^= packet[8 + i];
  for (int i = 0; i < 4; i++) counter[8 + i] ^= (uint8_t)(rollover >> (24 - 8 * i));
  counter[12] ^= packet[2];
  counter[13] ^= packet[3];
  int written = 0;
  EVP_EncryptInit_ex(stream->cipher, NULL, NULL, NULL, counter);
  EVP_EncryptUpdate(stream->cipher, packet + header, &written, packet + header, (int)(length - header));
}

static void tag(struct srtp_stream *stream, const uint8_t *packet, size_t length, uint32_t rollover, uint8_t out[20]) {
  uint8_t number[4];
  size_t written = 0;
  put32(number, rollover);
  EVP_MAC_init(stream->mac, NULL, 0, NULL);
  EVP_MAC_update(stream->mac, packet, length);
  EVP_MAC_update(stream->mac, number, sizeof number);
  EVP_MAC_final(stream->mac, out, &written, 20);
}

size_t srtp_protect(struct srtp_stream *stream, uint8_t *packet, size_t length) {
  uint16_t sequence = get16(packet + 2);
  if (stream->started && sequence < stream->highest) stream->rollover++;
  stream->started = true;
  stream->highest = sequence;
  crypt(stream, packet, rtp_header_bytes(packet, length), length, stream->rollover);
  uint8_t digest[20];
  tag(stream, packet, length, stream->rollover, digest);
  memcpy(packet + length, digest, SRTP_TAG_BYTES);
  return length + SRTP_TAG_BYTES;
}

/* The rollover this sequence number most likely belongs to (RFC 3711 section 3.3.1). */
static uint32_t guess_rollover(const struct srtp_stream *stream, uint16_t sequence) {
  if (!stream->started) return 0;
  int distance = sequence - stream->highest;
  if (distance < -32768) return stream->rollover + 1;
  if (distance > 32768 && stream->rollover > 0) return stream->rollover - 1;
  return stream->rollover;
}

size_t srtp_unprotect(struct srtp_stream *stream, uint8_t *packet, size_t length) {
  if (length < 12 + SRTP_TAG_BYTES) return 0;
  size_t plain = length - SRTP_TAG_BYTES;
  size_t header = rtp_header_bytes(packet, plain);
  if (header == 0) return 0;
  uint16_t sequence = get16(packet + 2);
  uint32_t rollover = guess_rollover(stream, sequence);
  uint8_t digest[20];
  tag(stream, packet, plain, rollover, digest);
  if (CRYPTO_memcmp(digest, packet + plain, SRTP_TAG_BYTES) != 0) return 0;
  crypt(stream, packet, header, plain, rollover);
  bool newer = rollover > stream->rollover || (rollover == stream->rollover && sequence > stream->highest);
  if (!stream->started || newer) {
    stream->rollover = rollover;
    stream->highest = sequence;
  }
  stream->started = true;
  return plain;
}
