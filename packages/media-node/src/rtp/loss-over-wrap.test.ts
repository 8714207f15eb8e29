import { describe, expect, it } from 'vitest';
import { type AgreedMedia, MediaPath } from '../connection/media-path.ts';
import { SRTP_PROFILES, srtpKeys } from '../testing/srtp-packets.ts';
import { RtpForwarder } from './rtp-forwarder.ts';
import { SilenceFill } from './silence-fill.ts';

const FRAME_MS = 20;
const FIRST = 65_500;

/** speaker ⇒ bridge (opened, forwarded, sealed) ⇒ model, over a line that can be cut; each frame of 20 ms in virtual time. */
function line(profile: AgreedMedia['localKeys']['profile']) {
  let now = 0;
  let frame = 0;
  const clock = { now: () => now, after: () => () => {} };
  const heard: { sequenceNumber: number; timestamp: number; frame: number | undefined }[] = [];
  let isCut = false;
  const media = (ssrc: number, local: number, remote: number, to: (datagram: Buffer) => void): AgreedMedia => ({
    payloadType: 111,
    audioLevelId: undefined,
    ssrc,
    cname: 'ours',
    sends: true,
    localKeys: srtpKeys(profile, local),
    remoteKeys: srtpKeys(profile, remote),
    sink: {
      send(datagram, sent) {
        to(Buffer.from(datagram));
        sent();
      },
    },
  });
  const fill = new SilenceFill(new RtpForwarder({ sequenceNumber: 65_400, timestamp: 4_294_000_000 }), now);
  const model = new MediaPath({
    clock,
    onAudio: ({ sequenceNumber, timestamp, payload }) => {
      const isSpeech = payload.length === 5;
      heard.push({ sequenceNumber, timestamp, frame: isSpeech ? Buffer.from(payload).readUInt32BE(1) : undefined });
    },
  });
  const toModel = new MediaPath({ clock });
  const fromSpeaker = new MediaPath({
    clock,
    onAudio: (packet) => {
      const forwarded = fill.push(packet, 'speaker', now);
      if (forwarded !== undefined) toModel.send(forwarded);
    },
  });
  const speaker = new MediaPath({ clock });
  model.open(media(1, 4, 3, () => {}));
  toModel.open(media(2, 3, 4, (datagram) => model.receive(datagram)));
  fromSpeaker.open(media(3, 2, 1, () => {}));
  speaker.open(
    media(4, 1, 2, (datagram) => {
      if (!isCut) fromSpeaker.receive(datagram);
    }),
  );
  return {
    heard,
    cut: (cut: boolean) => {
      isCut = cut;
    },
    talk: (frames: number) => {
      for (let n = 0; n < frames; n++, frame++, now += FRAME_MS) {
        const payload = Buffer.from([0xf8, 0, 0, 0, 0]);
        payload.writeUInt32BE(frame, 1);
        const sequenceNumber = (FIRST + frame) % 65_536;
        speaker.send({ sequenceNumber, timestamp: (4_294_967_000 + frame * 960) % 2 ** 32, marker: false, payload });
        for (const silence of fill.pull(now)) toModel.send(silence);
      }
    },
    stats: () => fromSpeaker.stats(),
  };
}

describe('five seconds of total loss over a wrap of the sequence numbers', () => {
  it.each(SRTP_PROFILES)('[W9] are silence, and then the audio is back with its first packet: %s', (profile) => {
    const { heard, cut, talk, stats } = line(profile);
    talk(20);
    cut(true);
    talk(250);
    cut(false);
    const before = heard.length;
    talk(50);
    const speech = (some: typeof heard) => some.flatMap(({ frame }) => frame ?? []);
    expect(speech(heard.slice(0, before))).toEqual(Array.from({ length: 20 }, (_, frame) => frame));
    expect(speech(heard.slice(before))).toEqual(Array.from({ length: 50 }, (_, frame) => 270 + frame));
    // From 60 ms after the last packet on, the model hears silence in the place of what is lost.
    expect(heard.slice(20, before)).toHaveLength(248);
    const numbers = heard.map(({ sequenceNumber }) => (sequenceNumber - 65_400 + 65_536) % 65_536);
    expect(numbers).toEqual(heard.map((_, index) => index));
    expect(stats()).toMatchObject({ packetsReceived: 70, packetsLost: 250 });
  });
});
