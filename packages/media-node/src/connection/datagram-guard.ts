import { type Clock, type Logger, toVoiceBridgeError, type VoiceBridgeError } from '@voice-bridge/core';
import type { DatagramSink } from '../rtp/packet-sender.ts';
import {
  type IceAgent,
  type IceProtocol,
  isTurnProtocol,
  isUdpProtocol,
  requireIceAgent,
  type StunTransaction,
} from './ice-agent.ts';
import { strengthenCredentials } from './ice-credentials.ts';
import { LastSpeaker, type Speaker } from './last-speaker.ts';
import { limitReplies } from './limited-replies.ts';
import type { PathChecks } from './path-checks.ts';
import { PathTraffic } from './path-traffic.ts';
import { routeOf, selectedPathOf } from './selected-path.ts';
import { SourceTable } from './source-table.ts';
import { type JudgedPort, StunJudge } from './stun-judge.ts';
import { readStun, type StunMessage } from './stun-message.ts';
import { writeStunAnswer } from './stun-writer.ts';
import { useTurnPorts } from './turn-ports.ts';
import { type Address, type PortRange, sameHost, UdpTransport } from './udp-transport.ts';

/** Takes one RTP, RTCP or DTLS datagram, which anybody may have sent; gives whether the peer said it, and now: it was opened, for the first time. The buffer is the taker's to change during the call. */
export type TakeDatagram = (datagram: Buffer) => boolean;

/** What a {@link DatagramGuard} needs. */
export interface DatagramGuardOptions {
  /** The library's ICE agent. */
  readonly agent: unknown;
  readonly clock: Clock;
  /** Our own checks of paths that are in use. */
  readonly checks: Pick<PathChecks, 'transaction' | 'answered'>;
  readonly takeMedia: TakeDatagram;
  /** One or more records. */
  readonly takeDtls: TakeDatagram;
  readonly portRange?: PortRange | undefined;
  readonly logger?: Logger | undefined;
}

interface GuardedPort extends JudgedPort {
  readonly protocol: IceProtocol;
  /** Gives a STUN message to the library. */
  passOn(datagram: Buffer, host: string, port: number): void;
}

/** Refusals of the library's checks that it is told of: it asks again at once for each, and forgets none, as long as a peer refuses. */
const MAX_REFUSALS = 64;
/** Checks that pass before the library's list of their ids is looked at, and how long it may be. */
const CHECKS_BETWEEN_TRIMS = 64;

/**
 * Stands between the network and the library: judges every inbound datagram of one ICE agent before the library sees it,
 * on every port and TURN allocation, those that come later included. STUN goes to the library once its signature is
 * verified, unless it is the routine of a path in use; media and DTLS go to their takers when they come from where such a
 * message came from; nothing else passes.
 */
export class DatagramGuard {
  /** Where our media leave: the selected pair, whichever it is at the time. */
  readonly sink: DatagramSink;
  /** What passes over the selected pair. */
  readonly traffic = new PathTraffic();
  readonly #options: DatagramGuardOptions;
  readonly #agent: IceAgent;
  readonly #judge: StunJudge;
  #bindError: VoiceBridgeError | undefined;
  #passed = 0;
  #answers = 0;
  #refusals = 0;
  #thrown = 0;
  readonly #speaker = new LastSpeaker();

  constructor(options: DatagramGuardOptions) {
    this.#options = options;
    this.#agent = requireIceAgent(options.agent);
    this.#judge = new StunJudge(this.#agent, options.clock);
    this.sink = selectedPathOf(this.#agent, this.traffic);
    strengthenCredentials(this.#agent);
    if (options.portRange !== undefined) useTurnPorts(this.#agent, options.portRange);
    const send = this.#agent.send.bind(this.#agent);
    this.#agent.send = async (datagram) => {
      this.traffic.sent(datagram.length);
      // The library does not wait for all it sends: what a TURN server refuses to pass on would end the process.
      await send(datagram).catch(() => {});
    };
    const ensure = this.#agent.ensureProtocol.bind(this.#agent);
    this.#agent.ensureProtocol = (protocol) => {
      this.#adopt(protocol);
      ensure(protocol);
    };
  }

  /** Signed answers of the peer to checks of ours so far: nobody can have kept one from before, as of the peer's own checks. */
  get answers(): number {
    return this.#answers;
  }

  /** From where the peer has spoken since the last call, or before; and over which of our ports. */
  lookForSpeaker(): Speaker | undefined {
    return this.#speaker.look();
  }

  /** Why the last UDP port was not opened. */
  get bindError(): VoiceBridgeError | undefined {
    return this.#bindError;
  }

  #adopt(protocol: unknown): void {
    if (isUdpProtocol(protocol)) {
      const guarded = this.#guardedPort(protocol, protocol.transactions, (datagram, host, port) =>
        protocol.datagramReceived(datagram, [host, port]),
      );
      protocol.connectionMade = async (useIpv4) => {
        const transport = await this.#bind(useIpv4 ? 4 : 6);
        protocol.transport = transport;
        transport.onDatagram = (datagram, host, port) => this.#receive(guarded, datagram, host, port);
      };
    } else if (isTurnProtocol(protocol)) {
      const { turn } = protocol;
      const receive = protocol.handleStunMessage.bind(protocol);
      const guarded = this.#guardedPort(protocol, turn.transactions, (datagram, host, port) =>
        receive(datagram, [host, port]),
      );
      protocol.handleStunMessage = (datagram, [host, port]) => this.#receive(guarded, datagram, host, port);
      // Whoever else sends to our end of the allocation could write any sender's address on it.
      const receiveRaw = turn.dataReceived.bind(turn);
      turn.dataReceived = (data, from) => {
        const server = turn.serverEndpoint;
        const isServer = server !== undefined && from[1] === server[1] && sameHost(from[0], server[0]);
        if (turn.transport.type !== 'udp' || isServer) receiveRaw(data, from);
      };
    } else {
      throw new TypeError('The WebRTC library has a protocol that is not known here');
    }
  }

  #guardedPort(
    protocol: IceProtocol,
    transactions: Readonly<Record<string, StunTransaction | undefined>>,
    passOn: GuardedPort['passOn'],
  ): GuardedPort {
    const sources = new SourceTable(this.#options.clock.now());
    limitReplies(protocol, sources, this.#agent);
    const { checks } = this.#options;
    return { protocol, sources, passOn, transaction: (id) => checks.transaction(id) ?? transactions[id] };
  }

  async #bind(family: 4 | 6): Promise<UdpTransport> {
    try {
      return await UdpTransport.bind(family, this.#options.portRange);
    } catch (error) {
      this.#bindError = toVoiceBridgeError(error, 'ice_failed', 'A UDP port could not be opened');
      throw error;
    }
  }

  /** What a taker throws must not end the process: the datagram is lost, and the first one is logged. */
  #receive(guarded: GuardedPort, datagram: Buffer, host: string, port: number): void {
    try {
      this.#judged(guarded, datagram, host, port);
    } catch (error) {
      if (this.#thrown++ === 0) this.#options.logger?.error({ error }, 'A datagram could not be taken');
    }
  }

  /** Tells by the first byte (RFC 7983) what a datagram is. */
  #judged(guarded: GuardedPort, datagram: Buffer, host: string, port: number): void {
    const first = datagram[0] ?? 0xff;
    if (first <= 3) {
      this.#takeStun(guarded, datagram, [host, port]);
      return;
    }
    const isMedia = first >= 128 && first <= 191;
    if (!isMedia && (first < 20 || first > 63)) return;
    const source = guarded.sources.find(host, port);
    if (source === undefined) return;
    this.traffic.received(datagram.length);
    const { takeMedia, takeDtls } = this.#options;
    if (isMedia ? takeMedia(datagram) : takeDtls(datagram)) this.#speaker.heard(guarded.protocol, source);
  }

  #takeStun(guarded: GuardedPort, datagram: Buffer, from: Address): void {
    const message = readStun(datagram);
    if (message === undefined) return;
    const verdict = this.#judge.judge(guarded, datagram, message, from);
    if (verdict === undefined) return;
    if (verdict === 'check') this.#speaker.checked(guarded.protocol, from, message.transactionId);
    if (verdict === 'answer') this.#takeAnswer(guarded, from);
    if (verdict === 'check' ? this.#answersItself(guarded, datagram, message, from) : this.#isForUs(message)) return;
    if (message.kind === 'error' && ++this.#refusals > MAX_REFUSALS) return;
    guarded.passOn(datagram, ...from);
    if (++this.#passed % CHECKS_BETWEEN_TRIMS > 0) return;
    for (const { requestTransactionIds: ids } of this.#agent.checkList)
      if (ids.size > CHECKS_BETWEEN_TRIMS) ids.clear();
  }

  #takeAnswer({ protocol }: GuardedPort, [host, port]: Address): void {
    this.#answers++;
    this.#speaker.heard(protocol, { host, port });
  }

  #isForUs({ transactionId, kind }: StunMessage): boolean {
    return this.#options.checks.answered(transactionId, kind === 'success');
  }

  /**
   * Answers a check that tells the library nothing new: over the path in use, and no conflict of roles. It needs 100 us and
   * more for one, as this Node makes keys anew for every signature.
   */
  #answersItself({ protocol }: GuardedPort, datagram: Buffer, message: StunMessage, [host, port]: Address): boolean {
    const { nominated, iceControlling } = this.#agent;
    if (nominated?.protocol !== protocol || message.role !== (iceControlling ? 'controlled' : 'controlling'))
      return false;
    const { remoteCandidate } = nominated;
    const key = message.username === undefined ? undefined : this.#judge.keyFor(message.username);
    if (remoteCandidate.host !== host || remoteCandidate.port !== port || key === undefined) return false;
    routeOf(nominated)(writeStunAnswer(datagram, host, port, key), () => {});
    return true;
  }
}
