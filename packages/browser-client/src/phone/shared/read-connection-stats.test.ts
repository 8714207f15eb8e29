import { describe, expect, it } from 'vitest';
import { readConnectionStats } from './read-connection-stats.ts';

type Entry = Readonly<Record<string, unknown>> & { readonly id: string };
const reportOf = (...entries: Entry[]) => new Map(entries.map((entry) => [entry.id, entry]));

const pair = {
  id: 'P',
  type: 'candidate-pair',
  localCandidateId: 'L',
  remoteCandidateId: 'R',
  currentRoundTripTime: 0.02,
};
const host = (id: string) => ({ id, type: 'local-candidate', candidateType: 'host' });
const relay = (id: string) => ({ id, type: 'remote-candidate', candidateType: 'relay' });
const transport = { id: 'T', type: 'transport', selectedCandidatePairId: 'P' };

describe('the statistics of a connection', () => {
  it('[S-0.48] name the path, the round trip and the loss', () => {
    const inbound = { id: 'I', type: 'inbound-rtp', kind: 'audio', packetsReceived: 90, packetsLost: 10 };
    const report = reportOf(transport, pair, host('L'), host('R'), inbound, { ...inbound, id: 'V', kind: 'video' });
    expect(readConnectionStats(report)).toEqual({
      path: 'direct',
      roundTripMs: 20,
      packetsReceived: 90,
      packetsLost: 10,
    });
  });

  it('tell a path through a TURN server, whichever end uses it', () => {
    expect(readConnectionStats(reportOf(transport, pair, host('L'), relay('R'))).path).toBe('relayed');
    expect(readConnectionStats(reportOf(transport, pair, relay('L'), host('R'))).path).toBe('relayed');
  });

  it.each([
    ['marks the pair, as Firefox does', { selected: true }],
    ['only nominates it', { nominated: true, state: 'succeeded' }],
  ])('find the pair in a browser that %s', (_how, fields) => {
    const other = { ...pair, id: 'O', localCandidateId: 'R', nominated: true, state: 'failed' };
    expect(readConnectionStats(reportOf(other, { ...pair, ...fields }, host('L'), host('R'))).path).toBe('direct');
  });

  it('know nothing before there is a path', () => {
    expect(readConnectionStats(reportOf())).toEqual({
      path: null,
      roundTripMs: null,
      packetsReceived: 0,
      packetsLost: 0,
    });
  });
});
