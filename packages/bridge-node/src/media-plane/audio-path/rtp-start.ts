import { randomInt } from 'node:crypto';

/** What the first packet of an RTP stream carries. */
export interface RtpStart {
  readonly sequenceNumber: number;
  readonly timestamp: number;
}

/** Random numbers to begin a stream with (RFC 3550 section 5.1); the sequence begins in the lower half, so that an early loss cannot hide a wrap. */
export function randomRtpStart(): RtpStart {
  return { sequenceNumber: randomInt(2 ** 15), timestamp: randomInt(2 ** 32) };
}
