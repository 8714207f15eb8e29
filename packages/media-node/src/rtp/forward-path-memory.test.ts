import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { type AgreedMedia, MediaPath } from '../connection/media-path.ts';
import type { SrtpProfile } from '../srtp/srtp-keys.ts';
import { SrtpSender } from '../srtp/srtp-sender.ts';
import { SRTP_PROFILES, srtpKeys } from '../testing/srtp-packets.ts';
import { RtpForwarder } from './rtp-forwarder.ts';
import { writeRtpHeader } from './rtp-packet.ts';
import { SilenceFill } from './silence-fill.ts';

/** So few per round that the garbage collector, run before each, has nothing to do in it. */
const PACKETS_PER_ROUND = 500;
/** The least of them counts: where other programs run beside it, code is compiled late, and until then allocates more. */
const ROUNDS = 40;
const WARM_UP_ROUNDS = 20;
/**
 * A bare forwarder of datagrams takes about 1,300 bytes per packet (`npm run bench:micro`). What is left of ours, 92 in the
 * built package and 138 here, are numbers too large for a register and the cipher's own buffers; one object or view per packet would be 60 to
 * 110 more.
 */
const MOST_BYTES = 180;

describe('the forward path', () => {
  it.each(SRTP_PROFILES)(
    'allocates no object per packet, opening, reading, forwarding and sealing it: %s',
    (profile) => {
      setFlagsFromString('--expose-gc');
      const collectGarbage: unknown = runInNewContext('gc');
      if (typeof collectGarbage !== 'function') throw new Error('No garbage collector');
      const { forward, sealed, sent } = forwardPath(profile);
      for (let round = 0; round < WARM_UP_ROUNDS; round++) sealed().forEach(forward);
      const perPacket = Array.from({ length: ROUNDS }, () => {
        const datagrams = sealed();
        collectGarbage();
        const before = process.memoryUsage().heapUsed;
        for (const datagram of datagrams) forward(datagram);
        return (process.memoryUsage().heapUsed - before) / PACKETS_PER_ROUND;
      });
      expect(sent()).toBe((WARM_UP_ROUNDS + ROUNDS) * PACKETS_PER_ROUND);
      expect(Math.min(...perPacket.filter((bytes) => bytes > 0)), 'bytes of heap per packet').toBeLessThan(MOST_BYTES);
    },
  );
});

/** One leg's path, the forwarder with its silence, and the other leg's path; packets as they come from the network. */
function forwardPath(profile: SrtpProfile) {
  let sent = 0;
  const clock = { now: () => 1, after: () => () => {} };
  const agreed = (local: number, remote: number): AgreedMedia => ({
    payloadType: 111,
    audioLevelId: 1,
    ssrc: 0xdeadbeef,
    cname: 'ours',
    sends: true,
    localKeys: srtpKeys(profile, local),
    remoteKeys: srtpKeys(profile, remote),
    sink: {
      send(_datagram, done) {
        sent++;
        done();
      },
    },
  });
  const outbound = new MediaPath({ clock });
  outbound.open(agreed(1, 2));
  const fill = new SilenceFill(new RtpForwarder({ sequenceNumber: 60_000, timestamp: 4_000_000_000 }), 1);
  const inbound = new MediaPath({
    clock,
    onAudio: (packet) => {
      const forwarded = fill.push(packet, 'speaker', clock.now());
      if (forwarded !== undefined) outbound.send(forwarded);
    },
  });
  inbound.open(agreed(3, 4));
  const speaker = new SrtpSender(srtpKeys(profile, 4));
  let number = 0;
  const sealed = () => Array.from({ length: PACKETS_PER_ROUND }, () => seal(speaker, number++));
  return { forward: (datagram: Buffer) => inbound.receive(datagram), sealed, sent: () => sent };
}

function seal(speaker: SrtpSender, number: number): Buffer {
  const payloadBytes = 60 + (number % 70);
  const bytes = Buffer.alloc(payloadBytes + 60);
  const fields = { sequenceNumber: number, timestamp: number * 960, marker: false };
  const start = writeRtpHeader(bytes, 0xfeedbeef, 111, fields);
  bytes[start] = 0xf8;
  const length = speaker.protectRtp(bytes, start + payloadBytes);
  return bytes.subarray(0, length);
}
