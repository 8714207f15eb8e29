#include "media.h"

#include <stdio.h>

#include "bytes.h"

enum {
  SAMPLES_PER_PACKET = 960,
  PAYLOAD_BYTES = 160,
  MAX_OPUS_BYTES = 400,
  STAMP_BYTES = 20,
  PACKETS_PER_CYCLE = 50,
  TONE_PACKETS = 10,
  /* So many packets in a row, alike in length within so many bytes, are a steady sound. */
  STEADY_PACKETS = 5,
  STEADY_BYTES = 3,
  /* RFC 6464: a voice, 30 dB below full scale. */
  VOICE = 0x80,
  LEVEL = VOICE | 30,
  LOUDER_THAN_SILENCE = 70,
};

/* TOC byte of one 20 ms CELT frame (RFC 6716 section 3.1), then our mark, leg, number and time. */
static const uint8_t MARK[4] = {0xf8, 'v', 'b', 'r'};

static struct {
  bool on;
  uint8_t silence[MAX_OPUS_BYTES], tone[MAX_OPUS_BYTES];
  size_t silence_bytes, tone_bytes;
} opus;

static size_t read_hex(const char *text, uint8_t *out) {
  size_t length = 0;
  unsigned int value;
  for (; length < MAX_OPUS_BYTES && sscanf(text + 2 * length, "%2x", &value) == 1; length++) out[length] = (uint8_t)value;
  return length;
}

bool media_use_tone(const char *silence_hex, const char *tone_hex) {
  opus.silence_bytes = read_hex(silence_hex, opus.silence);
  opus.tone_bytes = read_hex(tone_hex, opus.tone);
  opus.on = opus.silence_bytes > 0 && opus.tone_bytes > 0;
  return opus.on;
}

static size_t add_extension(uint8_t *out, size_t at, uint8_t id, const uint8_t *value, size_t bytes) {
  if (id == 0) return at;
  out[at] = (uint8_t)(id << 4 | (bytes - 1));
  memcpy(out + at + 1, value, bytes);
  return at + 1 + bytes;
}

/* One-byte header extensions (RFC 8285), those that were negotiated; gives the length of the whole header. */
static size_t write_header(struct leg *leg, uint8_t *packet, uint8_t level, bool marker) {
  const struct format *format = &leg->format;
  packet[0] = 0x80;
  packet[1] = format->payload_type | (marker ? 0x80 : 0);
  put16(packet + 2, leg->sequence++);
  put32(packet + 4, leg->timestamp);
  put32(packet + 8, 0x10000u + (uint32_t)leg->index);
  leg->timestamp += SAMPLES_PER_PACKET;
  if (!format->audio_level && !format->send_time && !format->transport_sequence && !format->mid) return 12;
  size_t at = 16;
  uint8_t value[4] = {level};
  at = add_extension(packet, at, format->audio_level, value, 1);
  put32(value, (uint32_t)((uint64_t)realtime() * 262144u / 1000000000u) << 8);
  at = add_extension(packet, at, format->send_time, value, 3);
  put16(value, leg->transport_sequence++);
  at = add_extension(packet, at, format->transport_sequence, value, 2);
  at = add_extension(packet, at, format->mid, (const uint8_t *)"0", 1);
  while (at % 4 != 0) packet[at++] = 0;
  packet[0] |= 0x10;
  put16(packet + 12, 0xbede);
  put16(packet + 14, (uint16_t)((at - 16) / 4));
  return at;
}

static size_t write_stamp(struct leg *leg, uint8_t *payload) {
  memcpy(payload, MARK, sizeof MARK);
  put32(payload + 4, (uint32_t)leg->index);
  put32(payload + 8, leg->counter);
  put64(payload + 12, (uint64_t)realtime());
  memset(payload + STAMP_BYTES, 0x5a, PAYLOAD_BYTES - STAMP_BYTES);
  return PAYLOAD_BYTES;
}

static size_t write_opus(struct leg *leg, uint8_t *payload) {
  unsigned int place = leg->counter % PACKETS_PER_CYCLE;
  bool tone = place < TONE_PACKETS;
  size_t bytes = tone ? opus.tone_bytes : opus.silence_bytes;
  memcpy(payload, tone ? opus.tone : opus.silence, bytes);
  if (place == 0) leg->onset = realtime();
  return bytes;
}

void media_send(struct leg *leg, int64_t due, struct measure *measure) {
  uint8_t packet[MAX_DATAGRAM];
  size_t length = write_header(leg, packet, LEVEL, false);
  length += opus.on ? write_opus(leg, packet + length) : write_stamp(leg, packet + length);
  leg->counter++;
  if (!leg->plain) length = srtp_protect(&leg->outbound, packet, length);
  if (measure->counting) {
    measure->sent++;
    samples_add(&measure->lateness, monotonic() - due);
  }
  leg_send(leg, packet, length);
}

void media_say(struct leg *leg, const uint8_t *payload, size_t bytes, uint8_t level, bool marker) {
  uint8_t packet[MAX_DATAGRAM];
  size_t length = write_header(leg, packet, level < LOUDER_THAN_SILENCE ? VOICE | level : level, marker);
  if (length + bytes + SRTP_TAG_BYTES > sizeof packet) return;
  memcpy(packet + length, payload, bytes);
  length += bytes;
  if (!leg->plain) length = srtp_protect(&leg->outbound, packet, length);
  leg_send(leg, packet, length);
}

static void take_stamp(const uint8_t *payload, int64_t arrived, struct leg *legs, int count, struct measure *measure) {
  uint32_t index = get32(payload + 4), number = get32(payload + 8);
  if (index >= (uint32_t)count) return;
  struct leg *sender = legs + index;
  uint32_t place = number - sender->first;
  if (number < sender->first || number >= sender->last || place >= 64 * WINDOW_WORDS) return;
  uint64_t bit = 1ULL << (place % 64);
  if (sender->seen[place / 64] & bit) {
    measure->repeated++;
    return;
  }
  sender->seen[place / 64] |= bit;
  measure->received++;
  samples_add(&measure->latency, arrived - (int64_t)get64(payload + 12));
}

/*
 * The relay encoded anew, so that nothing of ours is left to be read. But whatever the encoder's rate, a tone that
 * begins makes one packet much longer than the steady ones before it, and that packet can be timed.
 */
static void take_opus(struct leg *leg, size_t bytes, int64_t arrived, struct leg *legs, struct measure *measure) {
  struct leg *sender = legs + (leg->index ^ 1);
  bool onset = leg->steady >= STEADY_PACKETS && 4 * bytes > 5 * leg->previous_bytes;
  size_t change = bytes > leg->previous_bytes ? bytes - leg->previous_bytes : leg->previous_bytes - bytes;
  leg->steady = change <= STEADY_BYTES ? leg->steady + 1 : 0;
  leg->previous_bytes = bytes;
  if (measure->counting) measure->received++;
  if (!onset || sender->onset == 0) return;
  if (measure->counting) samples_add(&measure->latency, arrived - sender->onset);
  sender->onset = 0;
}

void media_take(struct leg *leg, uint8_t *packet, size_t length, int64_t arrived, struct leg *legs, int count,
                struct measure *measure) {
  bool rtcp = packet[1] >= 192 && packet[1] < 224;
  if (rtcp) return;
  size_t plain = leg->plain ? length : srtp_unprotect(&leg->inbound, packet, length);
  if (plain == 0) {
    measure->refused++;
    return;
  }
  size_t header = rtp_header_bytes(packet, plain);
  if (header == 0) return;
  if (talk_hear(leg, packet, header, plain, arrived)) return;
  if (opus.on) take_opus(leg, plain - header, arrived, legs, measure);
  else if (plain - header >= STAMP_BYTES && memcmp(packet + header, MARK, sizeof MARK) == 0)
    take_stamp(packet + header, arrived, legs, count, measure);
}

void media_begin(struct leg *legs, int count, struct measure *measure) {
  for (int i = 0; i < count; i++) {
    legs[i].first = legs[i].counter;
    legs[i].last = UINT32_MAX;
    memset(legs[i].seen, 0, sizeof legs[i].seen);
  }
  measure_begin(measure);
}

void media_end(struct leg *legs, int count, struct measure *measure) {
  measure->counting = false;
  for (int i = 0; i < count; i++) legs[i].last = legs[i].counter;
}

void media_count(struct leg *legs, int count, struct measure *measure) {
  if (opus.on) {
    /* Windows of sending and arriving are shifted against each other by the relay's delay: one packet per leg may be missing or more. */
    uint64_t slack = (uint64_t)count;
    measure->lost = measure->sent > measure->received + slack ? measure->sent - measure->received : 0;
    return;
  }
  measure->sent = 0;
  for (int i = 0; i < count; i++) {
    for (uint32_t number = legs[i].first; number < legs[i].last; number++) {
      uint32_t place = number - legs[i].first;
      measure->sent++;
      if (!(legs[i].seen[place / 64] >> (place % 64) & 1)) measure->lost++;
    }
  }
}
