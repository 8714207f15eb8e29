import { createVoiceBridge } from '@voice-bridge/bridge-node';
import { listen } from '@voice-bridge/bridge-node/node';
import { CONTROL_CHANNEL_LABEL, parseServerControl, type ServerControlMessage } from '@voice-bridge/core';
import { testSpeech } from '@voice-bridge/local-realtime/testing';
import { createMediaConnection, type InboundAudio, loadOpusCodec, type MediaChannel } from '@voice-bridge/media-node';
import { afterEach, expect, it } from 'vitest';
import { HEARD_RATE_HZ, joined, says, startAnsweringModel } from '../clients/support/answering-model.ts';
import { likeness } from '../clients/support/likeness.ts';
import { QUESTION } from '../clients/support/lines.ts';
import { Microphone } from '../integration/support/microphone.ts';
import { realClock } from '../integration/support/real-clock.ts';
import { cleanup, closeAll } from '../support/open-things.ts';
import { postOffer } from './support/bridge-http.ts';
import { LibdatachannelPeer } from './support/libdatachannel-peer.ts';

const LOOPBACK = '127.0.0.1';
/** A pause that a busy machine makes in the middle of a sentence does not end it. */
const PATIENT = { type: 'server_vad', silence_duration_ms: 2_000 } as const;
const ANSWER = 'There is a lighthouse at the end of the road, and I lit its lamp.';
/** Of the sentence that was said; of another it is at most 0.8. */
const LIKE = 0.85;
/** Sequence numbers from here wrap in the middle of the exchange. */
const FIRST = 65_486;
const EXCHANGED = 100;
/** The second byte of a sender report, and where its count of packets is (RFC 3550 section 6.4.1). */
const [SENDER_REPORT, SENT_PACKETS_AT] = [200, 20];

afterEach(closeAll);

it('libdatachannel calls the bridge: the model hears what it says, it hears every packet of what the model says, and the control channel carries both ways', async () => {
  const model = await startAnsweringModel({ turns: [says(ANSWER), says('It is noon.')], heard: [QUESTION] });
  const url = await startBridge(model.url);
  const peer = libdatachannelPeer((text) => answerPing(peer, text));
  const outcome = await postOffer(url, 'native', await peer.offer(CONTROL_CHANNEL_LABEL));
  if (!('answer' in outcome)) throw new Error(`Refused: ${JSON.stringify(outcome)}`);
  peer.acceptAnswer(outcome.answer);
  await peer.whenOpen();
  await peer.until(() => toldTo(peer).find(({ type }) => type === 'joined'));
  const codec = await loadOpusCodec();
  const microphone = new Microphone(codec, (packet) => peer.sendAudio(packet));
  cleanup(() => microphone.close());
  microphone.start();

  await microphone.say(await testSpeech(QUESTION, HEARD_RATE_HZ));
  await finalLine(peer, 'user', QUESTION);
  await finalLine(peer, 'assistant', ANSWER);
  await peer.until(() => isQuiet(peer) || undefined);
  peer.send(JSON.stringify({ type: 'text', text: 'What time is it?' }));
  await finalLine(peer, 'assistant', 'It is noon.');
  expect(model.requests.at(-1)?.items).toContainEqual({ type: 'message', role: 'user', text: 'What time is it?' });
  expect(peer.messages.map((text) => parseServerControl(text)).filter(({ ok }) => !ok)).toEqual([]);
  expectInOrder(peer.packets.map(({ sequenceNumber }) => sequenceNumber));

  const decoder = codec.createDecoder(HEARD_RATE_HZ);
  const heard = joined(peer.packets.map(({ payload }) => decoder.decode(payload)));
  decoder.close();
  await closeAll();
  expect(await likenessOf(QUESTION, model.heard())).toBeGreaterThan(LIKE);
  expect(await likenessOf(ANSWER, heard)).toBeGreaterThan(LIKE);
});

it('libdatachannel answers an offer of ours: every packet arrives both ways over a wrap of the sequence numbers, and messages and reports, too', async () => {
  const heard: Pick<InboundAudio, 'sequenceNumber' | 'payload'>[] = [];
  const peer = libdatachannelPeer();
  const connection = createMediaConnection({
    clock: realClock,
    channels: ['control'],
    dialCandidates: true,
    additionalHostAddresses: [LOOPBACK],
    onAudio({ sequenceNumber, payload }) {
      heard.push({ sequenceNumber, payload: payload.slice() });
      if (heard.length < EXCHANGED) connection.sendAudio(packetOf(heard.length));
    },
  });
  cleanup(() => connection.close());
  const channel = new Promise<MediaChannel>((resolve) => connection.on('channel', resolve));
  await connection.acceptAnswer(await peer.answer(await connection.createOffer()));
  await Promise.all([connection.whenConnected(), peer.whenOpen()]);
  const message = new Promise((resolve) => channel.then((one) => one.receive(resolve)));
  (await channel).send('from us');
  peer.send('from libdatachannel');
  expect(await message).toBe('from libdatachannel');
  expect(await peer.until(() => peer.messages[0])).toBe('from us');

  connection.sendAudio(packetOf(0));
  for (let n = 0; n < EXCHANGED; n++) {
    await peer.until(() => peer.packets[n]);
    peer.sendAudio(packetOf(n));
  }
  await expect.poll(() => heard.length).toBe(EXCHANGED);
  const sent = Array.from({ length: EXCHANGED }, (_, n) => packetOf(n));
  const expected = sent.map(({ sequenceNumber, payload }) => ({ sequenceNumber, payload }));
  expect(heard).toEqual(expected);
  expect(peer.packets.map(({ sequenceNumber, payload }) => ({ sequenceNumber, payload }))).toEqual(expected);
  expect(connection.stats()).toMatchObject({ packetsReceived: EXCHANGED, packetsSent: EXCHANGED, packetsLost: 0 });

  // RTCP, too: our sender reports count what was sent, and its receiver report is believed.
  const report = await peer.until(() => peer.reports.find((packet) => packet.readUInt8(1) === SENDER_REPORT));
  expect(report.readUInt32BE(SENT_PACKETS_AT)).toBe(EXCHANGED);
  peer.sendReport(7);
  const remote = () => connection.stats().report.find(({ type }) => type === 'remote-inbound-rtp');
  await expect.poll(remote).toMatchObject({ ssrc: peer.packets[0]?.ssrc, packetsLost: 7 });
});

function libdatachannelPeer(onText?: (text: string) => void): LibdatachannelPeer {
  const peer = new LibdatachannelPeer(onText);
  cleanup(() => peer.close());
  return peer;
}

async function startBridge(modelUrl: string): Promise<string> {
  const bridge = createVoiceBridge({
    model: { baseUrl: modelUrl, apiKey: 'local', turnDetection: PATIENT },
    media: { additionalHostAddresses: [LOOPBACK] },
  });
  const server = await listen(bridge, { host: LOOPBACK, port: 0 });
  cleanup(async () => {
    await server.close();
    await bridge.close();
  });
  return server.url;
}

/** A packet that no other is like. */
function packetOf(n: number) {
  const payload = Uint8Array.of(0xf8, n, ...Array.from({ length: n }, (_, at) => at));
  return { sequenceNumber: (FIRST + n) & 0xffff, timestamp: n * 960, marker: n === 0, payload };
}

/** How much of this sentence, in the synthetic voice, is in what was heard. */
async function likenessOf(sentence: string, heard: Int16Array): Promise<number> {
  return likeness(await testSpeech(sentence, HEARD_RATE_HZ), heard, HEARD_RATE_HZ);
}

function answerPing(peer: LibdatachannelPeer, text: string): void {
  const parsed = parseServerControl(text);
  if (parsed.ok && parsed.value.type === 'ping') peer.send(JSON.stringify({ type: 'pong', id: parsed.value.id }));
}

/** What the bridge told on the control channel so far. */
function toldTo(peer: LibdatachannelPeer): ServerControlMessage[] {
  return peer.messages.flatMap((text) => {
    const parsed = parseServerControl(text);
    return parsed.ok ? [parsed.value] : [];
  });
}

/** Resolves when the transcript has this line, and it changes no more. */
async function finalLine(peer: LibdatachannelPeer, role: 'user' | 'assistant', text: string): Promise<void> {
  await peer.until(() =>
    toldTo(peer).find(
      (message) =>
        message.type === 'transcript' &&
        message.entry.role === role &&
        message.entry.state === 'final' &&
        message.entry.text === text,
    ),
  );
}

/** Whether the assistant spoke and has ended. */
function isQuiet(peer: LibdatachannelPeer): boolean {
  const states = toldTo(peer).flatMap((message) => (message.type === 'assistant' ? [message.state] : []));
  return states.includes('speaking') && states.at(-1) === 'idle';
}

/** Each is the one after the one before (RFC 3550 section 5.1). */
function expectInOrder(sequenceNumbers: readonly number[]): void {
  const first = sequenceNumbers[0] ?? 0;
  expect(sequenceNumbers).toEqual(sequenceNumbers.map((_, n) => (first + n) & 0xffff));
}
