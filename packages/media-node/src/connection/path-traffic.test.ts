import { describe, expect, it } from 'vitest';
import { PathTraffic } from './path-traffic.ts';

describe('PathTraffic', () => {
  it('[S-1.40] tells what passed, and how long the other side takes to answer over the path in use', () => {
    const traffic = new PathTraffic();
    for (const bytes of [100, 50]) traffic.sent(bytes);
    traffic.received(70);
    const roundTrips = { current: 0.03, total: 0.1, count: 3 };
    expect(traffic.stats({ timestamp: 5, roundTrips, discarded: 2 })).toEqual({
      type: 'candidate-pair',
      id: 'candidate-pair',
      timestamp: 5,
      nominated: true,
      state: 'succeeded',
      packetsSent: 2,
      bytesSent: 150,
      packetsDiscardedOnSend: 2,
      packetsReceived: 1,
      bytesReceived: 70,
      currentRoundTripTime: 0.03,
      totalRoundTripTime: 0.1,
      responsesReceived: 3,
    });
  });
});
