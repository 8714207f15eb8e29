import type { VoiceBridgeError } from '@voice-bridge/core';
import { toVoiceBridgeError } from '@voice-bridge/core';
import type { DatagramSink } from '../rtp/packet-sender.ts';
import { type CandidatePair, type IceAgent, isTurnProtocol, isUdpProtocol, requireIceAgent } from './ice-agent.ts';
import { type PortRange, UdpTransport } from './udp-transport.ts';

/** Takes one RTP or RTCP datagram of the peer, still encrypted. The buffer is the taker's to change during the call. */
export type TakeMedia = (datagram: Buffer) => void;

/** What a {@link DatagramGuard} needs. */
export interface DatagramGuardOptions {
  /** The library's ICE agent. */
  readonly agent: unknown;
  readonly takeMedia: TakeMedia;
  readonly portRange?: PortRange | undefined;
}

/** Gives a datagram to the library. */
type PassOn = (datagram: Buffer, host: string, port: number) => void;

/**
 * Stands between the network and the library: judges every inbound datagram of one ICE agent before the library sees it,
 * on every port and TURN allocation, those that come later included.
 */
export class DatagramGuard {
  /** Where our media leave: the selected pair, whichever it is at the time. */
  readonly sink: DatagramSink;
  readonly #options: DatagramGuardOptions;
  #bindError: VoiceBridgeError | undefined;

  constructor(options: DatagramGuardOptions) {
    this.#options = options;
    const agent = requireIceAgent(options.agent);
    this.sink = selectedPathOf(agent);
    const ensure = agent.ensureProtocol.bind(agent);
    agent.ensureProtocol = (protocol) => {
      this.#adopt(protocol);
      ensure(protocol);
    };
  }

  /** Why the last UDP port was not opened. */
  get bindError(): VoiceBridgeError | undefined {
    return this.#bindError;
  }

  #adopt(protocol: unknown): void {
    if (isUdpProtocol(protocol)) {
      const passOn: PassOn = (datagram, host, port) => protocol.datagramReceived(datagram, [host, port]);
      protocol.connectionMade = async (useIpv4) => {
        const transport = await this.#bind(useIpv4 ? 4 : 6);
        protocol.transport = transport;
        transport.onDatagram = (datagram, host, port) => this.#judge(datagram, host, port, passOn);
      };
    } else if (isTurnProtocol(protocol)) {
      const receive = protocol.handleStunMessage.bind(protocol);
      const passOn: PassOn = (datagram, host, port) => receive(datagram, [host, port]);
      protocol.handleStunMessage = (datagram, [host, port]) => this.#judge(datagram, host, port, passOn);
    } else {
      throw new TypeError('The WebRTC library has a protocol that is not known here');
    }
  }

  async #bind(family: 4 | 6): Promise<UdpTransport> {
    try {
      return await UdpTransport.bind(family, this.#options.portRange);
    } catch (error) {
      this.#bindError = toVoiceBridgeError(error, 'ice_failed', 'A UDP port could not be opened');
      throw error;
    }
  }

  /** Tells by the first byte (RFC 7983) what a datagram is. */
  #judge(datagram: Buffer, host: string, port: number, passOn: PassOn): void {
    const first = datagram[0] ?? 0xff;
    if (first >= 128 && first <= 191) this.#options.takeMedia(datagram);
    else if (first <= 3 || (first >= 20 && first <= 63)) passOn(datagram, host, port);
  }
}

function selectedPathOf(agent: IceAgent): DatagramSink {
  let selected: CandidatePair | undefined;
  let route: { readonly udp: UdpTransport | undefined; readonly host: string; readonly port: number } | undefined;
  return {
    send(datagram, sent) {
      const pair = agent.nominated;
      if (pair === undefined) {
        sent();
        return;
      }
      if (pair !== selected || route === undefined) {
        selected = pair;
        const [host, port] = pair.remoteAddr;
        route = { udp: isUdpProtocol(pair.protocol) ? pair.protocol.transport : undefined, host, port };
      }
      const { udp, host, port } = route;
      if (udp !== undefined) udp.sendTo(datagram, port, host, sent);
      else pair.protocol.sendData(Buffer.from(datagram), [host, port]).then(sent, sent);
    },
  };
}
