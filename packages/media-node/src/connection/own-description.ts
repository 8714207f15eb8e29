import { type Parsed, VoiceBridgeError } from '@voice-bridge/core';
import type { OfferSummary } from './sdp-limits.ts';

/**
 * What our own description says. Throws `internal` when it is wrong, and `ice_failed` when nobody could reach us by it;
 * `bindError` is why no port was opened, if that is known.
 */
export function summaryOfOwn(
  sdp: string,
  validate: (sdp: string) => Parsed<OfferSummary>,
  bindError: VoiceBridgeError | undefined,
): OfferSummary {
  const summary = validate(sdp);
  if (!summary.ok) throw new VoiceBridgeError('internal', `Our own description is wrong: ${summary.problem}`);
  if (summary.value.candidates > 0) return summary.value;
  throw (
    bindError ??
    new VoiceBridgeError('ice_failed', 'No network address to offer', {
      hint: 'On a host with loopback only, give additionalHostAddresses; with a port range, widen it.',
    })
  );
}
