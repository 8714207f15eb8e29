#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What legs say from prepared speeches, and what they hear, packet by packet: kept for whoever looks at it afterwards. */

struct leg;
struct speech;

/** Bytes one behind the other. */
struct log {
  uint8_t *bytes;
  size_t length, capacity;
};

/** The talk of one leg. Zeros at first. */
struct talk {
  /** NULL while it says nothing. */
  const struct speech *speech;
  bool again, begins;
  uint32_t place;
  /** When its next packet is due, or would have been (monotonic); 0 until it first speaks. */
  int64_t due;
  struct log said, heard;
};

/** Reads speech `number` from a file: of each packet its level (RFC 6464, 0 to 127), its length in 2 bytes, and its bytes; false when there is none. */
bool talk_read(int number, const char *path);

/** A leg says a speech from `due` on (monotonic), a packet every 20 ms, once or `again` and again; false while it says another. */
bool talk_say(struct leg *leg, int number, bool again, int64_t due);

/** From now on all that is said and heard is kept. */
void talk_keep(void);

/** When the next packet of any leg is due; INT64_MAX when nobody speaks. */
int64_t talk_due(const struct leg *legs, int count);

/** Sends what is due. */
void talk_send(struct leg *legs, int count, int64_t now);

/** Keeps a packet that a leg received at `arrived`; false when nothing is kept. */
bool talk_hear(struct leg *leg, const uint8_t *packet, size_t header, size_t length, int64_t arrived);

/**
 * Writes `FOLDER/I.said`, of each packet when it was handed to the kernel (real time) and how late that was, 8 bytes each,
 * and `FOLDER/I.heard`, of each packet when it arrived (8 bytes, real time), RTP timestamp (4), sequence number (2), length
 * (2) and payload, of every leg I. Numbers in network byte order, times in ns. False when it cannot.
 */
bool talk_write(const struct leg *legs, int count, const char *folder);
