/** The process of `killed-peers.ts`: offers connections, and speaks on each that is answered, until it is killed. */
import { createMediaConnection } from '@voice-bridge/media-node';
import { systemClock } from '@voice-bridge/media-node/testing';
import * as z from 'zod';

const FRAME = Buffer.from('f8fffe', 'hex');
const FRAME_MS = 20;
const answerSchema = z.object({ index: z.int(), sdp: z.string() });

const peers = Array.from({ length: Number(process.argv[2]) }, () =>
  createMediaConnection({
    clock: systemClock,
    dialCandidates: true,
    channels: ['control'],
    additionalHostAddresses: ['127.0.0.1'],
  }),
);
process.on('message', (message) => {
  const { index, sdp } = answerSchema.parse(message);
  void speak(index, sdp);
});
// Its parent went before it could be killed.
process.on('disconnect', () => process.exit(0));
process.send?.(await Promise.all(peers.map((peer) => peer.createOffer())));

async function speak(index: number, answer: string): Promise<void> {
  const peer = peers[index];
  await peer?.acceptAnswer(answer);
  await peer?.whenConnected();
  for (let n = 0; ; n++) {
    peer?.sendAudio({ sequenceNumber: n & 0xffff, timestamp: n * 960, marker: n === 0, payload: FRAME });
    await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
  }
}
