import type { CandidatePairStats } from '@voice-bridge/core';

/** How long answers over the selected path took. */
export interface RoundTrips {
  /** The last one, in s. */
  readonly current: number | undefined;
  /** All of them together, in s. */
  readonly total: number;
  readonly count: number;
}

/** What is said of a path besides what was counted. */
export interface PathState {
  /** Unix time in ms. */
  readonly timestamp: number;
  readonly roundTrips: RoundTrips | undefined;
  /** Datagrams there was no buffer for. */
  readonly discarded: number;
}

/** Counts the datagrams that pass over the path in use, audio and data alike; connectivity checks are not counted. */
export class PathTraffic {
  #sent = 0;
  #bytesSent = 0;
  #received = 0;
  #bytesReceived = 0;

  /** A datagram of so many bytes goes out. */
  sent(bytes: number): void {
    this.#sent++;
    this.#bytesSent += bytes;
  }

  /** A datagram of so many bytes came. */
  received(bytes: number): void {
    this.#received++;
    this.#bytesReceived += bytes;
  }

  /** The entry of `getStats()` that is about the path. */
  stats({ timestamp, roundTrips, discarded }: PathState): CandidatePairStats {
    const { current, total = 0, count = 0 } = roundTrips ?? {};
    return {
      type: 'candidate-pair',
      id: 'candidate-pair',
      timestamp,
      nominated: true,
      state: 'succeeded',
      packetsSent: this.#sent,
      bytesSent: this.#bytesSent,
      packetsDiscardedOnSend: discarded,
      packetsReceived: this.#received,
      bytesReceived: this.#bytesReceived,
      currentRoundTripTime: current,
      totalRoundTripTime: total,
      responsesReceived: count,
    };
  }
}
