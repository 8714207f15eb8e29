import { SrtpReceiver, SrtpSender } from '@voice-bridge/media-node/testing';
import type { Operation } from './measure.ts';
import { keysOf, PACKET_BYTES, PROFILES, packetBuffers, writePacket } from './packets.ts';

const TIMES = 10_000;

/** Protecting, opening and refusing one packet, in both profiles. */
export function srtpOperations(): Operation[] {
  return PROFILES.flatMap((each) => {
    const keys = keysOf(each, 1);
    const [alone, sender, receiver] = [new SrtpSender(keys), new SrtpSender(keys), new SrtpReceiver(keys)];
    // It has heard nobody, so that it tries the most there is to try.
    const [stranger, unspoken] = [new SrtpSender(keysOf(each, 9)), new SrtpReceiver(keys)];
    const buffers = packetBuffers(TIMES);
    const lengths = new Int32Array(TIMES);
    let sequence = 0;
    const fill = () => {
      for (const buffer of buffers) writePacket(buffer, sequence++);
    };
    const protect = (by: SrtpSender) => {
      for (let n = 0; n < TIMES; n++) lengths[n] = by.protectRtp(buffers[n] ?? Buffer.alloc(0), PACKET_BYTES);
    };
    const open = (by: SrtpReceiver, expected: number) => {
      for (let n = 0; n < TIMES; n++) {
        const opened = by.unprotectRtp(buffers[n] ?? Buffer.alloc(0), lengths[n] ?? 0);
        if (opened !== expected) throw new Error(`${each.profile}: ${opened} instead of ${expected}`);
      }
    };
    const filled = (by: SrtpSender) => () => {
      fill();
      protect(by);
    };
    return [
      {
        name: `SRTP protect, ${each.profile}`,
        times: TIMES,
        prepare: fill,
        run: () => protect(alone),
        limitUs: 3,
        limitHeapBytes: 64,
      },
      {
        name: `SRTP unprotect, ${each.profile}`,
        times: TIMES,
        prepare: filled(sender),
        run: () => open(receiver, PACKET_BYTES),
        limitUs: 3,
        limitHeapBytes: 64,
      },
      {
        name: `SRTP refuse a forged packet, ${each.profile}`,
        times: TIMES,
        prepare: filled(stranger),
        run: () => open(unspoken, -1),
        limitUs: 10,
        limitHeapBytes: 512,
      },
    ];
  });
}
