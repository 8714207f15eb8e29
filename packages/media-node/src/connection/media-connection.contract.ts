import { VoiceBridgeError } from '@voice-bridge/core';
import { afterEach, describe, expect, it } from 'vitest';
import type {
  InboundAudio,
  MediaChannel,
  MediaConnection,
  MediaConnectionFactory,
  MediaConnectionOptions,
} from './media-connection.ts';
import { MAX_CHANNEL_MESSAGE_BYTES } from './media-connection.ts';
import { validateOffer } from './sdp-limits.ts';

/** Who is put to the contract. Both connections of a test come from the same factory. */
export interface MediaConnectionSubject {
  readonly create: MediaConnectionFactory;
  readonly options: Pick<MediaConnectionOptions, 'clock' | 'additionalHostAddresses'>;
}

type Extra = Partial<MediaConnectionOptions>;

/** What every implementation of the port does; run by the fake's and the real one's tests. */
export function mediaConnectionContract(name: string, subject: MediaConnectionSubject): void {
  describe(`${name} as MediaConnection`, () => {
    const open: MediaConnection[] = [];
    afterEach(() => Promise.all(open.splice(0).map((connection) => connection.close())));

    function create(extra: Extra = {}): MediaConnection {
      const connection = subject.create({ ...subject.options, ...extra });
      open.push(connection);
      return connection;
    }

    async function connect(offererExtra: Extra = {}, answererExtra: Extra = {}) {
      const offerer = create({ dialCandidates: true, ...offererExtra });
      const answerer = create(answererExtra);
      const offer = await offerer.createOffer();
      const answer = await answerer.answerOffer(offer);
      await offerer.acceptAnswer(answer);
      await Promise.all([offerer.whenConnected(), answerer.whenConnected()]);
      return { offerer, answerer, offer, answer };
    }

    it('connects an offer without candidates, and passes new, connecting, connected, closed', async () => {
      const offerer = create({ dialCandidates: true });
      const answerer = create();
      const states: string[] = [answerer.state.name];
      answerer.on('stateChanged', ({ name }) => states.push(name));
      const offer = (await offerer.createOffer()).replaceAll(/a=(candidate|end-of-candidates).*\r\n/g, '');
      expect(offer).not.toContain('a=candidate');
      await offerer.acceptAnswer(await answerer.answerOffer(offer));
      await Promise.all([offerer.whenConnected(), answerer.whenConnected()]);
      await answerer.close();
      expect(states).toEqual(['new', 'connecting', 'connected', 'closed']);
    });

    it('[S-2.8] [S-2.18] [S-3.4] carries audio packets both ways with their numbers, markers, levels and bytes', async () => {
      const inbox = audioInbox();
      const outbox = audioInbox();
      const { offerer, answerer } = await connect({ onAudio: outbox.take }, { onAudio: inbox.take });
      const sent = [65_534, 65_535, 0, 2].map((sequenceNumber, index) => ({
        sequenceNumber,
        timestamp: (4_294_966_000 + index * 960) % 4_294_967_296,
        marker: index === 0,
        payload: Uint8Array.of(0xf8, 0xff, 0xfe - index),
        audioLevel: [undefined, 0, 63, 127][index],
        voiceActivity: [undefined, true, false, true][index],
      }));
      const reused = new Uint8Array(3);
      for (const packet of sent) {
        reused.set(packet.payload);
        offerer.sendAudio({ ...packet, payload: reused });
        answerer.sendAudio(packet);
      }
      for (const box of [inbox, outbox]) {
        const received = await box.first(4);
        expect(received.map(({ ssrc: _, ...packet }) => packet)).toEqual(sent);
        expect(new Set(received.map(({ ssrc }) => ssrc)).size).toBe(1);
      }
      expect(offerer.stats()).toMatchObject({ packetsSent: 4, bytesSent: 12, packetsReceived: 4, packetsLost: 1 });
      expect(answerer.stats()).toMatchObject({ packetsReceived: 4, bytesReceived: 12, packetsLost: 1 });
      expect(answerer.stats().lastAudioAt).toBeTypeOf('number');
      const { report } = answerer.stats();
      expect(report.find(({ type }) => type === 'inbound-rtp')).toMatchObject({
        packetsReceived: 4,
        bytesReceived: 12,
        packetsLost: 1,
        audioLevel: 0,
      });
      expect(report.find(({ type }) => type === 'outbound-rtp')).toMatchObject({ packetsSent: 4, bytesSent: 12 });
    });

    it('counts audio as discarded before it is connected and after it was closed', async () => {
      const connection = create();
      const packet = { sequenceNumber: 1, timestamp: 1, marker: false, payload: Uint8Array.of(0xf8, 0xff, 0xfe) };
      connection.sendAudio(packet);
      await connection.close();
      connection.sendAudio(packet);
      expect(connection.stats()).toMatchObject({
        packetsSent: 0,
        packetsDiscardedOnSend: 2,
        lastAudioAt: undefined,
        report: [],
      });
    });

    it('opens the channels that the offerer was made with, and keeps messages for a late taker', async () => {
      const offerer = create({ dialCandidates: true, channels: ['control'] });
      const answerer = create();
      const near = nextChannel(offerer);
      const far = nextChannel(answerer);
      const offer = await offerer.createOffer();
      const control = await near;
      expect(control.send('first')).toBe(true);
      control.send(Uint8Array.of(1, 2, 3));
      await offerer.acceptAnswer(await answerer.answerOffer(offer));
      const remote = await far;
      expect(remote.label).toBe('control');
      const back = messages(control, 1);
      remote.send('back');
      expect(await back).toEqual(['back']);
      expect(await messages(remote, 2)).toEqual(['first', Uint8Array.of(1, 2, 3)]);
      expect([control.open, remote.open]).toEqual([true, true]);
    });

    it('keeps the order of many messages and drops those over the limit', async () => {
      const offerer = create({ dialCandidates: true, channels: ['bulk'] });
      const answerer = create();
      const near = nextChannel(offerer);
      const received = new Promise((resolve) => {
        answerer.on('channel', (channel) => resolve(messages(channel, 200)));
      });
      await offerer.acceptAnswer(await answerer.answerOffer(await offerer.createOffer()));
      const bulk = await near;
      const wanted = Array.from({ length: 200 }, (_, index) => `${index} ${'x'.repeat(index * 4)}`);
      bulk.send('y'.repeat(MAX_CHANNEL_MESSAGE_BYTES + 1));
      for (const message of wanted) bulk.send(message);
      expect(await received).toEqual(wanted);
    });

    it('closes a channel on both sides and takes nothing after that', async () => {
      const offerer = create({ dialCandidates: true, channels: ['control', 'other'] });
      const answerer = create();
      const near = nextChannel(offerer);
      const far = nextChannel(answerer, 'control');
      await offerer.acceptAnswer(await answerer.answerOffer(await offerer.createOffer()));
      const control = await near;
      const remote = await far;
      const closed = new Promise<void>((resolve) => remote.on('close', resolve));
      await opened(control);
      control.close();
      await closed;
      expect([control.send('too late'), remote.send('too late')]).toEqual([false, false]);
      expect(offerer.state.name).toBe('connected');
    });

    it('answers an offer of data channels only, without an audio m-line', async () => {
      const { answer, offerer } = await connect({ audio: false, channels: ['control'] });
      expect(answer).not.toContain('m=audio');
      expect(offerer.stats().packetsSent).toBe(0);
    });

    it('answers an offer of audio only, without a data-channel m-line', async () => {
      const { offer, answer } = await connect();
      expect(offer).not.toContain('m=application');
      expect(answer).not.toContain('m=application');
      expect(validateOffer(offer)).toMatchObject({ ok: true, value: { audio: { payloadType: 111 }, data: undefined } });
    });

    it('rejects SDP it does not take with invalid_offer, and is closed then', async () => {
      const connection = create();
      await expect(connection.answerOffer('v=0\r\nnonsense')).rejects.toMatchObject({ code: 'invalid_offer' });
      expect(connection.state).toMatchObject({ name: 'closed', error: { code: 'invalid_offer' } });
      await expect(connection.answerOffer('')).rejects.toMatchObject({ code: 'invalid_offer' });
    });

    it('is negotiated once', async () => {
      const { offerer, answerer, offer, answer } = await connect();
      await expect(offerer.acceptAnswer(answer)).rejects.toThrow(TypeError);
      await expect(answerer.answerOffer(offer)).rejects.toThrow(TypeError);
      await expect(answerer.createOffer()).rejects.toThrow(TypeError);
      expect(offerer.state.name).toBe('connected');
    });

    it.each([{ channels: ['control'] }, { channels: [] }])(
      'tells the other side of its end: %o',
      async ({ channels }) => {
        const { offerer, answerer } = await connect({ channels });
        const ended = new Promise<unknown>((resolve) => answerer.on('stateChanged', resolve));
        await Promise.all([offerer.close(), offerer.close()]);
        expect(offerer.state).toEqual({ name: 'closed', error: undefined });
        expect(await ended).toMatchObject({ name: 'closed', error: { code: 'connection_lost', retryable: true } });
      },
    );

    it('gives the reason of its end to those who wait', async () => {
      const reason = new VoiceBridgeError('shutting_down', 'Bye');
      const connection = create();
      const waiting = expect(connection.whenConnected()).rejects.toBe(reason);
      await connection.close(reason);
      await waiting;
      await expect(connection.createOffer()).rejects.toBe(reason);
      const other = create();
      await other.close();
      await expect(other.whenConnected()).rejects.toMatchObject({ code: 'aborted' });
    });

    it('gives up with connect_timeout when nobody comes', async () => {
      const offer = await create({ channels: ['control'] }).createOffer();
      const abandoned = create({ connectTimeoutMs: 200 });
      // On a slow machine the deadline may pass while it still answers: that ends the same way.
      await abandoned.answerOffer(offer).catch(() => {});
      await expect(abandoned.whenConnected()).rejects.toMatchObject({ code: 'connect_timeout' });
      expect(abandoned.state).toMatchObject({ name: 'closed', error: { code: 'connect_timeout' } });
    });

    it('survives listeners and takers that throw', async () => {
      const inbox = audioInbox();
      const throwing = () => {
        throw new Error('from a listener');
      };
      const offerer = create({ dialCandidates: true });
      const answerer = create({
        onAudio: (packet) => {
          inbox.take(packet);
          throwing();
        },
      });
      for (const connection of [offerer, answerer]) connection.on('stateChanged', throwing);
      await offerer.acceptAnswer(await answerer.answerOffer(await offerer.createOffer()));
      await Promise.all([offerer.whenConnected(), answerer.whenConnected()]);
      for (const sequenceNumber of [1, 2]) {
        offerer.sendAudio({ sequenceNumber, timestamp: 0, marker: false, payload: Uint8Array.of(0xf8, 0xff, 0xfe) });
      }
      expect(await inbox.first(2)).toHaveLength(2);
    });
  });
}

function audioInbox() {
  const received: InboundAudio[] = [];
  let look: () => void = () => {};
  return {
    take: ({ ssrc, sequenceNumber, timestamp, marker, audioLevel, voiceActivity, payload: lent }: InboundAudio) => {
      const payload = Uint8Array.from(lent);
      received.push({ ssrc, sequenceNumber, timestamp, marker, audioLevel, voiceActivity, payload });
      look();
    },
    first: (count: number) =>
      new Promise<readonly InboundAudio[]>((resolve) => {
        look = () => {
          if (received.length >= count) resolve(received);
        };
        look();
      }),
  };
}

function nextChannel(connection: MediaConnection, label?: string): Promise<MediaChannel> {
  return new Promise((resolve) => {
    connection.on('channel', (channel) => {
      if (label === undefined || channel.label === label) resolve(channel);
    });
  });
}

function messages(channel: MediaChannel, count: number): Promise<readonly (string | Uint8Array)[]> {
  const received: (string | Uint8Array)[] = [];
  return new Promise((resolve) => {
    channel.receive((message) => {
      received.push(typeof message === 'string' ? message : Uint8Array.from(message));
      if (received.length === count) resolve(received);
    });
  });
}

function opened(channel: MediaChannel): Promise<void> {
  return new Promise((resolve) => {
    if (channel.open) resolve();
    else channel.on('open', resolve);
  });
}
