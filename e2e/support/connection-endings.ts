import { setTimeout as passed } from 'node:timers/promises';
import { seededRandom } from '@voice-bridge/core/testing';
import { createMediaConnection, type MediaConnection, type MediaConnectionOptions } from '@voice-bridge/media-node';
import { chromiumOffer, startUdpRelay, systemClock } from '@voice-bridge/media-node/testing';
import { startKilledPeers } from './killed-peers.ts';

/** Opens connections, ends them in one way, and gives how many they were. */
export type Ending = () => Promise<number>;

const FRAME = Buffer.from('f8fffe', 'hex');
const SHORT_DEADLINE_MS = 400;
/** Connections of one killed process that have exchanged sound, and as many that are in the middle of their handshake. */
const KILLED_TOGETHER = 2;
const random = seededRandom(41);

/** Every way in which connections come to their end. */
export const endings: Readonly<Record<string, Ending>> = {
  async normal() {
    const pair = await connectedPair();
    await pair.close();
    return 2;
  },
  async gone() {
    const pair = await connectedPair({ relayed: true });
    pair.cut();
    await Promise.all([ended(pair.offerer), ended(pair.answerer)]);
    await pair.close();
    return 2;
  },
  async noAnswer() {
    const waiting = create({ channels: ['control'], connectTimeoutMs: SHORT_DEADLINE_MS });
    const answering = create({ connectTimeoutMs: SHORT_DEADLINE_MS });
    await waiting.createOffer();
    await answering.answerOffer(chromiumOffer);
    await Promise.all([ended(waiting), ended(answering)]);
    await Promise.all([waiting.close(), answering.close()]);
    return 2;
  },
  async failedIce() {
    const offerer = create({ dialCandidates: true, connectTimeoutMs: SHORT_DEADLINE_MS });
    const answerer = create({ connectTimeoutMs: SHORT_DEADLINE_MS });
    const answer = await answerer.answerOffer(await offerer.createOffer());
    await offerer.acceptAnswer(answer.replaceAll(/^a=ice-pwd:.*$/gm, `a=ice-pwd:${'x'.repeat(24)}`));
    await Promise.all([ended(offerer), ended(answerer)]);
    await Promise.all([offerer.close(), answerer.close()]);
    return 2;
  },
  async killed() {
    const peers = await startKilledPeers(2 * KILLED_TOGETHER);
    const talking = await Promise.all(
      peers.offers.slice(0, KILLED_TOGETHER).map(async (offer, index) => {
        let isHeard = () => {};
        const heard = new Promise<void>((resolve) => {
          isHeard = resolve;
        });
        const connection = create({ onAudio: () => isHeard() });
        peers.answer(index, await connection.answerOffer(offer));
        await Promise.all([connection.whenConnected(), heard]);
        return connection;
      }),
    );
    const connecting = await Promise.all(
      peers.offers.slice(KILLED_TOGETHER).map(async (offer, index) => {
        const connection = create({ connectTimeoutMs: SHORT_DEADLINE_MS });
        peers.answer(KILLED_TOGETHER + index, await connection.answerOffer(offer));
        return connection;
      }),
    );
    await passed(random() * 60);
    await peers.kill();
    const ours = [...talking, ...connecting];
    await Promise.all(ours.map(ended));
    await Promise.all(ours.map((connection) => connection.close()));
    return ours.length;
  },
  async replaced() {
    const old = await connectedPair({ relayed: true });
    old.cut();
    const next = await connectedPair();
    await old.close();
    await next.close();
    return 4;
  },
};

/** Two connections that have exchanged sound. */
async function connectedPair({ relayed = false } = {}) {
  const heard: (() => void)[] = [];
  const onAudio = () => heard.splice(0).forEach((tell) => void tell());
  const offerer = create({ dialCandidates: true, channels: ['control'] });
  const answerer = create({ onAudio });
  const answer = await answerer.answerOffer(await offerer.createOffer());
  const relay = relayed ? await startUdpRelay({ sdp: answer, clock: systemClock, random }) : undefined;
  await offerer.acceptAnswer(relay?.sdp ?? answer);
  await Promise.all([offerer.whenConnected(), answerer.whenConnected()]);
  const sound = new Promise<void>((resolve) => heard.push(resolve));
  offerer.sendAudio({ sequenceNumber: 1, timestamp: 0, marker: true, payload: FRAME });
  await sound;
  return {
    offerer,
    answerer,
    cut: () => relay?.impair({ up: { lossRate: 1 }, down: { lossRate: 1 } }),
    close: async () => {
      await Promise.all([offerer.close(), answerer.close()]);
      await relay?.close();
    },
  };
}

function create(options: Partial<MediaConnectionOptions> = {}): MediaConnection {
  return createMediaConnection({ clock: systemClock, additionalHostAddresses: ['127.0.0.1'], ...options });
}

function ended(connection: MediaConnection): Promise<void> {
  if (connection.state.name === 'closed') return Promise.resolve();
  return new Promise((resolve) => {
    connection.on('stateChanged', ({ name }) => {
      if (name === 'closed') resolve();
    });
  });
}
