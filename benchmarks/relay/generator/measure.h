#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Nanoseconds, collected and sorted once. */
struct samples {
  uint32_t *values;
  size_t count, capacity;
};

/** What a window of media showed. */
struct measure {
  /** What is sent counts, until the end of the window. */
  bool counting;
  uint64_t sent, received, lost;
  /** Packets of a leg that arrived twice, and packets whose SRTP tag did not hold. */
  uint64_t repeated, refused;
  /** Datagrams that the kernel dropped before we read them: our own fault. */
  uint64_t overrun;
  /** From handing a packet to the kernel to the time stamp of its arrival. */
  struct samples latency;
  /** How late we ourselves sent. */
  struct samples lateness;
};

/** Adds one value; more than fits 32 bits counts as the largest. */
void samples_add(struct samples *samples, int64_t nanoseconds);

/** Forgets everything and opens the window. */
void measure_begin(struct measure *measure);

/** Prints the window as one `result name=value …` line on standard output; times in microseconds, -1 for none. */
void measure_print(struct measure *measure);
