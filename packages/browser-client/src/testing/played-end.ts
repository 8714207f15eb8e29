import type { FakePhoneConnection, FakePhoneNetwork } from './fake-phone-connection.ts';

/** An end of a phone link that a test plays: of its connection it hears what is said on the data channel. */
export function openPlayedEnd(
  network: FakePhoneNetwork,
  offers: boolean,
  track: MediaStreamTrack,
  onMessage: (text: string) => void,
): FakePhoneConnection {
  return network.open(offers, {
    iceServers: [],
    track,
    sinks: {
      onStateChanged: () => {},
      onCandidate: () => {},
      onRemoteStream: () => {},
      onChannelOpen: () => {},
      onChannelClosed: () => {},
      onMessage,
    },
  });
}

/** The last of a list. Throws when there is none. */
export function newestOf<T>(list: readonly T[]): T {
  const newest = list.at(-1);
  if (newest === undefined) throw new TypeError('There is none yet');
  return newest;
}
