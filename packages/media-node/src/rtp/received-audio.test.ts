import { describe, expect, it } from 'vitest';
import { writeAudioLevel } from './audio-level.ts';
import { PACKET_BUFFER_BYTES } from './packet-buffer.ts';
import { ReceivedAudio } from './received-audio.ts';
import { RtpPacketView, writeRtpHeader } from './rtp-packet.ts';

function datagram(
  payload: Uint8Array,
  levelId: number | undefined,
  audioLevel: number,
): { bytes: Buffer; view: RtpPacketView } {
  const bytes = Buffer.alloc(payload.length + 20);
  let at = writeRtpHeader(bytes, 0xdeadbeef, 111, { sequenceNumber: 65_535, timestamp: 4_294_967_295, marker: true });
  if (levelId !== undefined) at = writeAudioLevel(bytes, at, levelId, { audioLevel, voiceActivity: true });
  bytes.set(payload, at);
  const view = new RtpPacketView();
  expect(view.read(bytes, at + payload.length)).toBe(true);
  return { bytes, view };
}

describe('ReceivedAudio', () => {
  it('says what the packet says, with its level under the negotiated id', () => {
    const audio = new ReceivedAudio();
    const { bytes, view } = datagram(Uint8Array.of(0xf8, 1, 2), 5, 30);
    audio.read(view, bytes, 5);
    expect({ ...audio }).toEqual({
      ssrc: 0xdeadbeef,
      sequenceNumber: 65_535,
      timestamp: 4_294_967_295,
      marker: true,
      payload: Uint8Array.of(0xf8, 1, 2),
      audioLevel: 30,
      voiceActivity: true,
    });
    audio.read(view, bytes, 6);
    expect(audio.audioLevel).toBeUndefined();
    audio.read(view, bytes, undefined);
    expect(audio.voiceActivity).toBeUndefined();
  });

  it('keeps its payload when the datagram is overwritten, however long it is', () => {
    for (const length of [0, 1, 160, PACKET_BUFFER_BYTES, PACKET_BUFFER_BYTES + 1]) {
      const audio = new ReceivedAudio();
      const payload = new Uint8Array(length).fill(7);
      const { bytes, view } = datagram(payload, undefined, 0);
      audio.read(view, bytes, undefined);
      bytes.fill(0);
      expect(audio.payload).toEqual(payload);
    }
  });
});
