import type { OutboundAudio } from '@voice-bridge/media-node';
import nodeDataChannel, { type DataChannel, type PeerConnection, type Track } from 'node-datachannel';
import { Watch } from '../../clients/support/watch.ts';

const MID = '0';
const PAYLOAD_TYPE = 111;
const SSRC = 0x5eed;
const RTP_HEADER_BYTES = 12;
/** Second bytes of RTCP packets, where RTP has marker and payload type (RFC 5761 section 4), and that of one kind. */
const [FIRST_RTCP, LAST_RTCP, RECEIVER_REPORT] = [192, 223, 201];

/** One RTP packet that came, as libdatachannel hands it over. */
export interface ReceivedRtp {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly payload: Uint8Array;
}

/** A peer of libdatachannel with one Opus track and at most one data channel; it knows nothing of our code. */
export class LibdatachannelPeer {
  /** Every RTP packet so far. */
  readonly packets: ReceivedRtp[] = [];
  /** Every text of the data channel so far. */
  readonly messages: string[] = [];
  /** RTCP packets so far, as they came. */
  readonly reports: Buffer[] = [];
  readonly #watch = new Watch();
  readonly #peer: PeerConnection;
  readonly #track: Track;
  readonly #onText: (text: string) => void;
  #channel: DataChannel | undefined;

  /** `onText` is told each text of the data channel as it comes. */
  constructor(onText: (text: string) => void = () => {}) {
    this.#onText = onText;
    const { Audio, PeerConnection } = nodeDataChannel;
    this.#peer = new PeerConnection('libdatachannel', {
      iceServers: [],
      bindAddress: '127.0.0.1',
      disableAutoNegotiation: true,
    });
    this.#peer.onGatheringStateChange(() => this.#watch.look());
    this.#peer.onStateChange(() => this.#watch.look());
    this.#peer.onDataChannel((channel) => this.#take(channel));
    const media = new Audio(MID, 'SendRecv');
    media.addOpusCodec(PAYLOAD_TYPE);
    media.addSSRC(SSRC, 'libdatachannel');
    this.#track = this.#peer.addTrack(media);
    this.#track.onOpen(() => this.#watch.look());
    this.#track.onMessage((packet) => this.#hear(packet));
  }

  /** Its offer of the track and of a data channel with this label, all candidates in it. */
  offer(label: string): Promise<string> {
    this.#take(this.#peer.createDataChannel(label));
    return this.#describe('offer');
  }

  acceptAnswer(sdp: string): void {
    this.#peer.setRemoteDescription(sdp, 'answer');
  }

  /** Its answer, all candidates in it. */
  answer(offer: string): Promise<string> {
    this.#peer.setRemoteDescription(offer, 'offer');
    return this.#describe('answer');
  }

  /** Resolves when track and data channel are open. */
  async whenOpen(): Promise<void> {
    await this.until(() => (this.#track.isOpen() && this.#channel?.isOpen()) || undefined);
  }

  /** Sends one Opus packet by RTP. */
  sendAudio({ sequenceNumber, timestamp, marker, payload }: OutboundAudio): void {
    const header = Buffer.alloc(RTP_HEADER_BYTES);
    header.writeUInt8(0x80, 0);
    header.writeUInt8((marker ? 0x80 : 0) | PAYLOAD_TYPE, 1);
    header.writeUInt16BE(sequenceNumber, 2);
    header.writeUInt32BE(timestamp, 4);
    header.writeUInt32BE(SSRC, 8);
    this.#track.sendMessageBinary(Buffer.concat([header, payload]));
  }

  /** Sends a receiver report (RFC 3550 section 6.4.2) about the stream of the last packet that came. */
  sendReport(packetsLost: number): void {
    const latest = this.packets.at(-1);
    if (latest === undefined) throw new Error('Nothing came that could be reported');
    const report = Buffer.alloc(32);
    report.writeUInt8(0x81, 0);
    report.writeUInt8(RECEIVER_REPORT, 1);
    report.writeUInt16BE(report.length / 4 - 1, 2);
    report.writeUInt32BE(SSRC, 4);
    report.writeUInt32BE(latest.ssrc, 8);
    report.writeUInt32BE(packetsLost, 12);
    report.writeUInt32BE(latest.sequenceNumber, 16);
    this.#track.sendMessageBinary(report);
  }

  send(text: string): void {
    this.#channel?.sendMessage(text);
  }

  /** Resolves as soon as `find` gives something; looks after each packet, message and change. Rejects after 20 s. */
  until<Found>(find: () => Found | undefined): Promise<Found> {
    return this.#watch.until(find, () => ({
      state: this.#peer.state(),
      packets: this.packets.length,
      messages: this.messages.slice(-5),
    }));
  }

  close(): void {
    this.#peer.close();
  }

  #describe(type: 'offer' | 'answer'): Promise<string> {
    this.#peer.setLocalDescription(type);
    return this.until(() =>
      this.#peer.gatheringState() === 'complete' ? this.#peer.localDescription()?.sdp : undefined,
    );
  }

  #take(channel: DataChannel): void {
    this.#channel = channel;
    channel.onOpen(() => this.#watch.look());
    channel.onMessage((message) => {
      this.messages.push(String(message));
      this.#onText(String(message));
      this.#watch.look();
    });
  }

  #hear(packet: Buffer): void {
    const second = packet.readUInt8(1);
    if (second >= FIRST_RTCP && second <= LAST_RTCP) this.reports.push(packet);
    else this.packets.push(readRtp(packet));
    this.#watch.look();
  }
}

/** RFC 3550 section 5.1, with contributing sources, header extension and padding left out. */
function readRtp(packet: Buffer): ReceivedRtp {
  const first = packet.readUInt8(0);
  let start = RTP_HEADER_BYTES + 4 * (first & 0x0f);
  if ((first & 0x10) !== 0) start += 4 + 4 * packet.readUInt16BE(start + 2);
  const padding = (first & 0x20) === 0 ? 0 : packet.readUInt8(packet.length - 1);
  return {
    payloadType: packet.readUInt8(1) & 0x7f,
    sequenceNumber: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    payload: Uint8Array.from(packet.subarray(start, packet.length - padding)),
  };
}
