import { type InboundAudio, RtpForwarder } from '@voice-bridge/media-node';
import { MediaPath, SrtpSender } from '@voice-bridge/media-node/testing';
import type { Operation } from './measure.ts';
import { keysOf, PACKET_BYTES, PROFILES, packetBuffers, writePacket } from './packets.ts';

const TIMES = 5_000;
const FRAME_MS = 20;

/** One packet put on another line of numbers, and all that forwarding does but the system's sockets. */
export function forwardingOperations(): Operation[] {
  return [rewriting(), ...PROFILES.map(forwarding)];
}

/** What leaves a forwarder: other numbers, the same payload. */
function rewriting(): Operation {
  const forwarder = new RtpForwarder({ sequenceNumber: 1, timestamp: 1 });
  const packet = { ssrc: 5, sequenceNumber: 0, timestamp: 0, marker: false, payload: new Uint8Array(80).fill(0xf8) };
  let sequence = 0;
  return {
    name: 'header rewrite',
    times: TIMES,
    run: () => {
      for (let n = 0; n < TIMES; n++, sequence++) {
        packet.sequenceNumber = sequence & 0xffff;
        packet.timestamp = (sequence * 960) >>> 0;
        if (forwarder.push(packet, 'speaker', sequence * FRAME_MS) === undefined) throw new Error('Not forwarded');
      }
    },
    limitUs: 1,
    limitHeapBytes: 64,
  };
}

/** From one connection's media path to another's: opened, read, put on its line, written, protected, counted on both sides. */
function forwarding(each: (typeof PROFILES)[number]): Operation {
  let now = 0;
  let sequence = 0;
  let left = 0;
  const clock = { now: () => now, after: () => () => {} };
  const forwarder = new RtpForwarder({ sequenceNumber: 1, timestamp: 1 });
  const forward = (packet: InboundAudio) => {
    const outbound = forwarder.push(packet, 'speaker', now);
    if (outbound !== undefined) listener.send(outbound);
  };
  const speaker = new MediaPath({ clock, onAudio: forward });
  const listener = new MediaPath({ clock });
  const sink = {
    send(_datagram: Uint8Array, sent: () => void) {
      left++;
      sent();
    },
  };
  const agreed = { payloadType: 111, audioLevelId: 1, ssrc: 7, cname: 'bench', sends: true, sink };
  const [peerKeys, ourKeys] = [keysOf(each, 1), keysOf(each, 3)];
  speaker.open({ ...agreed, localKeys: ourKeys, remoteKeys: peerKeys });
  listener.open({ ...agreed, localKeys: peerKeys, remoteKeys: ourKeys });
  const peer = new SrtpSender(peerKeys);
  const buffers = packetBuffers(TIMES);
  let datagrams: Buffer[] = [];
  return {
    name: `forwarding one packet without sockets, ${each.profile}`,
    times: TIMES,
    prepare: () => {
      datagrams = buffers.map((buffer) => {
        writePacket(buffer, sequence++);
        return buffer.subarray(0, peer.protectRtp(buffer, PACKET_BYTES));
      });
      left = 0;
    },
    run: () => {
      for (const datagram of datagrams) {
        now += FRAME_MS;
        speaker.receive(datagram);
      }
      if (left < TIMES) throw new Error(`Only ${left} of ${TIMES} packets were forwarded`);
    },
    limitUs: 8,
    limitHeapBytes: 128,
  };
}
