#include "talk.h"

#include <stdio.h>
#include <stdlib.h>

#include "bytes.h"
#include "leg.h"
#include "media.h"

enum { SPEECHES = 8, MAX_PACKETS = 4096, MAX_BYTES = 1 << 20, UNITS_PER_PACKET = 960, FIRST_CAPACITY = 1 << 16 };

static const int64_t PERIOD = 20 * 1000000LL;

struct speech {
  uint8_t bytes[MAX_BYTES];
  const uint8_t *packets[MAX_PACKETS];
  uint32_t count;
};

static struct speech *speeches[SPEECHES];
static bool keeping;

static void keep(struct log *log, const uint8_t *bytes, size_t length) {
  if (log->length + length > log->capacity) {
    log->capacity = log->capacity == 0 ? FIRST_CAPACITY : 2 * log->capacity;
    log->bytes = realloc(log->bytes, log->capacity);
    if (log->bytes == NULL) abort();
  }
  memcpy(log->bytes + log->length, bytes, length);
  log->length += length;
}

bool talk_read(int number, const char *path) {
  FILE *file = number < 0 || number >= SPEECHES ? NULL : fopen(path, "rb");
  if (file == NULL) return false;
  struct speech *speech = calloc(1, sizeof *speech);
  size_t length = speech == NULL ? 0 : fread(speech->bytes, 1, sizeof speech->bytes, file);
  fclose(file);
  for (size_t at = 0; at + 3 <= length && speech->count < MAX_PACKETS;) {
    speech->packets[speech->count++] = speech->bytes + at;
    at += 3 + get16(speech->bytes + at + 1);
  }
  speeches[number] = speech;
  return length > 0;
}

bool talk_say(struct leg *leg, int number, bool again, int64_t due) {
  struct talk *talk = &leg->talk;
  if (talk->speech != NULL || number < 0 || number >= SPEECHES || speeches[number] == NULL) return false;
  /* Time went on while nothing was said. */
  if (talk->due > 0 && due > talk->due) leg->timestamp += (uint32_t)((due - talk->due) / PERIOD * UNITS_PER_PACKET);
  talk->speech = speeches[number];
  talk->again = again;
  talk->begins = true;
  talk->place = 0;
  talk->due = due;
  return true;
}

void talk_keep(void) { keeping = true; }

int64_t talk_due(const struct leg *legs, int count) {
  int64_t due = INT64_MAX;
  for (int i = 0; i < count; i++) {
    if (legs[i].talk.speech != NULL && legs[i].talk.due < due) due = legs[i].talk.due;
  }
  return due;
}

static void say_next(struct leg *leg, int64_t now) {
  struct talk *talk = &leg->talk;
  const uint8_t *packet = talk->speech->packets[talk->place];
  uint8_t record[16];
  put64(record, (uint64_t)realtime());
  put64(record + 8, (uint64_t)(now - talk->due));
  media_say(leg, packet + 3, get16(packet + 1), packet[0], talk->begins);
  if (keeping) keep(&talk->said, record, sizeof record);
  talk->begins = false;
  talk->due += PERIOD;
  if (++talk->place < talk->speech->count) return;
  talk->place = 0;
  if (!talk->again) talk->speech = NULL;
}

void talk_send(struct leg *legs, int count, int64_t now) {
  for (int i = 0; i < count; i++) {
    while (legs[i].talk.speech != NULL && legs[i].talk.due <= now) say_next(legs + i, monotonic());
  }
}

bool talk_hear(struct leg *leg, const uint8_t *packet, size_t header, size_t length, int64_t arrived) {
  if (!keeping) return false;
  uint8_t record[16];
  put64(record, (uint64_t)arrived);
  memcpy(record + 8, packet + 4, 4);
  memcpy(record + 12, packet + 2, 2);
  put16(record + 14, (uint16_t)(length - header));
  keep(&leg->talk.heard, record, sizeof record);
  keep(&leg->talk.heard, packet + header, length - header);
  return true;
}

static bool write_log(const struct log *log, const char *folder, int index, const char *kind) {
  char path[1200];
  snprintf(path, sizeof path, "%s/%d.%s", folder, index, kind);
  FILE *file = fopen(path, "wb");
  if (file == NULL) return false;
  bool written = fwrite(log->bytes, 1, log->length, file) == log->length;
  return fclose(file) == 0 && written;
}

bool talk_write(const struct leg *legs, int count, const char *folder) {
  for (int i = 0; i < count; i++) {
    const struct talk *talk = &legs[i].talk;
    if (!write_log(&talk->said, folder, i, "said") || !write_log(&talk->heard, folder, i, "heard")) return false;
  }
  return true;
}
