#pragma once
#include "leg.h"

/** Makes every payload a real Opus packet, for relays that decode: silence, and for 200 ms of each second `tone`. */
bool media_use_tone(const char *silence_hex, const char *tone_hex);

/** Sends the next packet of a leg, which was due at `due` (monotonic). */
void media_send(struct leg *leg, int64_t due, struct measure *measure);

/** Sends one packet of a leg: these bytes, with a level (RFC 6464, 0 to 127) where that was negotiated. */
void media_say(struct leg *leg, const uint8_t *payload, size_t bytes, uint8_t level, bool marker);

/** Takes one packet that came back from the relay; `arrived` is the kernel's time stamp. */
void media_take(struct leg *leg, uint8_t *packet, size_t length, int64_t arrived, struct leg *legs, int count,
                struct measure *measure);

/** The window begins with the next packet of every leg. */
void media_begin(struct leg *legs, int count, struct measure *measure);

/** The window ends with the last packet of every leg; what is still on its way may come in until {@link media_count}. */
void media_end(struct leg *legs, int count, struct measure *measure);

/** Counts what was sent in the window and did not come. */
void media_count(struct leg *legs, int count, struct measure *measure);
