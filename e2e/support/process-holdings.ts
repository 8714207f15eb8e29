import { Socket } from 'node:dgram';
import { queryObjects, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RTCPeerConnection } from 'werift';

/** What a process holds that connections might have left behind. */
export interface Holdings {
  readonly udpSockets: number;
  readonly timers: number;
  /** Listeners of the process itself, such as those of signals. */
  readonly listeners: number;
  /** Objects that are still reachable: UDP sockets and connections of the WebRTC library. */
  readonly objects: number;
  readonly heapBytes: number;
}

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/** Counts after everything unreachable was collected. */
export function holdings(): Holdings {
  if (typeof collect === 'function') for (let n = 0; n < 3; n++) collect();
  const kinds = process.getActiveResourcesInfo();
  const count = (kind: string) => kinds.filter((each) => each === kind).length;
  return {
    udpSockets: count('UDPWrap'),
    timers: count('Timeout'),
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    objects: alive(Socket) + alive(RTCPeerConnection),
    heapBytes: process.memoryUsage().heapUsed,
  };
}

function alive(kind: Parameters<typeof queryObjects>[0]): number {
  const found: unknown = queryObjects(kind, { format: 'count' });
  return Number(found);
}
