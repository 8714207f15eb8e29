import { type Clock, type Logger, silentLogger } from '@voice-bridge/core';
import { writeAudioLevel } from '../rtp/audio-level.ts';
import { EXTENSION_BYTES } from '../rtp/header-extensions.ts';
import { type DatagramSink, PacketSender } from '../rtp/packet-sender.ts';
import { ReceivedAudio } from '../rtp/received-audio.ts';
import { RtcpReports } from '../rtp/rtcp-reports.ts';
import { RTP_HEADER_BYTES, RtpPacketView, writeRtpHeader } from '../rtp/rtp-packet.ts';
import type { SrtpKeys } from '../srtp/srtp-keys.ts';
import { SrtpReceiver } from '../srtp/srtp-receiver.ts';
import { SrtpSender } from '../srtp/srtp-sender.ts';
import { MAX_PACKET_BYTES } from '../srtp/srtp-transform.ts';
import type { InboundAudio, MediaConnectionStats, OutboundAudio } from './media-connection.ts';

/** What a {@link MediaPath} needs. */
export interface MediaPathOptions {
  readonly clock: Clock;
  readonly onAudio?: ((packet: InboundAudio) => void) | undefined;
  readonly logger?: Logger | undefined;
  /** Numbers from 0 to 1, by which reports of many connections do not fall into step; default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Unix time in ms at which the clock had 0; default: by the system's clock, when the path opens. */
  readonly epochMs?: number | undefined;
}

/** What the handshake and the negotiation agreed upon. */
export interface AgreedMedia {
  readonly payloadType: number;
  /** The id of the header extension with the audio level (RFC 6464); undefined when none was agreed. */
  readonly audioLevelId: number | undefined;
  /** The SSRC and its name, as our description announces them. */
  readonly ssrc: number;
  readonly cname: string;
  /** Whether audio may go out. */
  readonly sends: boolean;
  /** Keys of what we send, and of what we receive. */
  readonly localKeys: SrtpKeys;
  readonly remoteKeys: SrtpKeys;
  readonly sink: DatagramSink;
}

interface OpenPath extends AgreedMedia {
  readonly sender: SrtpSender;
  readonly receiver: SrtpReceiver;
  readonly packets: PacketSender;
  readonly reports: RtcpReports;
}

/** RTCP packet types, where RTP has marker and payload type (RFC 5761 section 4). */
const [FIRST_RTCP_TYPE, LAST_RTCP_TYPE] = [192, 223] as const;
/** What the header takes at most: nothing but the audio level is sent with it. */
const MAX_HEADER_BYTES = RTP_HEADER_BYTES + EXTENSION_BYTES;

/**
 * The one place where audio packets enter and leave a connection: opens, filters, counts and hands over what arrives,
 * reports on it, and is the only writer under our keys. The WebRTC library sees no media.
 */
export class MediaPath {
  readonly #options: MediaPathOptions;
  readonly #clock: Clock;
  readonly #onAudio: (packet: InboundAudio) => void;
  readonly #logger: Logger;
  readonly #view = new RtpPacketView();
  readonly #audio = new ReceivedAudio();
  #path: OpenPath | 'new' | 'closed' = 'new';
  #reports: RtcpReports | undefined;
  #cancelReport = () => {};
  /** Not a number until there was audio: so that a packet costs no memory. */
  #lastAudioAt = Number.NaN;
  #discarded = 0;

  constructor(options: MediaPathOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#onAudio = options.onAudio ?? (() => {});
    this.#logger = options.logger ?? silentLogger;
  }

  /** From now on packets of the agreed payload type pass inwards; outwards too when `sends`. Nothing after `close`. Throws `TypeError` for keys of a wrong length. */
  open(agreed: AgreedMedia): void {
    if (this.#path === 'closed') return;
    const now = this.#clock.now();
    const { random = Math.random, epochMs = Date.now() - now } = this.#options;
    const path = {
      ...agreed,
      sender: new SrtpSender(agreed.localKeys),
      receiver: new SrtpReceiver(agreed.remoteKeys),
      packets: new PacketSender(agreed.sink),
      reports: new RtcpReports({ ...agreed, random, epochMs }, now),
    };
    this.#path = path;
    this.#reports = path.reports;
    this.#report(path);
  }

  /** Says goodbye to the other side; nothing passes any more. */
  close(): void {
    const path = this.#path;
    this.#cancelReport();
    this.#path = 'closed';
    if (typeof path === 'object') sendRtcp(path, (bytes) => path.reports.goodbye(bytes, this.#clock.now()));
  }

  /** Takes one datagram, RTP or RTCP by its first byte (RFC 7983); gives whether it was opened. The buffer is changed in place. */
  receive(datagram: Buffer): boolean {
    const path = this.#path;
    if (typeof path === 'string') return false;
    const type = datagram[1] ?? 0;
    if (type >= FIRST_RTCP_TYPE && type <= LAST_RTCP_TYPE) {
      const length = path.receiver.unprotectRtcp(datagram, datagram.length);
      if (length >= 0) path.reports.push(datagram, length, this.#clock.now());
      return length >= 0;
    }
    const length = path.receiver.unprotectRtp(datagram, datagram.length);
    if (length >= 0 && this.#view.read(datagram, length)) this.#received(path, datagram, length);
    return length >= 0;
  }

  /** Sends one packet, or counts it as discarded. The payload is copied. */
  send(packet: OutboundAudio): void {
    const path = this.#path;
    if (typeof path === 'string' || !path.sends || !this.#transmit(path, packet)) this.#discarded++;
  }

  /** Authenticated audio packets of the other side so far. */
  get packetsReceived(): number {
    return this.#reports?.packetsReceived ?? 0;
  }

  /** Datagrams that were not sent because too many were under way. */
  get datagramsDropped(): number {
    return typeof this.#path === 'string' ? 0 : this.#path.packets.dropped;
  }

  /** Of its streams alone. */
  stats(): MediaConnectionStats {
    const { packetsReceived = 0, bytesReceived = 0, packetsLost = 0 } = this.#reports ?? {};
    const { packetsSent = 0, bytesSent = 0 } = this.#reports ?? {};
    return {
      packetsReceived,
      bytesReceived,
      packetsLost,
      packetsSent,
      bytesSent,
      packetsDiscardedOnSend: this.#discarded,
      lastAudioAt: Number.isNaN(this.#lastAudioAt) ? undefined : this.#lastAudioAt,
      report: this.#reports?.stats(this.#clock.now()) ?? [],
    };
  }

  /** Padding-only packets and foreign payload types go no further. */
  #received(path: OpenPath, datagram: Buffer, length: number): void {
    if (this.#view.payloadType !== path.payloadType) return;
    const audio = this.#audio;
    audio.read(this.#view, datagram, path.audioLevelId);
    const now = this.#clock.now();
    this.#lastAudioAt = now;
    path.reports.rtpReceived(audio, length - audio.payload.length, now);
    if (audio.payload.length === 0) return;
    try {
      this.#onAudio(audio);
    } catch (error) {
      this.#logger.error({ error }, 'The taker of inbound audio threw');
    }
  }

  #transmit(path: OpenPath, packet: OutboundAudio): boolean {
    const { payload } = packet;
    if (MAX_HEADER_BYTES + payload.length > MAX_PACKET_BYTES) return false;
    const buffer = path.packets.take();
    if (buffer === undefined) return false;
    const { bytes } = buffer;
    let start = writeRtpHeader(bytes, path.ssrc, path.payloadType, packet);
    if (path.audioLevelId !== undefined) start = writeAudioLevel(bytes, start, path.audioLevelId, packet);
    bytes.set(payload, start);
    const length = path.sender.protectRtp(bytes, start + payload.length);
    if (length < 0) {
      path.packets.discard(buffer);
      return false;
    }
    path.packets.send(buffer, length);
    path.reports.rtpSent(packet, start, this.#clock.now());
    return true;
  }

  /** Sends the report that is due, and comes back when the next one is. */
  #report(path: OpenPath): void {
    const now = this.#clock.now();
    if (now >= path.reports.nextAt) sendRtcp(path, (bytes) => path.reports.pull(bytes, now));
    this.#cancelReport = this.#clock.after(Math.max(1, path.reports.nextAt - now), () => this.#report(path));
  }
}

/** Sends what `write` wrote, when it wrote something. */
function sendRtcp({ packets, sender }: OpenPath, write: (bytes: Uint8Array) => number): void {
  const buffer = packets.take();
  if (buffer === undefined) return;
  const length = sender.protectRtcp(buffer.bytes, write(buffer.bytes));
  if (length < 0) packets.discard(buffer);
  else packets.send(buffer, length);
}
