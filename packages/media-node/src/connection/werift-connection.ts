import { type Logger, type Parsed, silentLogger, VoiceBridgeError } from '@voice-bridge/core';
import {
  DtlsServer,
  type RTCDtlsTransport,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RTCRtpHeaderExtensionParameters,
  type RTCRtpTransceiver,
  UdpTransport,
} from 'werift';
import { AUDIO_LEVEL_URI } from '../rtp/audio-level.ts';
import { AdoptedChannels } from './adopted-channels.ts';
import { ConnectionLife } from './connection-life.ts';
import { DatagramGuard, type TakeDatagram } from './datagram-guard.ts';
import { endDtls } from './dtls-end.ts';
import { DtlsGuard } from './dtls-guard.ts';
import type { Fingerprint } from './dtls-proof.ts';
import { guardDtlsStart } from './dtls-start.ts';
import { exportedKeys } from './exported-keys.ts';
import { type NoTransport, warmUpKeyExchange } from './key-exchange-warm-up.ts';
import type {
  MediaConnection,
  MediaConnectionEvents,
  MediaConnectionFactory,
  MediaConnectionOptions,
  MediaConnectionState,
  MediaConnectionStats,
  OutboundAudio,
} from './media-connection.ts';
import { MediaPath } from './media-path.ts';
import { Negotiation } from './negotiation.ts';
import { summaryOfOwn } from './own-description.ts';
import { PathChecks } from './path-checks.ts';
import { hasStunServer, newIdentity, peerConfig, requirePortRange } from './peer-config.ts';
import { rejectedAsOffered } from './rejected-media.ts';
import { cleanRemoteSdp, OPUS_PARAMETERS } from './remote-sdp.ts';
import { guardSctp } from './sctp-guard.ts';
import { fingerprintsOf } from './sdp-fingerprints.ts';
import { type OfferSummary, requireValid, validateAnswer, validateOffer } from './sdp-limits.ts';
import { guardTurnPorts } from './turn-ports.ts';
import { watchPeer } from './watch-peer.ts';

/** The id we offer for the audio level (RFC 6464). */
const OUR_AUDIO_LEVEL_ID = 1;
/** How far the DTLS record counter is moved past the Finished record, whose number werift would use a second time. */
const RECORD_NUMBER_STEP = 32;

let isWarm = false;

/** Has the library's key exchange compiled, once per thread, for 0.1 s: to be called before anything runs; the first connection does it otherwise. */
export function warmUpMediaConnections(): void {
  if (isWarm) return;
  isWarm = true;
  warmUpKeyExchange(serveNobody);
  guardTurnPorts(UdpTransport);
}

/** Makes connections over werift; the only file that knows it. */
export const createMediaConnection: MediaConnectionFactory = (options) => {
  warmUpMediaConnections();
  return new WeriftConnection(options);
};

class WeriftConnection implements MediaConnection {
  readonly #options: MediaConnectionOptions;
  readonly #logger: Logger;
  readonly #life: ConnectionLife;
  readonly #negotiation: Negotiation;
  readonly #path: MediaPath;
  readonly #peer: RTCPeerConnection;
  readonly #channels: AdoptedChannels;
  #transceiver: RTCRtpTransceiver | undefined;
  #local: OfferSummary | undefined;
  /** The id of the audio level in packets both ways, when both sides want it. */
  #audioLevelId: number | undefined;
  #fingerprints: readonly Fingerprint[] = [];
  #isPeerProven = false;
  #stopWatching = () => {};
  #guard: DatagramGuard | undefined;
  #checks: PathChecks | undefined;

  constructor(options: MediaConnectionOptions) {
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
    this.#channels = new AdoptedChannels(this.#logger);
    this.#path = new MediaPath(options);
    requirePortRange(options);
    this.#peer = new RTCPeerConnection(peerConfig(options, opusParameters()));
    this.#life = new ConnectionLife({ ...options, free: () => this.#free() });
    this.#negotiation = new Negotiation(this.#life);
    this.#peer.onDataChannel.subscribe((raw) => this.#life.events.emit('channel', this.#channels.adopt(raw)));
    this.#peer.iceConnectionStateChange.subscribe((state) => {
      if (state === 'failed') this.#life.fail(new VoiceBridgeError('ice_failed', 'No path to the other side works'));
    });
    this.#peer.connectionStateChange.subscribe((state) => {
      if (state === 'failed') this.#life.fail(new VoiceBridgeError('dtls_failed', 'The DTLS handshake failed'));
    });
  }

  get state(): MediaConnectionState {
    return this.#life.state;
  }

  on<Name extends keyof MediaConnectionEvents>(
    event: Name,
    listener: (...args: MediaConnectionEvents[Name]) => void,
  ): () => void {
    return this.#life.events.on(event, listener);
  }

  createOffer(): Promise<string> {
    return this.#negotiation.offer(async () => {
      if (this.#options.audio !== false) {
        this.#transceiver = this.#peer.addTransceiver('audio');
        this.#offerLevel(OUR_AUDIO_LEVEL_ID);
      }
      for (const label of this.#options.channels ?? []) {
        this.#life.events.emit('channel', this.#channels.adopt(this.#peer.createDataChannel(label)));
      }
      this.#watchTransports();
      await this.#peer.setLocalDescription(await this.#peer.createOffer());
      return this.#localSdp(validateOffer);
    });
  }

  acceptAnswer(sdp: string): Promise<void> {
    return this.#negotiation.accept(async () => {
      const { audio } = requireValid(validateAnswer(sdp));
      if (audio?.audioLevelId === OUR_AUDIO_LEVEL_ID) this.#audioLevelId = OUR_AUDIO_LEVEL_ID;
      this.#life.connecting();
      await this.#setRemote('answer', sdp);
    });
  }

  answerOffer(sdp: string): Promise<string> {
    return this.#negotiation.answer(async () => {
      const { audio } = requireValid(validateOffer(sdp));
      this.#life.connecting();
      if (audio !== undefined) this.#transceiver = this.#peer.addTransceiver('audio');
      await this.#setRemote('offer', sdp);
      this.#audioLevelId = audio?.audioLevelId;
      this.#offerLevel(this.#audioLevelId);
      // Who offers `passive` leaves us no choice; else we let the browser speak first.
      if (!/^a=setup:passive/m.test(sdp)) for (const transport of this.#peer.dtlsTransports) transport.role = 'server';
      this.#watchTransports();
      await this.#peer.setLocalDescription(await this.#peer.createAnswer());
      return this.#localSdp(validateAnswer, (answer) => rejectedAsOffered(answer, sdp));
    });
  }

  whenConnected(): Promise<void> {
    return this.#life.whenConnected();
  }

  sendAudio(packet: OutboundAudio): void {
    this.#path.send(packet);
  }

  stats(): MediaConnectionStats {
    const stats = this.#path.stats();
    if (this.#guard === undefined || this.#life.state.name !== 'connected') return stats;
    const timestamp = stats.report[0]?.timestamp ?? Date.now();
    const [roundTrips, discarded] = [this.#checks?.roundTrips, this.#path.datagramsDropped];
    return { ...stats, report: [...stats.report, this.#guard.traffic.stats({ timestamp, roundTrips, discarded })] };
  }

  close(error?: VoiceBridgeError): Promise<void> {
    return this.#life.end(error);
  }

  async #setRemote(type: 'offer' | 'answer', sdp: string): Promise<void> {
    const cleaned = cleanRemoteSdp(sdp, this.#options.dialCandidates ?? false);
    this.#fingerprints = fingerprintsOf(cleaned);
    try {
      await this.#peer.setRemoteDescription({ type, sdp: cleaned });
    } catch (cause) {
      throw new VoiceBridgeError('invalid_offer', `The remote ${type} was not understood`, { cause });
    }
  }

  #localSdp(validate: (sdp: string) => Parsed<OfferSummary>, amend = (sdp: string) => sdp): string {
    const sdp = amend(this.#peer.localDescription?.sdp ?? '');
    this.#local = summaryOfOwn(sdp, validate, this.#guard?.bindError);
    return sdp;
  }

  #watchTransports(): void {
    for (const transport of this.#peer.dtlsTransports) {
      transport.onStateChange.subscribe((state) => {
        if (state === 'connected') this.#connected(transport);
        if (state === 'failed') this.#life.fail(new VoiceBridgeError('dtls_failed', 'The DTLS handshake failed'));
        if (state === 'closed') this.#life.fail(new VoiceBridgeError('dtls_failed', 'The other side closed DTLS'));
      });
      // It makes no SRTP contexts, has no media keys, and so can write nothing under them: we are the only writer.
      transport.startSrtp = () => {};
      guardDtlsStart(transport, () => ({
        fingerprints: this.#fingerprints,
        onProven: () => {
          this.#isPeerProven = true;
        },
        onProblem: (problem) => this.#life.fail(new VoiceBridgeError('dtls_failed', problem)),
      }));
      const agent = transport.iceTransport.connection;
      if (!hasStunServer(this.#options)) delete agent.stunServer;
      const takeMedia = (datagram: Buffer) => this.#path.receive(datagram);
      const takeDtls = this.#guardDtls(transport);
      this.#checks = new PathChecks({ agent, clock: this.#options.clock, onLost: () => this.#fallSilent() });
      this.#guard = new DatagramGuard({ ...this.#options, agent, checks: this.#checks, takeMedia, takeDtls });
    }
    if (this.#peer.sctpTransport === undefined) return;
    guardSctp(this.#peer.sctpTransport, {
      clock: this.#options.clock,
      warn: (error) => this.#logger.warn({ error }, 'Dropped a bad data-channel packet'),
      closed: () => this.#life.fail(new VoiceBridgeError('connection_lost', 'The other side closed its data channels')),
    });
  }

  #guardDtls(transport: RTCDtlsTransport): TakeDatagram {
    const guard = new DtlsGuard({
      clock: this.#options.clock,
      association: () => transport.dtls && { role: transport.role, dtls: transport.dtls },
      deliver: (record) => transport.iceTransport.connection.onData.execute(record),
      warn: (error) => this.#logger.warn({ error }, 'Dropped a bad DTLS record'),
    });
    return (datagram) => guard.receive(datagram);
  }

  #connected(transport: RTCDtlsTransport): void {
    if (!this.#isPeerProven) return;
    if (transport.dtls !== undefined) transport.dtls.dtls.recordSequenceNumber += RECORD_NUMBER_STEP;
    if (this.#local?.audio !== undefined && !this.#openPath(transport, this.#local.audio.payloadType)) {
      this.#life.fail(new VoiceBridgeError('dtls_failed', 'The other side agreed on no way to encrypt media'));
      return;
    }
    this.#life.connected();
    if (this.#life.state.name !== 'connected' || this.#guard === undefined || this.#checks === undefined) return;
    this.#stopWatching = watchPeer({
      clock: this.#options.clock,
      agent: transport.iceTransport.connection,
      guard: this.#guard,
      checks: this.#checks,
      packets: () => this.#path.packetsReceived,
      onLost: () => this.#fallSilent(),
    });
  }

  #fallSilent(): void {
    this.#life.fail(new VoiceBridgeError('ice_failed', 'The other side fell silent'));
  }

  #openPath(transport: RTCDtlsTransport, payloadType: number): boolean {
    const keys = transport.dtls === undefined ? undefined : exportedKeys(transport.dtls);
    if (keys === undefined || this.#transceiver === undefined || this.#guard === undefined) return false;
    const { sender, currentDirection } = this.#transceiver;
    const sends = currentDirection === 'sendrecv' || currentDirection === 'sendonly';
    const { ssrc } = sender;
    const { cname } = this.#peer;
    const { sink } = this.#guard;
    this.#path.open({ ...keys, payloadType, audioLevelId: this.#audioLevelId, ssrc, cname, sends, sink });
    return true;
  }

  /** Puts the one header extension of ours into our description. Left to itself the library answers with what nobody offered. */
  #offerLevel(id: number | undefined): void {
    if (this.#transceiver === undefined || id === undefined) return;
    this.#transceiver.headerExtensions = [new RTCRtpHeaderExtensionParameters({ id, uri: AUDIO_LEVEL_URI })];
  }

  async #free(): Promise<void> {
    this.#stopWatching();
    this.#checks?.close();
    this.#path.close();
    this.#channels.close();
    // A socket that is still being bound when werift closes would stay open: let the negotiation come to its end first.
    await this.#negotiation.settled();
    try {
      await this.#peer.sctpTransport?.stop();
      for (const transport of this.#peer.dtlsTransports) await endDtls(transport);
    } finally {
      await this.#peer.close();
    }
  }
}

function serveNobody(transport: NoTransport): void {
  const { certPem: cert, keyPem: key, signatureHash } = newIdentity();
  new DtlsServer({ cert, key, signatureHash, transport });
}

function opusParameters(): RTCRtpCodecParameters {
  return new RTCRtpCodecParameters({
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    payloadType: 111,
    parameters: OPUS_PARAMETERS,
  });
}
