/** Seconds from 1900, where NTP begins, to 1970, where Unix time does (RFC 5905 section 6). */
const NTP_OFFSET_SECONDS = 2_208_988_800;
const FRACTIONS = 4_294_967_296;
const COMPACT_PER_SECOND = 65_536;

/** A moment in NTP's format: seconds since 1900 (they wrap in 2036) and 2^-32 s. */
export interface NtpTime {
  readonly seconds: number;
  readonly fraction: number;
}

/** The moment `unixMs` ms after 1970 in NTP's format. */
export function ntpTime(unixMs: number): NtpTime {
  const whole = Math.floor(unixMs / 1_000);
  return {
    seconds: (whole + NTP_OFFSET_SECONDS) % FRACTIONS,
    fraction: Math.floor((unixMs / 1_000 - whole) * FRACTIONS),
  };
}

/** The middle 32 bits of an NTP time: 1/65,536 s, wrapping every 18 hours (RFC 3550 section 4). */
export function compactNtp({ seconds, fraction }: NtpTime): number {
  return ((seconds << 16) | (fraction >>> 16)) >>> 0;
}

/** A duration in ms in 1/65,536 s, at most what 32 bits hold. */
export function compactDuration(ms: number): number {
  return Math.min(FRACTIONS - 1, Math.max(0, Math.round((ms / 1_000) * COMPACT_PER_SECOND)));
}

/**
 * The round-trip time in seconds that a report says (RFC 3550 section 6.4.1): from our report, over the time it lay there,
 * back to us at `arrivedAt`. Undefined without a report of ours; 0 where clocks are too coarse to see it.
 */
export function roundTripSeconds(
  arrivedAt: NtpTime,
  lastSenderReport: number,
  delaySinceLastSenderReport: number,
): number | undefined {
  if (lastSenderReport === 0) return undefined;
  const elapsed = (compactNtp(arrivedAt) - lastSenderReport - delaySinceLastSenderReport) | 0;
  return Math.max(0, elapsed) / COMPACT_PER_SECOND;
}
