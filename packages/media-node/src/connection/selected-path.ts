import type { DatagramSink } from '../rtp/packet-sender.ts';
import { type CandidatePair, type IceAgent, isUdpProtocol } from './ice-agent.ts';
import type { PathTraffic } from './path-traffic.ts';

/** Sends where ICE has found a path, and counts that; follows it when it changes, over UDP or TURN. Without one a datagram is lost. */
export function selectedPathOf(agent: IceAgent, traffic: PathTraffic): DatagramSink {
  let selected: CandidatePair | undefined;
  let send: DatagramSink['send'] = lose;
  return {
    send(datagram, sent) {
      const pair = agent.nominated;
      if (pair !== selected) {
        selected = pair;
        send = pair === undefined ? lose : routeOf(pair);
      }
      if (pair !== undefined) traffic.sent(datagram.length);
      send(datagram, sent);
    },
  };
}

/** Sends over one path, whether it is selected or not. */
export function routeOf({ protocol, remoteCandidate }: CandidatePair): DatagramSink['send'] {
  const { host, port } = remoteCandidate;
  if (isUdpProtocol(protocol)) {
    const { transport } = protocol;
    return (datagram, sent) => transport.sendTo(datagram, port, host, sent);
  }
  // The library needs a turn or more to put the TURN header before it.
  return (datagram, sent) => {
    protocol.sendData(Buffer.from(datagram), [host, port]).catch(() => {});
    sent();
  };
}

function lose(_datagram: Uint8Array, sent: () => void): void {
  sent();
}
