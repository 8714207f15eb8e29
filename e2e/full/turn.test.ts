import {
  createMediaConnection,
  type MediaChannel,
  type MediaConnectionOptions,
  OPUS_SILENCE,
} from '@voice-bridge/media-node';
import { systemClock } from '@voice-bridge/media-node/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanup, closeAll } from '../support/open-things.ts';
import { skipWithout } from '../support/skip.ts';
import { startTurnServer, turnNeeds } from '../support/turn-server.ts';

const FRAMES = 50;

afterEach(closeAll);

/** One end of a call, speaking from the moment it is connected. */
function createEnd(extra: Partial<MediaConnectionOptions>) {
  let heard = 0;
  const connection = createMediaConnection({
    clock: systemClock,
    additionalHostAddresses: ['127.0.0.1'],
    dialCandidates: true,
    onAudio: () => {
      heard++;
    },
    ...extra,
  });
  cleanup(() => connection.close());
  let sequenceNumber = 0;
  const speaking = setInterval(() => {
    const timestamp = sequenceNumber * 960;
    connection.sendAudio({ sequenceNumber: sequenceNumber++, timestamp, marker: false, payload: OPUS_SILENCE });
  }, 20);
  cleanup(() => clearInterval(speaking));
  return { connection, heard: () => heard };
}

/** The description with no other candidates than these. */
function withCandidates(sdp: string, keep: RegExp, more = ''): string {
  const bare = sdp.replaceAll(/^a=candidate:.*\r\n/gm, (line) => (keep.test(line) ? line : ''));
  return bare.replaceAll(/^(c=.*\r\n)/gm, `$1${more}`);
}

describe.skipIf(skipWithout(turnNeeds))('a connection of ours that is only reached by a TURN server (coturn)', () => {
  it('carries audio and messages both ways, and leaves no socket behind [S-3.13]', async () => {
    const turn = await startTurnServer();
    cleanup(() => turn.close());
    const [near, far] = [createEnd({ iceServers: [turn] }), createEnd({ channels: ['control'] })];
    const channels = Promise.all(
      [near, far].map(({ connection }) => new Promise<MediaChannel>((resolve) => connection.on('channel', resolve))),
    );
    // Nobody is there: but the TURN server learns from our check that this host may send to us.
    const elsewhere = 'a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n';
    const offer = withCandidates(await far.connection.createOffer(), /^$/, elsewhere);
    const answer = withCandidates(await near.connection.answerOffer(offer), / typ relay/);
    expect(answer).toMatch(/^a=candidate:.* typ relay/m);
    await far.connection.acceptAnswer(answer);
    await Promise.all([near.connection.whenConnected(), far.connection.whenConnected()]);
    await expect.poll(() => Math.min(near.heard(), far.heard()), { timeout: 10_000 }).toBeGreaterThan(FRAMES);
    const [nearChannel, farChannel] = await channels;
    const told = new Promise((resolve) => nearChannel?.receive(resolve));
    farChannel?.send('by TURN');
    expect(await told).toBe('by TURN');
    await closeAll();
    await expect.poll(() => process.getActiveResourcesInfo().filter((kind) => kind === 'UDPWrap')).toEqual([]);
  });

  it('is up without it when the TURN server refuses us', async () => {
    const turn = await startTurnServer();
    cleanup(() => turn.close());
    const [near, far] = [createEnd({ iceServers: [{ ...turn, credential: 'wrong' }] }), createEnd({})];
    const answer = await near.connection.answerOffer(await far.connection.createOffer());
    expect(answer).not.toContain('typ relay');
    await far.connection.acceptAnswer(answer);
    await Promise.all([near.connection.whenConnected(), far.connection.whenConnected()]);
  });
});
