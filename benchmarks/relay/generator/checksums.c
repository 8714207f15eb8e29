#include "checksums.h"

/* Both polynomials are bit-reversed; neither is used per media packet, so bit by bit is fast enough. */
static uint32_t crc32_reflected(const uint8_t *bytes, size_t length, uint32_t polynomial) {
  uint32_t crc = 0xffffffff;
  for (size_t i = 0; i < length; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (polynomial & (0u - (crc & 1u)));
  }
  return ~crc;
}

uint32_t crc32_ieee(const uint8_t *bytes, size_t length) { return crc32_reflected(bytes, length, 0xedb88320); }

uint32_t crc32_castagnoli(const uint8_t *bytes, size_t length) {
  return crc32_reflected(bytes, length, 0x82f63b78);
}
