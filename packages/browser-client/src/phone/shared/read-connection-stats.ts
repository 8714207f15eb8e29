import type { RtcStatsReport } from '../../rtc/rtc-connection.ts';
import type { PhoneConnectionStats } from './phone-connection.ts';

/** Reads what a browser counts (W3C Identifiers for WebRTC's Statistics), whatever of it is there. */
export function readConnectionStats(report: RtcStatsReport): PhoneConnectionStats {
  const entries: object[] = [];
  report.forEach((entry) => {
    entries.push(entry);
  });
  const pair = selectedPair(report, entries);
  const local = report.get(String(field(pair, 'localCandidateId')));
  const remote = report.get(String(field(pair, 'remoteCandidateId')));
  const kinds = [field(local, 'candidateType'), field(remote, 'candidateType')];
  const inbound = entries.filter((each) => field(each, 'type') === 'inbound-rtp' && field(each, 'kind') === 'audio');
  const roundTripSeconds = field(pair, 'currentRoundTripTime');
  return {
    path: pair === undefined ? null : kinds.includes('relay') ? 'relayed' : 'direct',
    roundTripMs: typeof roundTripSeconds === 'number' ? roundTripSeconds * 1_000 : null,
    packetsReceived: sumOf(inbound, 'packetsReceived'),
    packetsLost: sumOf(inbound, 'packetsLost'),
  };
}

function selectedPair(report: RtcStatsReport, entries: readonly object[]): object | undefined {
  const transport = entries.find((each) => field(each, 'type') === 'transport');
  const named = report.get(String(field(transport, 'selectedCandidatePairId')));
  // Firefox has no transport entry, and marks the pair.
  const pairs = entries.filter((each) => field(each, 'type') === 'candidate-pair');
  return (
    named ??
    pairs.find((each) => field(each, 'selected') === true) ??
    pairs.find((each) => field(each, 'nominated') === true && field(each, 'state') === 'succeeded')
  );
}

function sumOf(entries: readonly object[], name: string): number {
  return entries.reduce((sum, entry) => sum + (Number(field(entry, name)) || 0), 0);
}

function field(entry: object | undefined, name: string): unknown {
  return entry === undefined ? undefined : new Map<string, unknown>(Object.entries(entry)).get(name);
}
