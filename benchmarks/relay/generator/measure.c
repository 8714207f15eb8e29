#include "measure.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void samples_add(struct samples *samples, int64_t nanoseconds) {
  if (samples->count == samples->capacity) {
    samples->capacity = samples->capacity == 0 ? 65536 : 2 * samples->capacity;
    samples->values = realloc(samples->values, samples->capacity * sizeof *samples->values);
    if (samples->values == NULL) abort();
  }
  int64_t kept = nanoseconds < 0 ? 0 : nanoseconds > UINT32_MAX ? UINT32_MAX : nanoseconds;
  samples->values[samples->count++] = (uint32_t)kept;
}

void measure_begin(struct measure *measure) {
  struct samples latency = measure->latency, lateness = measure->lateness;
  latency.count = 0;
  lateness.count = 0;
  *measure = (struct measure){.counting = true, .latency = latency, .lateness = lateness};
}

static int by_value(const void *left, const void *right) {
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

static double quantile(const struct samples *samples, double share) {
  if (samples->count == 0) return -1;
  size_t index = (size_t)(share * (double)samples->count);
  return samples->values[index < samples->count ? index : samples->count - 1] / 1000.0;
}

static void sort(struct samples *samples) {
  if (samples->count > 0) qsort(samples->values, samples->count, sizeof *samples->values, by_value);
}

void measure_print(struct measure *measure) {
  sort(&measure->latency);
  sort(&measure->lateness);
  printf("result sent=%" PRIu64 " received=%" PRIu64 " lost=%" PRIu64 " repeated=%" PRIu64 " refused=%" PRIu64
         " overrun=%" PRIu64,
         measure->sent, measure->received, measure->lost, measure->repeated, measure->refused, measure->overrun);
  printf(" p50=%.1f p95=%.1f p99=%.1f max=%.1f late99=%.1f\n", quantile(&measure->latency, 0.5),
         quantile(&measure->latency, 0.95), quantile(&measure->latency, 0.99), quantile(&measure->latency, 1),
         quantile(&measure->lateness, 0.99));
}
