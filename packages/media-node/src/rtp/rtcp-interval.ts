/** The share of a session's bandwidth that is for RTCP, of 64 kbit/s of speech, in bytes per second (RFC 3550 section 6.2). */
const RTCP_BYTES_PER_SECOND = 0.05 * 8_000;
/** The shortest mean interval, in s; half of it before the first report (RFC 3550 section 6.2). */
const MIN_INTERVAL_SECONDS = 5;
/** Senders get a quarter of the RTCP bandwidth while they are fewer than a quarter of the members. */
const SENDER_SHARE = 0.25;
/** Makes up for what timer reconsideration takes off the mean: e - 3/2 (RFC 3550 section 6.3.1). */
const COMPENSATION = Math.E - 1.5;

/** What the time until the next report depends on (RFC 3550 section 6.3). */
export interface ReportConditions {
  /** Ourselves and everybody heard. */
  readonly members: number;
  /** Those of them that send audio. */
  readonly senders: number;
  readonly weSend: boolean;
  /** Mean size of the compound packets seen, with UDP and IP headers, in bytes. */
  readonly averageBytes: number;
  /** Whether nothing was reported yet. */
  readonly initial: boolean;
}

/** The time until the next report in ms, spread by `random` (0 to 1) so that members do not fall into step (RFC 3550 section 6.3.1). */
export function reportInterval(conditions: ReportConditions, random: number): number {
  const { members, senders, weSend, averageBytes, initial } = conditions;
  const few = senders <= members * SENDER_SHARE;
  const group = !few ? members : weSend ? senders : members - senders;
  const share = !few ? 1 : weSend ? SENDER_SHARE : 1 - SENDER_SHARE;
  const wanted = (group * averageBytes) / (RTCP_BYTES_PER_SECOND * share);
  const mean = Math.max(initial ? MIN_INTERVAL_SECONDS / 2 : MIN_INTERVAL_SECONDS, wanted);
  return ((mean * (random + 0.5)) / COMPENSATION) * 1_000;
}
