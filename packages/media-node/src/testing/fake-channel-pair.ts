import { QueuedChannel } from '../connection/queued-channel.ts';

/** The two ends of one data channel in memory; both open when told to by their connections. */
export interface FakeChannelPair {
  readonly near: QueuedChannel;
  readonly far: QueuedChannel;
}

/** Makes both ends of a data channel; what one sends the other receives a microtask later, whatever it says of itself. */
export function fakeChannelPair(label: string, isReliable = true): FakeChannelPair {
  const near: QueuedChannel = fakeEnd(label, isReliable, () => far);
  const far: QueuedChannel = fakeEnd(label, isReliable, () => near);
  return { near, far };
}

function fakeEnd(label: string, isReliable: boolean, other: () => QueuedChannel): QueuedChannel {
  return new QueuedChannel({
    label,
    isReliable,
    bufferedAmount: () => 0,
    send: (message) => {
      const copy = typeof message === 'string' ? message : message.slice();
      queueMicrotask(() => other().rawReceived(copy));
    },
    close: () => queueMicrotask(() => other().rawClosed()),
  });
}
