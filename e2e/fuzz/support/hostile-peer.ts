import { CONTROL_CHANNEL_LABEL } from '@voice-bridge/core';
import { type RTCDtlsTransport, RTCPeerConnection, type RTCSctpTransport } from 'werift';
import type { SctpFacts } from '../generate/sctp.ts';
import type { StunFacts } from '../generate/stun.ts';
import { askBridge } from './offers.ts';
import { fragmentOf } from './shared-leg.ts';
import { SrtpProtector } from './srtp-protect.ts';

/** Changes a datagram of the handshake on its way out; undefined drops it. */
export type Tamper = (datagram: Buffer) => Buffer | undefined;

const CONNECT_MS = 5_000;

/** A client of the bridge that holds every key of its connection and sends whatever it likes under them. */
export class HostilePeer {
  readonly #peer: RTCPeerConnection;
  readonly #dtls: RTCDtlsTransport;
  readonly #sctp: RTCSctpTransport;
  readonly #srtp: SrtpProtector;
  /** What STUN requests need to be taken for its own. */
  readonly stun: StunFacts;
  /** The stream of its control channel. */
  readonly stream: number;

  private constructor(peer: RTCPeerConnection, stun: StunFacts, stream: number) {
    const [dtls] = peer.dtlsTransports;
    if (dtls === undefined || peer.sctpTransport === undefined) throw new Error('The peer has no transports');
    const { keys, profile } = dtls.srtp.config;
    this.#peer = peer;
    this.#dtls = dtls;
    this.#sctp = peer.sctpTransport;
    this.#srtp = new SrtpProtector({ profile, masterKey: keys.localMasterKey, masterSalt: keys.localMasterSalt });
    this.stun = stun;
    this.stream = stream;
  }

  /** Joins the conversation; rejects when the bridge refuses or nothing is up within 5 s, and leaves nothing behind. */
  static async connect(url: string, conversationId: string, tamper?: Tamper): Promise<HostilePeer> {
    const peer = newPeer();
    try {
      const channel = peer.createDataChannel(CONTROL_CHANNEL_LABEL);
      await peer.setLocalDescription(await peer.createOffer());
      const offer = peer.localDescription?.sdp ?? '';
      const answer = await askBridge(url, conversationId, offer);
      if (tamper !== undefined) tamperWith(peer, tamper);
      await peer.setRemoteDescription({ type: 'answer', sdp: answer });
      await within(
        CONNECT_MS,
        channel.stateChanged.watch((state) => state === 'open'),
      );
      const userName = `${fragmentOf(answer)}:${fragmentOf(offer)}`;
      const password = /^a=ice-pwd:(\S+)/m.exec(answer)?.[1];
      return new HostilePeer(peer, { userName, password }, channel.id);
    } catch (error) {
      await peer.close();
      throw error;
    }
  }

  /** An offer as such a peer makes it, for an SDP to bend; its author is gone. */
  static async deadOffer(): Promise<string> {
    const peer = newPeer();
    peer.createDataChannel(CONTROL_CHANNEL_LABEL);
    await peer.setLocalDescription(await peer.createOffer());
    const offer = peer.localDescription?.sdp ?? '';
    await peer.close();
    return offer;
  }

  get open(): boolean {
    return this.#dtls.state === 'connected' && this.#sctp.sctp.state !== 'closed';
  }

  /** What SCTP packets need to be taken for its own. */
  get association(): SctpFacts {
    const { sctp } = this.#sctp;
    const fact = (name: string) => Number(Reflect.get(sctp, name)) >>> 0;
    return { verificationTag: fact('remoteVerificationTag'), nextTsn: fact('localTsn') };
  }

  /** A datagram as it is, from its own five-tuple. */
  sendRaw(datagram: Buffer): void {
    this.#dtls.iceTransport.connection.send(datagram).catch(() => {});
  }

  sendRtp(packet: Buffer): void {
    this.sendRaw(this.#srtp.rtp(packet));
  }

  sendRtcp(packet: Buffer): void {
    this.sendRaw(this.#srtp.rtcp(packet));
  }

  /** An SCTP packet, or anything else, as DTLS application data. */
  sendSctp(packet: Buffer): void {
    this.#dtls.sendData(packet).catch(() => {});
  }

  /** Any fragment in a record of any content type, encrypted as its keys want it (RFC 6347 section 4.1). */
  sendRecord(contentType: number, fragment: Buffer): void {
    const { dtls } = this.#dtls;
    if (dtls === undefined) return;
    const { version, epoch } = dtls.dtls;
    const sequenceNumber = ++dtls.dtls.recordSequenceNumber;
    const sealed = dtls.cipher.cipher.encrypt(dtls.sessionType, fragment, {
      type: contentType,
      version: (version.major << 8) | version.minor,
      epoch,
      sequenceNumber,
    });
    const header = Buffer.from([contentType, version.major, version.minor, 0, epoch, 0, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUIntBE(sequenceNumber, 5, 6);
    header.writeUInt16BE(sealed.length, 11);
    this.sendRaw(Buffer.concat([header, sealed]));
  }

  /** One message on any stream under any payload protocol identifier. */
  sendMessage(stream: number, ppid: number, message: Buffer): void {
    this.#sctp.sctp.send(stream, ppid, message, { ordered: true }).catch(() => {});
  }

  async close(): Promise<void> {
    await this.#peer.close();
  }
}

function newPeer(): RTCPeerConnection {
  const peer = new RTCPeerConnection({
    bundlePolicy: 'max-bundle',
    iceServers: [],
    iceAdditionalHostAddresses: ['127.0.0.1'],
  });
  peer.addTransceiver('audio');
  return peer;
}

function tamperWith(peer: RTCPeerConnection, tamper: Tamper): void {
  for (const { connection } of peer.iceTransports) {
    const send = connection.send.bind(connection);
    connection.send = async (datagram) => {
      const changed = (datagram[0] ?? 0) >= 20 && (datagram[0] ?? 0) <= 63 ? tamper(datagram) : datagram;
      if (changed !== undefined) await send(changed);
    };
  }
}

async function within(limitMs: number, done: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('The bridge did not connect')), limitMs);
  });
  await Promise.race([done, late]).finally(() => clearTimeout(timer));
}
