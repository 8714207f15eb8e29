#pragma once
#include <stddef.h>
#include <stdint.h>

/** CRC-32 (ISO-HDLC), which STUN's FINGERPRINT is made of (RFC 8489 section 14.7). */
uint32_t crc32_ieee(const uint8_t *bytes, size_t length);

/** CRC-32c, the checksum of SCTP (RFC 9260 appendix A). */
uint32_t crc32_castagnoli(const uint8_t *bytes, size_t length);
