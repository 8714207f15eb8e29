import type { InboundAudio } from '../connection/media-connection.ts';
import { isVoice, levelOfByte } from './audio-level.ts';
import { readExtension } from './header-extensions.ts';
import { PACKET_BUFFER_BYTES, PacketBuffer } from './packet-buffer.ts';
import type { RtpPacketView } from './rtp-packet.ts';

/** Where the payload lies that is being handed over; datagrams are handed over one at a time. */
const payloads = new PacketBuffer(true);
const EMPTY = new Uint8Array(0);

/** The inbound packets of one connection: one object, filled anew by each `read`, so that a packet costs no memory. */
export class ReceivedAudio implements InboundAudio {
  ssrc = 0;
  sequenceNumber = 0;
  timestamp = 0;
  marker = false;
  payload: Uint8Array = EMPTY;
  audioLevel: number | undefined;
  voiceActivity: boolean | undefined;

  /** Takes over the packet that `view` is on, with its level under the id the connection negotiated for it. */
  read(view: RtpPacketView, datagram: Buffer, audioLevelId: number | undefined): void {
    this.ssrc = view.ssrc;
    this.sequenceNumber = view.sequenceNumber;
    this.timestamp = view.timestamp;
    this.marker = view.marker;
    const level = audioLevelId === undefined ? undefined : readExtension(view, datagram, audioLevelId);
    this.audioLevel = level === undefined ? undefined : levelOfByte(level);
    this.voiceActivity = level === undefined ? undefined : isVoice(level);
    this.payload = payloadOf(view, datagram);
  }
}

function payloadOf(view: RtpPacketView, datagram: Buffer): Uint8Array {
  const { payloadStart, payloadEnd } = view;
  const length = payloadEnd - payloadStart;
  if (length > PACKET_BUFFER_BYTES) return Uint8Array.from(datagram.subarray(payloadStart, payloadEnd));
  datagram.copy(payloads.bytes, 0, payloadStart, payloadEnd);
  return payloads.view(length);
}
